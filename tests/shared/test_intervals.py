"""The intervals that printed figures are held against."""

import math

import pandas as pd
import pytest

from byhand.numerics import intervals


def test_intervals_are_students() -> None:
    values = pd.Series([1.0, 2.0, 3.0, 4.0, 5.0])
    assert intervals.mean_interval(values) == pytest.approx(2.776445 * math.sqrt(2.5 / 5))
    assert intervals.prediction_interval(values) == pytest.approx(2.776445 * math.sqrt(2.5 * 6 / 5))

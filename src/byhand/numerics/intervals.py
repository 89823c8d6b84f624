"""What a handful of seeds says: intervals for the mean and for one more run, from Student's t distribution."""

import math

import pandas as pd
from scipy import stats


def mean_interval(values: "pd.Series[float]", level: float = 0.95) -> float:
    """Half the width of the interval that holds the mean: t · s / √n."""
    return float(stats.t.ppf((1 + level) / 2, len(values) - 1) * values.std() / math.sqrt(len(values)))


def prediction_interval(values: "pd.Series[float]", level: float = 0.95) -> float:
    """Half the width of the interval that holds one more run of the same kind: t · s · √(1 + 1/n).

    A printed figure is one run with an unknown seed, so this is the interval that it is compared with.
    """
    return mean_interval(values, level) * math.sqrt(len(values) + 1)

"""The measured error rates: of a code against itself at most the level, of another code all."""

import numpy as np
import pytest

from byhand.commands.error_rates import rates
from byhand.errors import BadInput
from byhand.numerics.exact_test import Family

FAMILY = Family(["log"] * 5, [15] * 5)


def test_a_code_is_rejected_against_itself_as_often_as_the_level_says_and_another_always() -> None:
    same = np.exp(np.random.default_rng(1).normal(size=(120, 5)))
    drawn, fresh = rates(same, 39, FAMILY, 400)
    assert 0 < drawn < 0.05 + 3 * (0.05 * 0.95 / 400) ** 0.5
    assert fresh < 0.25
    other = same.copy()
    other[39:] *= 1e4
    assert rates(other, 39, FAMILY, 10)[1] == 1


def test_too_few_runs_are_refused() -> None:
    with pytest.raises(BadInput, match="found 78 runs, expected more than 78"):
        rates(np.ones((78, 5)), 39, FAMILY, 10)

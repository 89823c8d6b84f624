"""The joint test of a printed run: exact for any distribution, and equal to its definition."""

from collections.abc import Callable
from math import log, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from byhand.errors import BadInput
from byhand.numerics.exact_test import Scale, deviations, medians_of_others, p_value, power, transformed

SCALES: tuple[Scale, ...] = ("log", "logit", "log")
DIGITS = (6, 4, 15)
LOG: tuple[Scale, ...] = ("log",)
LOGIT: tuple[Scale, ...] = ("logit",)


def tables(least_runs: int, most_runs: int = 12) -> st.SearchStrategy[np.ndarray]:
    """Runs of three numbers in [0, 1], many of them equal."""
    few = st.sampled_from([0.0, 0.1135, 0.11351, 0.25, 0.9, 1.0])
    shapes = st.tuples(st.integers(least_runs, most_runs), st.just(3))
    return shapes.flatmap(lambda shape: arrays(float, shape, elements=few | st.floats(0, 1)))


@given(tables(2))
def test_medians_leave_out_one_run_each(values: np.ndarray) -> None:
    naive = [np.median(np.delete(values, i, axis=0), axis=0) for i in range(len(values))]
    np.testing.assert_array_equal(medians_of_others(values), naive)


@given(tables(2))
def test_deviations_are_their_definition(values: np.ndarray) -> None:
    least = np.array([1e-6, 1e-3, 0.1])
    for i, row in enumerate(deviations(values, least)):
        others = np.delete(values, i, axis=0)
        median = np.median(others, axis=0)
        spread = np.median(np.abs(others - median), axis=0)
        np.testing.assert_array_equal(row, np.abs(values[i] - median) / np.maximum(spread, least))


def test_numbers_are_rounded_as_printed_and_transformed() -> None:
    values = np.array([[0.12344, 0.75004, 2.0], [0.12344, 0.75004, 2.0], [0.0, 1.0, 0.0]])
    t, rounding = transformed(values, ("log", "logit", "log"), (3, 4, 0))
    np.testing.assert_allclose(t[0], [log(0.123), log(3), log(2)], rtol=1e-12)
    np.testing.assert_allclose(t[2], [log(0.0005), log(0.99995 / 0.00005), log(0.5)], rtol=1e-12)
    np.testing.assert_allclose(rounding, [0.0005 / 0.123, 0.00005 / (0.75 * 0.25), 0.5 / 2], rtol=1e-12)


@given(tables(3))
def test_the_statistic_is_the_largest_deviation(values: np.ndarray) -> None:
    largest = [max(row) for row in deviations(*transformed(values, SCALES, DIGITS))]
    as_large = sum(statistic >= largest[-1] for statistic in largest)
    assert p_value(values[:-1], values[-1], SCALES, DIGITS) == as_large / len(values)


@given(tables(3))
def test_no_level_is_exceeded_however_the_runs_are_distributed(values: np.ndarray) -> None:
    """The reason why the test is exact: of any n + 1 runs, at most a share α has p ≤ α when taken for the print."""
    p = [p_value(np.delete(values, i, axis=0), values[i], SCALES, DIGITS) for i in range(len(values))]
    for level in p:
        assert np.mean([other <= level for other in p]) <= level + 1e-12


@given(tables(3), st.integers(0, 2**32 - 1))
def test_the_order_of_the_runs_does_not_matter(values: np.ndarray, seed: int) -> None:
    order = np.random.default_rng(seed).permutation(len(values) - 1)
    runs, printed = values[:-1], values[-1]
    assert p_value(runs[order], printed, SCALES, DIGITS) == p_value(runs, printed, SCALES, DIGITS)


@given(tables(6), st.floats(1.01, 100), st.floats(1.01, 100))
def test_further_away_is_never_more_plausible(values: np.ndarray, near: float, further: float) -> None:
    runs, printed = values[:-1] + 0.01, values[-1] + 0.01
    scales, digits = LOG * 3, (6,) * 3
    outside = printed.copy()
    outside[0] = runs[:, 0].max() * near
    beyond = outside.copy()
    beyond[0] *= further
    assert p_value(runs, beyond, scales, digits) <= p_value(runs, outside, scales, digits)


def normal(random: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return np.exp(random.normal(size=shape))


def heavy_tailed(random: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return np.exp(np.clip(random.standard_cauchy(size=shape), -30, 30))


def dependent(random: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return np.exp(random.normal(size=(shape[0], 1)) * np.arange(1, shape[1] + 1) + 0.01 * random.normal(size=shape))


def tied(random: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return random.poisson(0.2, size=shape).astype(float)


def partly_constant(random: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    return np.where(np.arange(shape[1]) % 2, 0.1135, normal(random, shape))


@pytest.mark.parametrize("draw", [normal, heavy_tailed, dependent, tied, partly_constant])
def test_the_false_alarm_rate_is_the_level(draw: Callable[[np.random.Generator, tuple[int, int]], np.ndarray]) -> None:
    random, count, numbers = np.random.default_rng(1), 2000, 6
    alarms = 0
    for _ in range(count):
        values = draw(random, (20, numbers))
        alarms += p_value(values[1:], values[0], LOG * numbers, (4,) * numbers) <= 0.05
    noise = 4 * sqrt(0.05 * 0.95 / count)
    assert alarms / count <= 0.05 + noise
    assert alarms / count >= 0.05 - noise or draw is tied  # equal statistics only make it rarer


def test_a_gross_difference_has_the_smallest_p_value() -> None:
    runs = normal(np.random.default_rng(2), (39, 5))
    printed = np.array([1.0, 1.0, 1.0, 1e6, 1.0])
    assert p_value(runs, printed, LOG * 5, (6,) * 5) == 1 / 40


def test_one_number_among_many_is_enough_and_equal_numbers_count_for_nothing() -> None:
    runs = normal(np.random.default_rng(3), (39, 20))
    constant = np.full((39, 20), 0.1135)
    scales = LOG * 20 + LOGIT * 20
    both = np.hstack([runs, constant])
    for printed in (runs[0] * 1.1, runs[1] * 0.9, np.full(20, 1.0)):
        alone = p_value(runs, printed, LOG * 20, (6,) * 20)
        assert p_value(both, np.hstack([printed, constant[0]]), scales, (6,) * 20 + (4,) * 20) == alone


def test_a_number_that_every_run_shares_must_be_printed_to_the_last_digit() -> None:
    runs = np.full((39, 4), 0.1135) + np.random.default_rng(4).uniform(-4e-5, 4e-5, (39, 4))  # rounds to 0.1135
    scales, digits = LOGIT * 4, (4,) * 4
    assert p_value(runs, np.full(4, 0.1135), scales, digits) == 1
    assert p_value(runs, np.array([0.1135, 0.1135, 0.1136, 0.1135]), scales, digits) == 1 / 40


def test_power_is_the_share_that_is_rejected() -> None:
    runs = normal(np.random.default_rng(5), (39, 3))
    same = np.exp(np.median(np.log(runs), axis=0))
    alternatives = np.stack([same, same * 1e6, same, same * 1e-5])
    assert power(runs, alternatives, LOG * 3, (6,) * 3) == 0.5
    assert power(runs[:19], alternatives, LOG * 3, (6,) * 3) == 0.5  # the smallest p-value is the level itself


RUNS = np.full((3, 3), 0.5)


@pytest.mark.parametrize(
    ("runs", "printed", "scales", "digits", "says"),
    [
        (RUNS[:1], RUNS[0], SCALES, DIGITS, "n ≥ 2"),
        (RUNS[0], RUNS[0], SCALES, DIGITS, "n ≥ 2"),
        (RUNS, RUNS[0, :2], SCALES, DIGITS, "printed"),
        (RUNS, RUNS[0], SCALES[:2], DIGITS, "fit together"),
        (RUNS, RUNS[0], SCALES, DIGITS[:2], "fit together"),
        (RUNS[:, :0], RUNS[0, :0], (), (), "fit together"),
        (RUNS, RUNS[0], ("log", "logit", "square"), DIGITS, "square"),
        (RUNS, RUNS[0], SCALES, (6, -1, 6), "digits -1"),
        (RUNS, np.array([np.nan, 0.5, 0.5]), SCALES, DIGITS, "not finite"),
        (RUNS, np.array([np.inf, 0.5, 0.5]), SCALES, DIGITS, "not finite"),
        (RUNS, np.array([-0.1, 0.5, 0.5]), SCALES, DIGITS, "below 0"),
        (RUNS, np.array([0.5, 1.1, 0.5]), SCALES, DIGITS, "outside"),
    ],
)
def test_what_cannot_be_tested_is_refused(
    runs: np.ndarray, printed: np.ndarray, scales: tuple[Scale, ...], digits: tuple[int, ...], says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        p_value(runs, printed, scales, digits)


def test_power_needs_alternatives_and_enough_runs() -> None:
    runs = normal(np.random.default_rng(6), (19, 3))
    assert power(runs, runs[:1], LOG * 3, DIGITS) == 0
    with pytest.raises(BadInput, match="at least one alternative"):
        power(runs, runs[:0], LOG * 3, DIGITS)
    with pytest.raises(BadInput, match="level"):
        power(runs[:18], runs[:1], LOG * 3, DIGITS)

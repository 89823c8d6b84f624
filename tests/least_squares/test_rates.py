"""Where a rate can be measured, and that what is measured there is the rate."""

import math

import numpy as np
import pytest

from byhand.least_squares.descent import descend, minimiser, spectrum
from byhand.least_squares.problems import with_condition
from byhand.least_squares.rates import Window, rounding_floor, window


@pytest.mark.parametrize("factor", [0.1, 0.5, 0.99, 1.01])
@pytest.mark.parametrize("condition", [2, 10, 1000])
def test_the_measured_rate_is_the_spectral_radius(factor: float, condition: float) -> None:
    problem = with_condition(condition, 20, 3)
    known, best = spectrum(problem.X), minimiser(problem.X, problem.y)
    step_size = factor * known.bound()
    seen = window(known.vectors.T @ (problem.start - best), known.multipliers(step_size), 100_000, 1e-12)
    assert isinstance(seen, Window)
    run = list(descend(problem.X, problem.y, problem.start, step_size, seen.last))
    measured = seen.rate(*(float(np.linalg.norm(run[k] - best)) for k in (seen.first, seen.last)))
    assert np.log(measured) == pytest.approx(np.log(known.rate(step_size)), rel=1e-3)


def test_a_slow_component_hides_behind_faster_ones_and_the_reason_is_given() -> None:
    seen = window(np.ones(2), np.array([1 - 1e-6, 1 - 2e-6]), 1000, 0)
    assert isinstance(seen, str)
    assert "only after" in seen


def test_an_error_at_rounding_hides_the_rate_and_the_reason_is_given() -> None:
    seen = window(np.array([1e-12, 1]), np.array([0.9, 0.5]), 1000, 1e-10)
    assert isinstance(seen, str)
    assert "rounding" in seen


def test_two_leading_components_of_either_sign_are_one_rate() -> None:
    assert window(np.ones(3), np.array([0.5, -0.5, 0.1]), 100, 0) == Window(2, 5)


def test_the_slower_the_descent_the_higher_its_floor() -> None:
    floors = [rounding_floor(rate, 1, 100) for rate in (0.5, 0.99, 0.9999)]
    assert floors == sorted(floors)
    assert rounding_floor(1.0, 1, 100) == 0


def test_the_floor_is_a_thousand_times_the_sum_of_all_roundings() -> None:
    assert rounding_floor(0.5, 3, 16) == 1000 * 2**-53 * 4 * 3 / 0.5
    assert rounding_floor(1 - 1e-11, 3, 16) > 0
    assert rounding_floor(1 - 1e-12, 3, 16) == 0
    assert rounding_floor(1 - 1e-13, 3, 16) == rounding_floor(2, 3, 16) == 0


def test_equal_eigenvalues_leave_nothing_to_measure() -> None:
    seen = window(np.ones(2), np.array([0.0, 1e-17]), 1000, 0)
    assert isinstance(seen, str)
    assert "one step" in seen


def test_the_slowest_component_is_alone_once_the_others_are_a_thousandth_of_its_square() -> None:
    slowest = 3 / 7
    others = np.sqrt(1e-3 * slowest**2)
    assert others**2 == 1e-3 * slowest**2, "exactly, so that this is the boundary"
    assert window(np.array([slowest, others]), np.array([0.5, 0.25]), 100, 0) == Window(0, 3)
    assert window(np.array([slowest, 1.001 * others]), np.array([0.5, 0.25]), 100, 0) == Window(1, 4)


def test_the_slowest_component_may_be_alone_after_billions_of_steps_only() -> None:
    found = window(np.ones(2), np.array([0.5, 0.5 * (1 - 1e-9)]), 10**10, 0)
    assert isinstance(found, Window)
    assert found.first == pytest.approx(math.log(1e3) / 2e-9)


def test_a_component_that_is_slower_by_1e_12_is_not_a_leading_one() -> None:
    assert isinstance(window(np.ones(2), np.array([1, 1 - 1e-12]), 10**6, 0), str)
    assert window(np.ones(2), np.array([1, 1 - 1e-13]), 10**6, 0) == Window(0, 1000)


def test_a_window_may_end_with_the_last_step_and_at_the_floor() -> None:
    errors, multipliers = np.ones(3), np.array([0.5, -0.5, 0.1])
    lowest = float(np.linalg.norm([1, 1])) * 0.5**5
    assert window(errors, multipliers, 5, lowest) == Window(2, 5)
    assert "only after" in str(window(errors, multipliers, 4, lowest))
    assert "rounding" in str(window(errors, multipliers, 5, 1.001 * lowest))


def test_a_rate_of_1e_8_can_still_be_seen() -> None:
    assert window(np.ones(1), np.array([1e-8]), 100, 0) == Window(0, 1)
    seen = window(np.ones(1), np.array([0.9e-8]), 100, 0)
    assert seen == "the error is down at rounding after one step"

"""Gradient descent and its closed forms: equal without rounding, close with it, and ending where they should."""

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from byhand.least_squares.descent import (
    METHODS,
    Array,
    Spectrum,
    by_eigenvalues,
    by_matrix_power,
    by_steps,
    by_sum_of_powers,
    descend,
    gradient,
    loss,
    minimiser,
    multiplications,
    nearest_minimiser,
    rounding_allows,
    spectrum,
)
from byhand.least_squares.exact import rational, solve
from byhand.least_squares.problems import Problem, with_condition, with_eigenvalues

fractions = st.fractions(-4, 4, max_denominator=6)
FACTORS = [0.5, 0.99, 1.0, 1.01]


@st.composite
def exact_problems(draw: st.DrawFn) -> tuple[Array, Array, Array, Fraction]:
    """X, y, w₀ and a step size of either sign, over the rationals."""
    samples, features = draw(st.integers(1, 4)), draw(st.integers(1, 3))
    X, y, start = (
        draw(arrays(object, shape, elements=fractions)) for shape in ((samples, features), samples, features)
    )
    return X, y, start, draw(fractions)


def same(a: Array, b: Array) -> bool:
    return list(a) == list(b)


@given(exact_problems(), st.integers(0, 6))
def test_the_closed_forms_are_gradient_descent_without_rounding(
    problem: tuple[Array, Array, Array, Fraction], k: int
) -> None:
    expected = by_steps(*problem, k)
    assert same(by_sum_of_powers(*problem, k), expected)
    assert same(by_matrix_power(*problem, k), expected)


@given(exact_problems())
def test_the_gradient_is_the_slope_of_the_loss(problem: tuple[Array, Array, Array, Fraction]) -> None:
    X, y, w, t = problem
    for h in np.eye(len(w), dtype=int):
        move = t * h
        assert loss(X, w + move, y) == loss(X, w, y) + gradient(X, w, y) @ move + (X @ move) @ (X @ move) / 2


@given(exact_problems(), st.integers(1, 4))
def test_planted_mistakes_in_the_closed_form_are_told_apart(
    problem: tuple[Array, Array, Array, Fraction], k: int
) -> None:
    X, y, start, step_size = problem
    M = np.eye(len(start), dtype=object) - step_size * (X.T @ X)
    term = step_size * (np.linalg.matrix_power(M, k) @ (X.T @ y))
    one_more = by_sum_of_powers(*problem, k) + term
    assert same(one_more, by_steps(*problem, k)) == (not any(term))
    total = by_sum_of_powers(X, y, 0 * start, step_size, k)
    wrong_sign = by_sum_of_powers(*problem, k) - 2 * total
    assert same(wrong_sign, by_steps(*problem, k)) == (not any(total))


@pytest.mark.parametrize("condition", [1, 10, 1e4, 1e8, 1e12])
@pytest.mark.parametrize("factor", FACTORS)
def test_all_methods_agree_within_rounding(condition: float, factor: float) -> None:
    problem = with_condition(condition, 20, 4)
    step_size = factor * spectrum(problem.X).bound()
    run = list(descend(problem.X, problem.y, problem.start, step_size, 300))
    allowed = rounding_allows(problem.X, problem.y, run, step_size)
    for k in (1, 2, 3, 10, 299, 300):
        for method, compute in METHODS.items():
            error = np.linalg.norm(compute(problem.X, problem.y, problem.start, step_size, k) - run[k])
            assert error <= allowed[k], (method, k)


@given(st.floats(1e-12, 1.999), st.integers(1, 10**6))
def test_the_closed_form_by_eigenvalues_does_not_cancel(progress: float, k: int) -> None:
    """One feature with λ = 1, in rationals: w_k = 1 − (1 − α)^k from w₀ = 0 with c = 1."""
    one = np.ones((1, 1))
    found = by_eigenvalues(spectrum(one), np.ones(1), np.zeros(1), progress, k)[0]
    power = float(abs(1 - Fraction(progress)))
    if k <= 50:
        assert found == pytest.approx(float(1 - (1 - Fraction(progress)) ** k), rel=1e-11)
    elif power > 0:
        sign = -1 if progress > 1 and k % 2 else 1
        assert found == pytest.approx(1 - sign * float(np.exp(k * np.log1p(-min(progress, 2 - progress)))), abs=1e-9)


def test_no_step_is_the_start() -> None:
    problem = with_condition(10, 5, 3)
    for compute in METHODS.values():
        assert same(compute(problem.X, problem.y, problem.start, 0.1, 0), problem.start)


@pytest.mark.parametrize("condition", [1, 10, 1e6])
def test_the_made_problems_have_the_eigenvalues_that_are_stated(condition: float) -> None:
    eigenvalues = spectrum(with_condition(condition, 30, 5).X).eigenvalues
    np.testing.assert_allclose(eigenvalues, np.geomspace(1 / condition, 1, 5), rtol=1e-9 * condition**0.5, atol=1e-15)


def test_the_minimiser_has_no_gradient_and_no_neighbour_below() -> None:
    problem = with_condition(100, 30, 4)
    best = minimiser(problem.X, problem.y)
    np.testing.assert_allclose(gradient(problem.X, best, problem.y), 0, atol=1e-13)
    for direction in np.eye(4):
        for sign in (-1, 1):
            assert loss(problem.X, best + sign * 1e-3 * direction, problem.y) > loss(problem.X, best, problem.y)


def test_a_minimiser_that_is_not_unique_is_refused() -> None:
    problem = with_eigenvalues("deficient", np.array([0, 0.5, 1]), 10)
    with pytest.raises(ValueError, match="rank 2 with 3 columns"):
        minimiser(problem.X, problem.y)


DEFICIENT = [
    with_eigenvalues("low rank", np.array([0, 0, 0.3, 1.0]), 12),
    with_eigenvalues("wide", np.array([0, 0, 0, 0.5, 1.0]), 2),
]


@pytest.mark.parametrize("problem", DEFICIENT, ids=lambda problem: problem.name)
def test_without_full_rank_descent_ends_at_the_minimiser_nearest_to_its_start(problem: Problem) -> None:
    X, y, start = problem.X, problem.y, problem.start
    known = spectrum(X)
    end = by_steps(X, y, start, known.optimal_step_size(), 400)
    pseudoinverse = np.linalg.pinv(X)
    null_space = np.eye(len(start)) - pseudoinverse @ X
    np.testing.assert_allclose(nearest_minimiser(X, y, start), pseudoinverse @ y + null_space @ start, atol=1e-12)
    np.testing.assert_allclose(end, nearest_minimiser(X, y, start), atol=1e-12)
    np.testing.assert_allclose(null_space @ end, null_space @ start, atol=1e-12)
    assert np.linalg.norm(end - pseudoinverse @ y) > 0.1  # the start does not vanish from the limit
    for direction in null_space:
        other = end + direction
        assert loss(X, other, y) == pytest.approx(loss(X, end, y))
        assert np.linalg.norm(other - start) >= np.linalg.norm(end - start) - 1e-12


@pytest.mark.parametrize("factor", [0.25, 0.5, 0.75, 0.99])
def test_descent_converges_below_the_bound_definite_or_not(factor: float) -> None:
    problem = with_condition(10, 20, 4)
    known = spectrum(problem.X)
    step_size = factor * known.bound()
    smallest = np.linalg.eigvalsh(np.eye(4) - step_size * problem.X.T @ problem.X)[0]
    assert smallest == pytest.approx(1 - 2 * factor, abs=1e-12)  # negative above half of the bound
    end = by_matrix_power(problem.X, problem.y, problem.start, step_size, 2**20)
    np.testing.assert_allclose(end, minimiser(problem.X, problem.y), atol=1e-12)


@pytest.mark.parametrize(("factor", "sign"), [("99/100", -1), ("1", 0), ("101/100", 1)])
def test_at_the_bound_the_error_neither_shrinks_nor_grows(factor: str, sign: int) -> None:
    X, y, start = rational([[2]]), rational([6]), rational([0])  # λ = 4, bound ½, w* = 3
    end = by_steps(X, y, start, Fraction(factor) / 2, 50)[0]
    change = abs(end - 3) - 3
    assert (change > 0) - (change < 0) == sign


@given(st.integers(1, 10), st.integers(1, 10**6))
def test_multiplications_of_a_matrix_power_are_those_of_squaring(features: int, k: int) -> None:
    squarings, products = 0, 0
    rest = k
    while rest > 1:
        squarings, products, rest = squarings + 1, products + rest % 2, rest // 2
    gram = 7 * features**2 + 7 * features
    expected = gram + (squarings + products) * (features + 1) ** 3 + (features + 1) ** 2
    assert multiplications("matrix_power", samples=7, features=features, k=k) == expected


def test_an_unknown_method_has_no_cost() -> None:
    with pytest.raises(ValueError, match=r"^newton: no such method$"):
        multiplications("newton", samples=1, features=1, k=1)


@given(
    st.integers(1, 4).flatmap(
        lambda n: st.tuples(arrays(object, (n, n), elements=fractions), arrays(object, n, elements=fractions))
    )
)
def test_exact_equations_are_solved_or_singular(system: tuple[Any, Any]) -> None:
    A, b = system
    try:
        x = solve(A, b)
    except ValueError:
        assert np.linalg.matrix_rank(A.astype(float)) < len(b)
    else:
        assert same(A @ x, b)


def test_where_an_eigenvalue_is_zero_the_sum_counts_the_steps() -> None:
    flat = Spectrum(np.zeros(1), np.eye(1))
    assert by_eigenvalues(flat, np.array([3.0]), np.array([1.0]), 0.25, 8)[0] == 1 + 0.25 * 8 * 3


def test_an_eigenvalue_counts_if_it_is_above_the_rounding_of_the_largest() -> None:
    rounding = 3 * np.finfo(float).eps
    assert Spectrum(np.array([rounding, 1e-3, 1.0]), np.eye(3)).nonzero().tolist() == [1e-3, 1.0]
    assert len(Spectrum(np.array([np.nextafter(rounding, 1), 1e-3, 1.0]), np.eye(3)).nonzero()) == 3


@pytest.mark.parametrize("condition", [1.5, 10, 1e6])
def test_no_step_size_is_better_than_the_optimal_one(condition: float) -> None:
    known = spectrum(with_condition(condition, 20, 4).X)
    best = known.optimal_step_size()
    assert known.rate(best) == pytest.approx((condition - 1) / (condition + 1))
    assert all(known.rate(factor * best) > known.rate(best) for factor in (0.5, 0.99, 1.01, 1.5))


@pytest.mark.parametrize(
    ("method", "count"),
    [  # n = 3, d = 2, k = 5, which is 101 in binary; G and c take 3·4 + 3·2 = 18
        ("gradient_descent", 5 * (2 * 6 + 2)),
        ("sum_of_powers", 18 + 5 * 8 + 2 * 4),
        ("matrix_power", 18 + 3 * 27 + 9),
        ("eigenvalues", 18 + 9 * 8 + 3 * 4 + 4 * 2),
    ],
)
def test_the_multiplications_of_each_method(method: str, count: int) -> None:
    assert multiplications(method, samples=3, features=2, k=5) == count


@pytest.mark.parametrize(("step_size", "growth"), [(0.5, 7), (0.05, 1)])
def test_the_bound_on_rounding_is_as_it_is_derived(step_size: float, growth: float) -> None:
    """‖X‖ = 4, ‖y‖ = 2 and ‖w‖ = 2, 1, 1; the growth is max(1, |1 − 16α|)."""
    X, y = np.array([[3.0, 0], [0, 4], [0, 0]]), np.array([0.0, 2, 0])
    iterates = [np.array([2.0, 0]), np.array([0, 1.0]), np.array([1.0, 0])]
    unit = 2**-53 * 5**0.5
    first = unit * (2 + 4 * step_size * (4 * 2 + 2))
    second = growth * first + unit * (1 + 4 * step_size * (4 * 1 + 2))
    assert rounding_allows(X, y, iterates, step_size) == pytest.approx([0, first, second], rel=1e-14, abs=0)

"""The assignment's networks and the general one: equal to their targets on all of ℝ; mistakes are not."""

from dataclasses import replace
from fractions import Fraction

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from byhand.relu.constructions import (
    SHIFT,
    TENT,
    composed_tent,
    deep_sawtooth,
    on_unit_interval,
    one_hidden_layer,
    sawtooth,
    soft_threshold,
    soft_threshold_network,
    tent_network,
)
from byhand.relu.networks import evaluate, function, unit_count
from byhand.relu.piecewise import PiecewiseLinear, line
from byhand.relu.steps.random_functions import FLAT, random_function

from .test_piecewise import functions


def test_the_tent_is_the_network_of_exercise_8() -> None:
    assert function(tent_network()) == TENT
    assert TENT.breakpoints == tuple(map(Fraction, ("0", "1/2", "1")))
    assert TENT.slopes == tuple(map(Fraction, (0, 2, -2, 0)))
    assert TENT.values == tuple(map(Fraction, (0, 1, 0)))


@given(st.floats(0, 1e6))
def test_the_soft_threshold_is_the_network_of_exercise_9(s: float) -> None:
    target = soft_threshold(s)
    assert function(soft_threshold_network(s)) == target
    for x in (-2 * Fraction(s) - 1, Fraction(-s), Fraction(0), Fraction(s) / 2, 3 * Fraction(s) + 1):
        sign = (x > 0) - (x < 0)
        assert target(x) == max(abs(x) - Fraction(s), Fraction(0)) * sign


@pytest.mark.parametrize("make", [soft_threshold, soft_threshold_network])
def test_a_negative_threshold_is_refused_with_its_reason(make: object) -> None:
    with pytest.raises(ValueError, match="jumps at x = 0"):
        make(-0.5)  # type: ignore[operator]


@given(functions(most=8))
def test_any_function_is_a_hidden_layer_of_k_units_or_one_more(f: PiecewiseLinear) -> None:
    built = one_hidden_layer(f)
    assert built.function() == f
    k = len(f.breakpoints)
    assert len(built.hinges) == (k if 0 in f.slopes else k + 1 if k else 2)


@given(functions(most=8).filter(lambda f: f.kinks), st.data())
def test_planted_mistakes_are_told_apart(f: PiecewiseLinear, data: st.DataObject) -> None:
    built = one_hidden_layer(f)
    index = data.draw(st.integers(0, len(built.hinges) - 1))
    hinge = built.hinges[index]
    for planted, changed in (
        (built.shifted(index, SHIFT), replace(hinge, breakpoint=hinge.breakpoint + SHIFT)),
        (built.negated(index), replace(hinge, weight=-hinge.weight)),
    ):
        assert planted.function() != f
        assert planted.bias == built.bias
        assert planted.hinges == tuple(changed if at == index else one for at, one in enumerate(built.hinges))


@pytest.mark.parametrize("f", [line(0, 2), line(0), line(-3, 1)], ids=["constant", "zero", "slanted"])
def test_a_line_has_no_breakpoint_and_needs_none_or_two_units(f: PiecewiseLinear) -> None:
    network = one_hidden_layer(f).module()
    assert function(network) == f
    assert unit_count(network) == (2 if f.slope else 0)


@pytest.mark.parametrize("flat", FLAT)
@pytest.mark.parametrize("breakpoints", [1, 2, 50])
def test_the_module_is_the_network_over_the_rationals(flat: str, breakpoints: int) -> None:
    f = random_function(torch.Generator().manual_seed(breakpoints), breakpoints, flat)
    built = one_hidden_layer(f)
    assert function(built.module()) == built.function() == f
    assert len(f.breakpoints) == breakpoints
    assert (0 in f.slopes) == (flat != "nowhere")
    assert unit_count(built.module()) == breakpoints + (flat == "nowhere")


def test_fewer_units_than_the_constructors_do_not_suffice_where_no_slopes_sum_up() -> None:
    """x + ReLU(x): either way of opening its one hinge leaves a slope at −∞ of 0 or −1, not 1."""
    f = PiecewiseLinear(Fraction(1), Fraction(0), ((Fraction(0), Fraction(1)),))
    assert len(one_hidden_layer(f).hinges) == 2
    assert -f.slope not in {0, 1}


@pytest.mark.parametrize("n", range(1, 9))
def test_depth_makes_exponentially_many_teeth_of_linearly_many_units(n: int) -> None:
    target = sawtooth(n)
    assert target.values.count(Fraction(1)) == 2 ** (n - 1)
    assert composed_tent(n) == target
    assert function(deep_sawtooth(n)) == target
    assert unit_count(deep_sawtooth(n)) == 2 * n + 1
    assert unit_count(one_hidden_layer(target).module()) == 2**n + 1
    inside = on_unit_interval(target)
    assert unit_count(one_hidden_layer(inside).module()) == 2**n
    assert all(inside(Fraction(j, 2**n)) == target(Fraction(j, 2**n)) for j in range(2**n + 1))


def test_on_the_unit_interval_only_what_bends_inside_counts() -> None:
    bends = tuple((Fraction(b), Fraction(1)) for b in (-2, -1, 0, Fraction(1, 2), 1, Fraction(3, 2), 2))
    f = PiecewiseLinear(Fraction(-3), Fraction(1), bends)
    inside = on_unit_interval(f)
    assert inside.kinks == ((Fraction(1, 2), Fraction(1)),)
    assert [inside(Fraction(x, 4)) for x in range(5)] == [f(Fraction(x, 4)) for x in range(5)]


def test_a_sawtooth_without_a_tent_is_refused() -> None:
    with pytest.raises(ValueError, match="0 compositions"):
        sawtooth(0)


def test_the_tent_is_evaluated_at_infinity() -> None:
    ends = torch.tensor([-torch.inf, torch.inf], dtype=torch.float64)
    assert evaluate(tent_network(), ends).tolist() == [0, 0]
    assert evaluate(soft_threshold_network(1), ends).tolist() == [-torch.inf, torch.inf]

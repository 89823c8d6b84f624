"""Modules and the calculus: the same function exactly, and in floats within the bound."""

import math
from fractions import Fraction
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from byhand.relu.networks import (
    check_points,
    evaluate,
    float_check,
    function,
    limit,
    linear,
    rounding_bound,
    unit_count,
)
from byhand.relu.piecewise import RELU, line

weights = st.floats(-8, 8, allow_subnormal=False)


@st.composite
def networks(draw: st.DrawFn) -> nn.Sequential:
    widths = [1, *draw(st.lists(st.integers(1, 4), min_size=1, max_size=3)), 1]
    layers: list[nn.Module] = []
    for inputs, units in pairwise(widths):
        weight = draw(st.lists(st.lists(weights, min_size=inputs, max_size=inputs), min_size=units, max_size=units))
        layers += [linear(weight, draw(st.lists(weights, min_size=units, max_size=units))), nn.ReLU()]
    return nn.Sequential(*layers[: draw(st.sampled_from([-1, None]))])


@given(networks(), st.lists(st.floats(-100, 100), min_size=1, max_size=5))
def test_floats_stay_within_the_rounding_bound_of_the_exact_function(network: nn.Sequential, x: list[float]) -> None:
    points = torch.tensor(x, dtype=torch.float64)
    exact = function(network)
    for point, found, allowed in zip(
        x, evaluate(network, points).tolist(), rounding_bound(network, points).tolist(), strict=True
    ):
        assert abs(Fraction(found) - exact(Fraction(point))) <= Fraction(allowed)


def test_the_weights_are_those_that_were_stated_or_none() -> None:
    layer = linear([[0.1, 2], [Fraction(1, 4), -3]], [1, 2**-50])
    assert layer.weight.tolist() == [[0.1, 2], [0.25, -3]]
    assert layer.bias.tolist() == [1, 2**-50]
    with pytest.raises(ValueError, match="1/3 is no float64"):
        linear([[Fraction(1, 3)]], [0])


def test_a_layer_without_bias_is_understood() -> None:
    layer = nn.Linear(1, 1, bias=False, dtype=torch.float64)
    assert function(nn.Sequential(layer)) == line(Fraction(layer.weight.item()))


@pytest.mark.parametrize("layers", [[nn.Tanh()], [nn.Linear(2, 1)], [nn.Linear(1, 2)]])
def test_what_the_calculus_does_not_know_is_refused(layers: list[nn.Module]) -> None:
    with pytest.raises(ValueError, match=r"calculus|outputs"):
        function(nn.Sequential(*layers))


def test_units_are_relus() -> None:
    assert unit_count(nn.Sequential(linear([[1], [1]], [0, 0]), nn.ReLU(), linear([[1, 1]], [0]))) == 2
    assert unit_count(nn.Sequential(linear([[1], [1]], [0, 0]), nn.ReLU(), linear([[1, 1]], [0]), nn.ReLU())) == 3


def test_breakpoints_are_checked_with_both_float_neighbours() -> None:
    assert {0.0, 5e-324, -5e-324} <= set(check_points(RELU, 3).tolist())


@pytest.mark.parametrize(
    ("f", "limits"), [(RELU, (0, math.inf)), (line(-2), (math.inf, -math.inf)), (line(0, 3), (3, 3))]
)
def test_limits_are_those_of_the_outer_pieces(f: object, limits: tuple[float, float]) -> None:
    assert (limit(f, -1), limit(f, 1)) == limits  # type: ignore[arg-type]


def test_a_wrong_network_fails_the_float_check_too() -> None:
    relu = nn.Sequential(linear([[1]], [0]), nn.ReLU())
    assert float_check(relu, RELU, 11)["float_check"] == "agrees"
    assert float_check(relu, Fraction(-1) * RELU, 11)["float_check"] == "differs"
    assert float_check(nn.Sequential(linear([[1]], [2**-60]), nn.ReLU()), RELU, 11)["float_check"] == "differs"

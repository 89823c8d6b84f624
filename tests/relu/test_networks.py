"""Modules and the calculus: the same function exactly, and in floats within the bound."""

import math
from fractions import Fraction
from itertools import pairwise

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from byhand.relu import networks as networks_module
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
from byhand.relu.piecewise import RELU, PiecewiseLinear, line

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


@pytest.mark.parametrize(("units", "h", "within"), [(1, 1.0, 1e-14), (2**17, 1.0, 1e-11), (2**17, 0.0, 1e-11)])
def test_the_rounding_bound_is_as_it_is_derived(units: int, h: float, within: float) -> None:
    """1 + (h − 1) in each unit, then their sum; so many units that terms in γ² show, beside h and beside its error."""
    network = nn.Sequential(linear([[1]] * units, [h - 1] * units), nn.ReLU(), linear([[1] * units], [0]))

    def gamma(terms: int) -> Fraction:
        return Fraction(terms, 2**53 - terms)

    error = gamma(2) * Fraction(2 - h)
    expected = units * error + gamma(units + 1) * units * (Fraction(h) + error)
    found = rounding_bound(network, torch.ones(1, dtype=torch.float64)).item()
    assert found == pytest.approx(float(expected * (1 + Fraction(1, 2**40))), rel=within, abs=0)


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


def test_a_relu_on_the_input_is_one_unit() -> None:
    assert unit_count(nn.Sequential(nn.ReLU())) == 1


def test_the_points_of_the_check_are_breakpoints_their_neighbours_and_a_grid() -> None:
    target = PiecewiseLinear(
        Fraction(0), Fraction(0), tuple((Fraction(b, 4), Fraction(c)) for b, c in ((1, 4), (2, -8), (3, 4)))
    )
    at = [0.25, 0.5, 0.75]
    below, above = ([math.nextafter(b, end) for b in at] for end in (-math.inf, math.inf))
    grid = [-0.75 + k * 2.5 / 7 for k in range(8)]  # numbers that float32 does not have
    points = check_points(target, 8)
    assert points.dtype == torch.float64
    assert points.tolist()[:9] == [*at, *below, *above]
    assert points.tolist()[9:] == pytest.approx(grid, abs=1e-15)
    assert check_points(line(1), 3).tolist()[3:] == [-1, 0, 1]


def test_breakpoints_are_checked_with_both_float_neighbours() -> None:
    assert {0.0, 5e-324, -5e-324} <= set(check_points(RELU, 3).tolist())


@pytest.mark.parametrize(
    ("f", "limits"), [(RELU, (0, math.inf)), (line(-2), (math.inf, -math.inf)), (line(0, 3), (3, 3))]
)
def test_limits_are_those_of_the_outer_pieces(f: object, limits: tuple[float, float]) -> None:
    assert (limit(f, -1), limit(f, 1)) == limits  # type: ignore[arg-type]


def test_what_the_float_check_says() -> None:
    relu = nn.Sequential(linear([[1]], [0]), nn.ReLU())
    found = float_check(relu, RELU, 11)
    assert found == {
        "float_points": 3 + 11,
        "largest_float_error": 0,
        "largest_error_per_rounding_bound": 0,
        "at_minus_infinity": "limit",
        "at_plus_infinity": "limit",
        "float_check": "agrees",
    }
    difference = nn.Sequential(linear([[1], [1]], [0, 1]), nn.ReLU(), linear([[1, -1]], [0]))
    wrong = float_check(difference, function(difference), 11)
    assert (wrong["at_minus_infinity"], wrong["at_plus_infinity"]) == ("limit", "undefined")
    assert wrong["float_check"] == "agrees", "∞ − ∞ is no disagreement"


def test_a_wrong_limit_alone_fails_the_float_check() -> None:
    relu = nn.Sequential(linear([[1]], [0]), nn.ReLU())
    far = PiecewiseLinear(Fraction(0), Fraction(0), ((Fraction(0), Fraction(1)), (Fraction(2**60), Fraction(-1))))
    found = float_check(relu, far, 2)
    assert (found["at_minus_infinity"], found["at_plus_infinity"]) == ("limit", "other")
    assert found["float_check"] == "differs"


@pytest.mark.parametrize(("errors", "said"), [(0.5, "agrees"), (1.0, "agrees"), (1.5, "differs")])
def test_an_error_up_to_the_bound_agrees(errors: float, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    relu = nn.Sequential(linear([[1]], [2**-60]), nn.ReLU())
    error = float_check(relu, RELU, 2)["largest_float_error"]
    assert error == 2**-60
    bound = torch.full((5,), 2**-60 / errors, dtype=torch.float64)
    monkeypatch.setattr(networks_module, "rounding_bound", lambda network, x: bound)
    assert float_check(relu, RELU, 2)["float_check"] == said


def test_a_wrong_network_fails_the_float_check_too() -> None:
    relu = nn.Sequential(linear([[1]], [0]), nn.ReLU())
    assert float_check(relu, RELU, 11)["float_check"] == "agrees"
    assert float_check(relu, Fraction(-1) * RELU, 11)["float_check"] == "differs"
    assert float_check(nn.Sequential(linear([[1]], [2**-60]), nn.ReLU()), RELU, 11)["float_check"] == "differs"

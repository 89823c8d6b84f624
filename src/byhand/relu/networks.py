"""Real `torch.nn` networks from stated weights, and what such a network computes, exactly and in floats.

A float is a rational number, so a module's weights carry over exactly into the calculus of `piecewise`, where
a linear layer is a combination and ReLU a composition: `function(module)` is what the network computes on all of ℝ
before any rounding. `rounding_bound` says how far float evaluation may stray from that.
"""

import math
from collections.abc import Sequence
from fractions import Fraction

import torch
from torch import Tensor, nn

from byhand.numerics.rounding import gamma
from byhand.relu.piecewise import PiecewiseLinear, combine, line, relu

Rational = Fraction | int | float


def linear(weight: Sequence[Sequence[Rational]], bias: Sequence[Rational]) -> nn.Linear:
    """A float64 layer with exactly this weight (units, inputs) and bias (units).

    Raises:
        ValueError: a number is not a float64, so that the layer would not be the stated one.
    """
    layer = nn.Linear(len(weight[0]), len(weight), dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor([[_float(value) for value in row] for row in weight], dtype=torch.float64))
        layer.bias.copy_(torch.tensor([_float(value) for value in bias], dtype=torch.float64))
    return layer


def function(network: nn.Sequential) -> PiecewiseLinear:
    """What a network of one input, linear layers and ReLUs computes, over the rationals.

    Raises:
        ValueError: another kind of layer, or not one input and one output.
    """
    units = [line(1)]
    for layer in network:
        if isinstance(layer, nn.Linear) and layer.in_features == len(units):
            biases = layer.bias.tolist() if layer.bias is not None else [0] * layer.out_features
            units = [
                combine(map(Fraction, weights), units, Fraction(bias))
                for weights, bias in zip(layer.weight.tolist(), biases, strict=True)
            ]
        elif isinstance(layer, nn.ReLU):
            units = [relu(unit) for unit in units]
        else:
            raise ValueError(f"the calculus knows Linear and ReLU with matching widths, from one input; found {layer}")
    if len(units) != 1:
        raise ValueError(f"the network has {len(units)} outputs, expected one")
    return units[0]


def unit_count(network: nn.Sequential) -> int:
    """The number of ReLUs."""
    width, count = 1, 0
    for layer in network:
        width = layer.out_features if isinstance(layer, nn.Linear) else width
        count += width if isinstance(layer, nn.ReLU) else 0
    return count


def evaluate(network: nn.Module, x: Tensor) -> Tensor:
    """The network's float values at x: (points,) → (points,)."""
    with torch.no_grad():
        values: Tensor = network(x.unsqueeze(1))
    return values.squeeze(1)


def rounding_bound(network: nn.Sequential, x: Tensor) -> Tensor:
    """How far float evaluation at the floats x: (points,) can be from the exact value, for any order of summation.

    A dot product of m terms and a bias, in any order, with or without fused multiply-add, errs by at most
    γ (|W||h| + |b|) with γ = γₘ₊₁ of `byhand.numerics.rounding`, u = 2⁻⁵³, and an error e of its input adds |W|e; ReLU
    increases no error. Underflow adds at most one subnormal number per product.
    """
    u, subnormal = 2.0**-53, 5e-324
    value = x.unsqueeze(1)
    error = torch.zeros_like(value)
    with torch.no_grad():
        for layer in network:
            if isinstance(layer, nn.Linear):
                terms = layer.in_features + 1
                size = nn.functional.linear(value.abs() + error, layer.weight.abs(), layer.bias.abs())
                error = nn.functional.linear(error, layer.weight.abs()) + gamma(terms, u) * size + terms * subnormal
            value = layer(value)
    return error.squeeze(1) * (1 + 2.0**-40)  # for the rounding of the bound itself


def check_points(target: PiecewiseLinear, grid_points: int) -> Tensor:
    """Where float evaluation is checked: breakpoints, their float neighbours, and a grid to 1 beyond the outer two."""
    at = torch.tensor([float(b) for b in target.breakpoints or (Fraction(0),)], dtype=torch.float64)
    infinity = torch.tensor(math.inf, dtype=torch.float64)
    grid = torch.linspace(float(at[0]) - 1, float(at[-1]) + 1, grid_points, dtype=torch.float64)
    return torch.cat([at, torch.nextafter(at, -infinity), torch.nextafter(at, infinity), grid])


def limit(f: PiecewiseLinear, sign: int) -> float:
    """The limit of f at +∞ (sign 1) or −∞ (sign −1)."""
    end = f.pieces[-1 if sign > 0 else 0]
    return math.copysign(math.inf, end.slope * sign) if end.slope else float(end.intercept)


def float_check(network: nn.Sequential, target: PiecewiseLinear, grid_points: int) -> dict[str, float | int | str]:
    """The second check: the network's float values beside the target's exact ones.

    They agree where no error exceeds `rounding_bound`. At ±∞ the network gives the target's limit, or is
    undefined (NaN) where units make ∞ − ∞ or 0·∞; that is recorded, but is no disagreement, as ±∞ are not real numbers.
    """
    x = check_points(target, grid_points)
    values, bound = evaluate(network, x), rounding_bound(network, x)
    errors = [
        abs(float(Fraction(value) - target(Fraction(point))))
        for point, value in zip(x.tolist(), values.tolist(), strict=True)
    ]
    ratio = max(error / allowed for error, allowed in zip(errors, bound.tolist(), strict=True))
    ends = evaluate(network, torch.tensor([-math.inf, math.inf], dtype=torch.float64)).tolist()
    limits = [limit(target, -1), limit(target, 1)]
    at_ends = [
        "limit" if a == b else "undefined" if math.isnan(a) else "other" for a, b in zip(ends, limits, strict=True)
    ]
    return {
        "float_points": len(errors),
        "largest_float_error": max(errors),
        "largest_error_per_rounding_bound": ratio,
        "at_minus_infinity": at_ends[0],
        "at_plus_infinity": at_ends[1],
        "float_check": "agrees" if ratio <= 1 and "other" not in at_ends else "differs",
    }


def _float(value: Rational) -> float:
    if Fraction(float(value)) != value:
        raise ValueError(f"{value} is no float64; the network would be another than the stated one")
    return float(value)

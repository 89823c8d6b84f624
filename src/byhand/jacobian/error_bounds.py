"""How far rounding can take a Jacobian from the true one: a running error analysis of the chain, derived, not fitted.

Every quantity is carried as (value, error): the true entry lies within `error` of the computed one. With u, γₙ as in
`byhand.numerics.rounding` and errors δ:

    product      C = AB:          δC = δA|B| + |A|δB + δA δB + γₙ (|A| + δA)(|B| + δB)
    activation   h = tanh z:      δh = min(|s| + c δz, 1) δz + 2u·2|h|   (tanh within 2 ulp, 1 ulp ≤ 2u|h|)
    slope        s = 1 − h²:      δs = 2|h|δh + δh² + γ₂ (h² + |s|)
    scaling      B = A s:         δB = δA|s| + |A|δs + δA δs + γ₁ (|A| + δA)(|s| + δs)

with c = max|tanh″| = 4/(3√3). As |tanh| ≤ 1, δh ≤ 2 and 0 < s ≤ 1 cap what the recursions may claim. A saturated unit
has s near 0 made of numbers near 1, so its relative error is large: that is where N(0, 1) weights lose their digits.

The bound is evaluated in float64 on a computed run; leaving out its own rounding changes it by parts in 1e13.
"""

import math
from typing import NamedTuple

import torch
from torch import Tensor

from byhand.jacobian import order
from byhand.jacobian.modes import Weights, network
from byhand.jacobian.order import Order
from byhand.numerics.rounding import gamma, unit_roundoff

CURVATURE = 4 / (3 * math.sqrt(3))
"""The largest |tanh″|."""


class Rounded(NamedTuple):
    """Computed entries and how far the true ones may be from them."""

    value: Tensor
    error: Tensor


def product(A: Rounded, B: Rounded, u: float) -> Rounded:
    """A @ B."""
    size_A, size_B = A.value.abs(), B.value.abs()
    rounding = gamma(A.value.shape[-1], u) * ((size_A + A.error) @ (size_B + B.error))
    return Rounded(A.value @ B.value, A.error @ size_B + size_A @ B.error + A.error @ B.error + rounding)


def scaling(A: Rounded, s: Rounded, u: float) -> Rounded:
    """A * s, broadcast."""
    size_A, size_s = A.value.abs(), s.value.abs()
    rounding = gamma(1, u) * (size_A + A.error) * (size_s + s.error)
    return Rounded(A.value * s.value, A.error * size_s + size_A * s.error + A.error * s.error + rounding)


def exact(tensor: Tensor) -> Rounded:
    """A given tensor has no error."""
    return Rounded(tensor.double(), torch.zeros_like(tensor, dtype=torch.float64))


def slopes(weights: Weights, x: Tensor, u: float) -> tuple[list[Rounded], Rounded]:
    """The slopes s₁ (..., K₁), …, s_L (..., K_L) and the last activation h_L (..., K_L, 1), x as in `modes`."""
    rounded_slopes, h = [], exact(x.unsqueeze(-1))
    for W in weights[:-1]:
        z = product(exact(W), h, u)  # (K_l, 1)
        value = torch.tanh(z.value)
        true_slope = 1 - value * value
        moved = (true_slope + CURVATURE * z.error).clamp(max=1) * z.error
        error = (moved + 4 * u * value.abs()).clamp(max=2)
        h = Rounded(value, error)
        slope_error = 2 * value.abs() * error + error.square() + gamma(2, u) * (value.square() + true_slope)
        rounded_slopes.append(Rounded(true_slope.squeeze(-1), slope_error.clamp(max=1 + 4 * u).squeeze(-1)))
    return rounded_slopes, h


def jacobian_allowance(tree: Order, weights: Weights, x: Tensor) -> Tensor:
    """How far J (..., P, D), computed in the precision of x in the order `tree`, may be from the true Jacobian."""
    u = unit_roundoff(x.dtype)
    s, _ = slopes(weights, x, u)

    def bounded(branch: Order) -> Rounded:
        if isinstance(branch, int):
            return exact(weights[-1 - branch])
        left, right = map(bounded, branch)
        between = s[-order.span(branch[0])[1]]
        # Whether the left or the right factor is scaled, |left| |s| |right| and its errors are the same to first order;
        # the product's γ takes one more rounding for it.
        return product(scaling(left, Rounded(*(tensor.unsqueeze(-2) for tensor in between)), u), right, u)

    return bounded(tree).error


def central_differences(weights: Weights, x: Tensor, factor: float = 1.0) -> tuple[Tensor, Tensor]:
    """J (P, D) by (f(x + ε eⱼ) − f(x − ε eⱼ)) / 2ε, and the actual widths 2ε (D), after rounding.

    ε = factor · ∛u · max(1, |xⱼ|) balances truncation, ε² |f‴|/6, against rounding.
    """
    epsilon = factor * math.cbrt(torch.finfo(x.dtype).eps) * x.abs().clamp(min=1)
    above, below = x + torch.diag(epsilon), x - torch.diag(epsilon)  # (D, D)
    width = (above - below).diagonal()
    return ((network(weights, above) - network(weights, below)) / width.unsqueeze(-1)).mT, width


def central_differences_allowance(weights: Weights, x: Tensor) -> Tensor:
    """How far central differences (P, D) may be from J: truncation, by halving, plus rounding of f over ε.

    With the step doubled, the truncation error aε² + O(ε⁴) becomes 4aε², so the two answers differ by three times it;
    the whole difference is allowed, and two thirds of it is left for O(ε⁴). Rounding: each f is within δf, and the
    doubled step's answer, which enters the difference, adds half as much.
    """
    u = unit_roundoff(x.dtype)
    _, h = slopes(weights, x, u)
    error = product(exact(weights[-1]), h, u).error  # (P, 1)
    once, width = central_differences(weights, x)
    twice, _ = central_differences(weights, x, 2.0)
    return (once - twice).abs() + 4 * error / width + 4 * u * once.abs()

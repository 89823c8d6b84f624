"""Rounding errors: what floating-point arithmetic allows, and how far two results are apart.

u is the unit roundoff of a precision. A sum of n products, in any order, with or without fused multiply-add, is within
γₙ Σ|aᵢ||bᵢ| of the exact one, γₙ = nu/(1 − nu) (Higham, Accuracy and Stability of Numerical Algorithms, 2002,
section 3.1).
"""

import math

import torch
from torch import Tensor

DTYPES = {"float32": torch.float32, "float64": torch.float64}


def unit_roundoff(dtype: torch.dtype) -> float:
    """u, half the distance from 1 to the next larger number."""
    return torch.finfo(dtype).eps / 2


def gamma(n: int, u: float) -> float:
    """γₙ = nu/(1 − nu)."""
    return n * u / (1 - n * u)


def tanh_errors(h: Tensor, s: Tensor, z_error: Tensor, u: float) -> tuple[Tensor, Tensor]:
    """How far computed activations and slopes may be off, for h = tanh z, s = 1/cosh² z, and z within `z_error` = δ.

    The computed h is within s δ + remainder of the true one, remainder = min(c δ²/2, 2 + s δ) + 4u|h|: tanh is taken to
    be within 2 ulp, 1 ulp ≤ 2u|h|, and c = max|tanh″| = 4/(3√3). The computed slope 1 − h² is within
    (2|h| s + δ) δ + γ₁₀, since max|tanh‴| = 2, and never further than 1 + 4u. A saturated unit has s near 0 made of
    numbers near 1, so its relative error is large: that is where N(0, 1) weights lose their digits.

    Returns:
        The remainder and the error of the slope.
    """
    curved = torch.minimum(2 / (3 * math.sqrt(3)) * z_error.square(), 2 + s * z_error)
    slope_error = (2 * h.abs() * s + z_error) * z_error + gamma(10, u)
    return curved + 4 * u * h.abs(), slope_error.clamp(max=1 + 4 * u)


def error(ours: Tensor, reference: Tensor, remainder: Tensor | float = 0.0) -> dict[str, float]:
    """How far `ours` is from `reference` + `remainder`, all of the same shape.

    `remainder` is what float64 cannot hold of a reference that is known more precisely; its norm is neglected.
    absolute_error: largest |difference|. relative_error: Euclidean norm of the difference over that of the reference
    (0/0 is 0). ulp_error: absolute_error in units in the last place of the reference's largest entry, in the precision
    of `ours` (of the smallest normal number if the reference is 0); entries that nearly cancel need not have digits
    that their sums cannot hold.
    """
    difference = (ours.double() - reference.double() - remainder).abs()
    scale, norm = reference.double().abs().max().item(), reference.double().norm().item()
    absolute = difference.max().item()
    precision = torch.finfo(ours.dtype)
    spacing = math.ldexp(precision.eps, math.frexp(scale)[1] - 1) if scale else precision.tiny
    spacing = max(spacing, precision.tiny * precision.eps)  # of numbers below the smallest normal one
    return {
        "absolute_error": absolute,
        "relative_error": difference.norm().item() / norm if norm else math.inf if absolute else 0.0,
        "ulp_error": absolute / spacing,
    }

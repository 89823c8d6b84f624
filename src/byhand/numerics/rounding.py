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


def error(ours: Tensor, reference: Tensor) -> dict[str, float]:
    """How far `ours` is from `reference`, both of the same shape.

    absolute_error: largest |difference|. relative_error: Euclidean norm of the difference over that of the reference
    (0/0 is 0). ulp_error: absolute_error in units in the last place of the reference's largest entry, in the precision
    of `ours` (of the smallest normal number if the reference is 0); entries that nearly cancel need not have digits
    that their sums cannot hold.
    """
    difference = (ours.double() - reference.double()).abs()
    scale, norm = reference.double().abs().max().item(), reference.double().norm().item()
    absolute = difference.max().item()
    precision = torch.finfo(ours.dtype)
    spacing = math.ldexp(precision.eps, math.frexp(scale)[1] - 1) if scale else precision.tiny
    return {
        "absolute_error": absolute,
        "relative_error": difference.norm().item() / norm if norm else math.inf if absolute else 0.0,
        "ulp_error": absolute / spacing,
    }

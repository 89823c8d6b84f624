"""GELU, z Φ(z) with the distribution function Φ and the density φ of N(0, 1) (Hendrycks and Gimpel 2016)."""

import math

import torch
from torch import Tensor

from byhand.initialization.elementwise import Activation


def distribution(z: Tensor) -> Tensor:
    """Φ(z) = ½ erfc(−z/√2), which unlike ½ (1 + erf(z/√2)) keeps its digits far below 0."""
    return torch.erfc(z * -math.sqrt(1 / 2)).mul_(1 / 2)


def value(z: Tensor) -> Tensor:
    """z Φ(z)."""
    return z * distribution(z)


def slope(z: Tensor) -> Tensor:
    """Φ(z) + z φ(z), with φ(z) = e^(−z²/2)/√(2π)."""
    density = (z * z).mul_(-1 / 2).exp_().mul_(1 / math.sqrt(2 * math.pi))
    return distribution(z).addcmul_(z, density)


ACTIVATION = Activation(value, slope)

"""The error function, erf(z) = 2/√π ∫₀ᶻ e^(−t²) dt: S-shaped like tanh, with closed forms in mean-field theory."""

import math

import torch
from torch import Tensor

from byhand.initialization.elementwise import Activation


def slope(z: Tensor) -> Tensor:
    """2/√π · e^(−z²)."""
    return (z * z).neg_().exp_().mul_(2 / math.sqrt(math.pi))


ACTIVATION = Activation(torch.erf, slope)

"""tanh, whose slope follows from its value: tanh′(z) = 1 − tanh²(z)."""

import torch
from torch import Tensor

from byhand.initialization.elementwise import Activation, InPlace
from byhand.numerics.fast_ops import tanh_


def slope(z: Tensor) -> Tensor:
    """1 − tanh²(z)."""
    return 1 - z.tanh().square()


def times_slope(delta: Tensor, h: Tensor) -> Tensor:
    """δ − δ ⊙ h²; both are overwritten."""
    return delta.addcmul_(delta, h.mul_(h), value=-1)


ACTIVATION = Activation(torch.tanh, slope, InPlace(tanh_, times_slope))

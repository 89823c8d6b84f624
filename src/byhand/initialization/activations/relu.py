"""ReLU, max(z, 0); its slope is 1 above 0 and 0 elsewhere, also at 0, as in torch."""

from torch import Tensor

from byhand.initialization.elementwise import Activation, InPlace


def value(z: Tensor) -> Tensor:
    """max(z, 0)."""
    return z.clamp(min=0)


def slope(z: Tensor) -> Tensor:
    """1 where z > 0, else 0."""
    return (z > 0).to(z.dtype)


def value_(z: Tensor) -> Tensor:
    """The same as `value`, written over z."""
    return z.clamp_(min=0)


def times_slope(delta: Tensor, h: Tensor) -> Tensor:
    """δ where h > 0, else 0; δ is overwritten."""
    return delta.mul_(h > 0)


ACTIVATION = Activation(value, slope, InPlace(value_, times_slope))

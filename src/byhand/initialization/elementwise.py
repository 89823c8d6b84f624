"""What an activation is: its value and its slope, and how both are computed in training."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from torch import Tensor


class InPlace(NamedTuple):
    """For an activation whose slope follows from its value, so that z need not be kept: a faster way to train."""

    value: Callable[[Tensor], Tensor]
    """f(z), written over z."""
    times_slope: Callable[[Tensor, Tensor], Tensor]
    """δ ⊙ f′(z) from δ and h = f(z), written over δ; h may be overwritten too."""


@dataclass(frozen=True)
class Activation:
    """h = f(z): elementwise, on tensors of any shape and floating-point type.

    `value` and `slope` leave z as it is. Autograd, against which `slope` is checked, differentiates `value`.
    """

    value: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor], Tensor]
    in_place: InPlace | None = None

    def forward(self, z: Tensor) -> Tensor:
        """Write h = f(z) over z; return what `backward` needs, which is h itself or a copy of z."""
        if self.in_place is not None:
            return self.in_place.value(z)
        kept = z.clone()
        z.copy_(self.value(z))
        return kept

    def backward(self, delta: Tensor, kept: Tensor) -> Tensor:
        """δ ⊙ f′(z), written over δ. `kept` is from `forward` and may be overwritten."""
        return delta.mul_(self.slope(kept)) if self.in_place is None else self.in_place.times_slope(delta, kept)

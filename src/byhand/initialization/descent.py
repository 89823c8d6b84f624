"""What an optimiser is: what it remembers of a tensor of parameters θ, and how it moves θ."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor


@dataclass(frozen=True)
class Optimizer:
    """A rule that turns θ, its gradient and a learning rate into the next θ."""

    start: Callable[[Tensor], Any]
    """What is remembered of θ before the first step."""
    step: Callable[[Tensor, Tensor, Any, float], tuple[Tensor, Any]]
    """The next θ and what is then remembered, from θ, its gradient, what was remembered, and the learning rate α.

    θ itself stays as it is; its gradient may be overwritten.
    """

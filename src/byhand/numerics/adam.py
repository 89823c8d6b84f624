"""Adam, for several runs at once (Kingma and Ba 2015, algorithm 1; β₁ = 0.9, β₂ = 0.999, ε = 1e-8)."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Moments:
    """The running means of the gradient and of its square, each shaped like the parameters, after `steps` steps."""

    first: Tensor
    second: Tensor
    steps: int = 0


def start(theta: Tensor) -> Moments:
    """The moments before the first step: zero."""
    return Moments(torch.zeros_like(theta), torch.zeros_like(theta))


def step(theta: Tensor, gradient: Tensor, moments: Moments, learning_rate: Tensor | float) -> tuple[Tensor, Moments]:
    """θ ← θ − α m̂ / (√v̂ + ε).

    The corrections of m̂ = m/(1 − β₁ᵗ) and v̂ = v/(1 − β₂ᵗ) are drawn into α and ε, as at the end of the paper's
    section 2. A learning rate that is a tensor, such as (runs, 1) for parameters (runs, parameters), gives each run its
    own, which torch.optim.Adam cannot.
    """
    steps = moments.steps + 1
    corrected = (1 - 0.999**steps) ** 0.5
    first = torch.lerp(moments.first, gradient, 0.1)
    second = (0.999 * moments.second).addcmul_(gradient, gradient, value=0.001)
    direction = first / second.sqrt().add_(1e-8 * corrected)
    return theta - direction.mul_(learning_rate * (corrected / (1 - 0.9**steps))), Moments(first, second, steps)

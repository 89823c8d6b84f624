"""Plain gradient descent: θ ← θ − α g."""

import torch
from torch import Tensor

from byhand.initialization.descent import Optimizer


def start(theta: Tensor) -> None:
    """Nothing is remembered."""


def step(theta: Tensor, gradient: Tensor, memory: None, learning_rate: float) -> tuple[Tensor, None]:
    """θ − α g, written over g."""
    return torch.add(theta, gradient, alpha=-learning_rate, out=gradient), memory


OPTIMIZER = Optimizer(start, step)

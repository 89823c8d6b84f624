"""Gradient descent with momentum: v ← μ v + g, θ ← θ − α v, with μ = 0.9 (Polyak 1964; as torch.optim.SGD has it)."""

import torch
from torch import Tensor

from byhand.initialization.descent import Optimizer

MOMENTUM = 0.9


def step(theta: Tensor, gradient: Tensor, velocity: Tensor, learning_rate: float) -> tuple[Tensor, Tensor]:
    """θ − α v and v."""
    velocity = gradient.add_(velocity, alpha=MOMENTUM)
    return torch.add(theta, velocity, alpha=-learning_rate), velocity


OPTIMIZER = Optimizer(torch.zeros_like, step)

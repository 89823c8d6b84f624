"""The network ŷ = w₂ᵀ tanh(W₁x + b₁) + b₂, two losses, and their gradients by hand (exercise 1 of the assignment).

Write zᵢ = W₁xᵢ + b₁, hᵢ = tanh zᵢ, ŷᵢ = w₂ᵀhᵢ + b₂, and let J depend on the predictions. With eᵢ = ∂J/∂ŷᵢ and the
error of the hidden layer δᵢ = eᵢ w₂ ⊙ (1 − hᵢ²), since tanh′ = 1 − tanh², the chain rule gives

    ∂J/∂b₂ = Σᵢ eᵢ        ∂J/∂w₂ = Σᵢ eᵢ hᵢ        ∂J/∂b₁ = Σᵢ δᵢ        ∂J/∂W₁ = Σᵢ δᵢ xᵢᵀ

    mean absolute error  J = (1/N) Σᵢ |ŷᵢ − yᵢ|     eᵢ = sign(ŷᵢ − yᵢ) / N
    mean squared error   J = (1/N) Σᵢ (ŷᵢ − yᵢ)²    eᵢ = 2 (ŷᵢ − yᵢ) / N

At the kink ŷᵢ = yᵢ the absolute error has every subgradient in [−1, 1] / N; sign(0) = 0 picks the middle one.

All functions are batched: any leading axes `...` (independent runs, perturbations) are carried along.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import NamedTuple

import torch
from torch import Tensor


@dataclass(frozen=True)
class Parameters:
    """The network's parameters, or a gradient with respect to them."""

    W1: Tensor  # (..., hidden_width, input_width)
    b1: Tensor  # (..., hidden_width)
    w2: Tensor  # (..., hidden_width)
    b2: Tensor  # (...)

    def map(self, function: Callable[[Tensor], Tensor]) -> "Parameters":
        """The parameters with `function` applied to each tensor."""
        return Parameters(*(function(getattr(self, name)) for name in NAMES))


NAMES = tuple(field.name for field in fields(Parameters))


def forward(parameters: Parameters, x: Tensor) -> tuple[Tensor, Tensor]:
    """For x (..., samples, input_width): predictions ŷ (..., samples), activations h (..., samples, hidden_width)."""
    W1, b1, w2, b2 = parameters.W1, parameters.b1, parameters.w2, parameters.b2
    h = torch.tanh(x @ W1.mT + b1.unsqueeze(-2))  # (..., samples, hidden_width)
    return (h @ w2.unsqueeze(-1)).squeeze(-1) + b2.unsqueeze(-1), h


def backward(parameters: Parameters, x: Tensor, h: Tensor, e: Tensor) -> Parameters:
    """The gradient of J, given e = ∂J/∂ŷ (..., samples); formulas in the module's docstring."""
    delta = e.unsqueeze(-1) * parameters.w2.unsqueeze(-2) * (1 - h * h)  # (..., samples, hidden_width)
    return Parameters(W1=delta.mT @ x, b1=delta.sum(-2), w2=(h.mT @ e.unsqueeze(-1)).squeeze(-1), b2=e.sum(-1))


def mean_absolute_error(prediction: Tensor, target: Tensor) -> Tensor:
    """(1/N) Σ |ŷ − y| over the last axis."""
    return (prediction - target).abs().mean(-1)


def mean_absolute_error_derivative(prediction: Tensor, target: Tensor) -> Tensor:
    """∂J/∂ŷ = sign(ŷ − y) / N, which is 0 at the kink."""
    return torch.sign(prediction - target) / target.shape[-1]


def mean_squared_error(prediction: Tensor, target: Tensor) -> Tensor:
    """(1/N) Σ (ŷ − y)² over the last axis."""
    return (prediction - target).square().mean(-1)


def mean_squared_error_derivative(prediction: Tensor, target: Tensor) -> Tensor:
    """∂J/∂ŷ = 2 (ŷ − y) / N."""
    return 2 * (prediction - target) / target.shape[-1]


class Loss(NamedTuple):
    """A loss J(ŷ, y) and its derivative ∂J/∂ŷ."""

    value: Callable[[Tensor, Tensor], Tensor]
    derivative: Callable[[Tensor, Tensor], Tensor]


LOSSES = {
    "mean_absolute_error": Loss(mean_absolute_error, mean_absolute_error_derivative),
    "mean_squared_error": Loss(mean_squared_error, mean_squared_error_derivative),
}


def gradient(parameters: Parameters, x: Tensor, y: Tensor, loss: Loss) -> Parameters:
    """∂J/∂(W₁, b₁, w₂, b₂) by hand, for x (..., samples, input_width) and targets y (..., samples)."""
    prediction, h = forward(parameters, x)
    return backward(parameters, x, h, loss.derivative(prediction, y))


def random_normal(generator: torch.Generator, *, hidden_width: int, input_width: int, dtype: torch.dtype) -> Parameters:
    """Every parameter from N(0, 1), as the assignment draws them for its check."""

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=dtype)

    return Parameters(
        W1=normal(hidden_width, input_width), b1=normal(hidden_width), w2=normal(hidden_width), b2=normal()
    )

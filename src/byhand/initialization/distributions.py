"""How the weights of a layer are drawn: distributions of mean zero and a given variance."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor


def uniform(fan_in: int, fan_out: int, variance: float, generator: torch.Generator) -> Tensor:
    """U[−d, d] with d = √(3 Var)."""
    d = math.sqrt(3 * variance)
    return torch.empty(fan_in, fan_out).uniform_(-d, d, generator=generator)


def normal(fan_in: int, fan_out: int, variance: float, generator: torch.Generator) -> Tensor:
    """N(0, Var)."""
    return torch.empty(fan_in, fan_out).normal_(0, math.sqrt(variance), generator=generator)


def haar(fan_in: int, fan_out: int, variance: float, generator: torch.Generator) -> Tensor:
    """Orthonormal rows or columns, uniform over all such matrices, times √(Var · max(fan_in, fan_out)).

    Q of the QR decomposition of a Gaussian matrix, with the signs that make the diagonal of R positive (Mezzadri 2007).
    """
    wide, narrow = max(fan_in, fan_out), min(fan_in, fan_out)
    q, r = torch.linalg.qr(torch.empty(wide, narrow, dtype=torch.float64).normal_(generator=generator))
    weights: Tensor = (q * r.diagonal().sign() * math.sqrt(variance * wide)).float()
    return weights if fan_in >= fan_out else weights.mT.contiguous()


def zero(fan_in: int, fan_out: int) -> float:
    """No variance: biases start at 0."""
    return 0.0


@dataclass(frozen=True)
class Initialization:
    """How weights (fan_in, fan_out) are drawn, and their variance as a function of fan_in and fan_out.

    Biases have the same distribution with a variance of their own, usually 0.
    """

    distribution: Callable[[int, int, float, torch.Generator], Tensor]
    variance: Callable[[int, int], float]
    bias_variance: Callable[[int, int], float] = zero

    def draw(self, fan_in: int, fan_out: int, generator: torch.Generator) -> Tensor:
        """Weights (fan_in, fan_out), float32."""
        return self.distribution(fan_in, fan_out, self.variance(fan_in, fan_out), generator)

    def draw_bias(self, fan_in: int, fan_out: int, generator: torch.Generator) -> Tensor:
        """Biases (1, fan_out), float32; nothing is drawn where their variance is 0."""
        variance = self.bias_variance(fan_in, fan_out)
        return self.distribution(1, fan_out, variance, generator) if variance else torch.zeros(1, fan_out)

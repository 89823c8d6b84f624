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


@dataclass(frozen=True)
class Initialization:
    """How weights (fan_in, fan_out) are drawn, and their variance as a function of fan_in and fan_out."""

    distribution: Callable[[int, int, float, torch.Generator], Tensor]
    variance: Callable[[int, int], float]

    def draw(self, fan_in: int, fan_out: int, generator: torch.Generator) -> Tensor:
        """Weights (fan_in, fan_out), float32."""
        return self.distribution(fan_in, fan_out, self.variance(fan_in, fan_out), generator)

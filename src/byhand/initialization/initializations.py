"""Initialisations by name: how the weights of a layer are drawn. Biases start at zero.

An initialisation is a distribution of mean zero and the variance Var(w) that it gives a layer of so many inputs
(fan_in) and outputs (fan_out); signal propagation depends on that variance alone, up to finite width. A new one is its
variance and one line of `INITIALIZATIONS`.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from byhand.errors import BadInput


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
    made: Tensor = (q * r.diagonal().sign() * math.sqrt(variance * wide)).float()
    return made if fan_in >= fan_out else made.mT.contiguous()


@dataclass(frozen=True)
class Initialization:
    """How weights (fan_in, fan_out) are drawn, and their variance as a function of fan_in and fan_out."""

    distribution: Callable[[int, int, float, torch.Generator], Tensor]
    variance: Callable[[int, int], float]

    def draw(self, fan_in: int, fan_out: int, generator: torch.Generator) -> Tensor:
        """Weights (fan_in, fan_out), float32."""
        return self.distribution(fan_in, fan_out, self.variance(fan_in, fan_out), generator)


def xavier(fan_in: int, fan_out: int) -> float:
    """Var = 2/(fan_in + fan_out) (Glorot, Bengio 2010)."""
    return 2 / (fan_in + fan_out)


def lecun(fan_in: int, fan_out: int) -> float:
    """Var = 1/fan_in (LeCun et al. 1998)."""
    return 1 / fan_in


def he(fan_in: int, fan_out: int) -> float:
    """Var = 2/fan_in (He et al. 2015)."""
    return 2 / fan_in


def orthogonal(fan_in: int, fan_out: int) -> float:
    """Var = 1/max(fan_in, fan_out), which makes a square matrix orthogonal (Saxe et al. 2014)."""
    return 1 / max(fan_in, fan_out)


INITIALIZATIONS = {
    "xavier_uniform": Initialization(uniform, xavier),
    "lecun": Initialization(normal, lecun),
    "he": Initialization(normal, he),
    "orthogonal": Initialization(haar, orthogonal),
}
"""All but U[−d, d], which is named by its number: `uniform_0.1`."""


def named(name: str) -> Initialization:
    """The initialisation of this name: one of `INITIALIZATIONS`, or `uniform_d` with d > 0, whose variance is d²/3.

    Raises:
        BadInput: there is none of this name.
    """
    if name in INITIALIZATIONS:
        return INITIALIZATIONS[name]
    if (found := re.fullmatch(r"uniform_(\d+(?:\.\d+)?)", name)) and (d := float(found[1])) > 0:
        return Initialization(uniform, lambda fan_in, fan_out: d * d / 3)
    raise BadInput(f"no initialization {name}; expected uniform_NUMBER or one of {', '.join(INITIALIZATIONS)}")

"""The problems on which least squares is studied: synthetic ones with a stated spectrum, and the housing features."""

from dataclasses import dataclass

import numpy as np
import torch

from byhand.data.arrays import Housing
from byhand.least_squares.descent import Array
from byhand.numerics.randomness import generator

SYNTHETIC = "synthetic"


@dataclass(frozen=True)
class Problem:
    """X: (samples, features), y: (samples,), the start w₀: (features,), and the data they come from."""

    name: str
    X: Array
    y: Array
    start: Array
    dataset: str = SYNTHETIC
    fallback_for: str = ""

    @property
    def facts(self) -> dict[str, str | int]:
        """The columns that say which problem a row of a table is about."""
        samples, features = self.X.shape
        return {
            "problem": self.name,
            "dataset": self.dataset,
            "fallback_for": self.fallback_for,
            "samples": samples,
            "features": features,
        }


def with_eigenvalues(name: str, eigenvalues: Array, samples: int) -> Problem:
    """A random problem whose XᵀX has these eigenvalues: X = U diag(√λ) Vᵀ, U and V orthonormal; targets with noise."""
    features = len(eigenvalues)
    stream = generator("least_squares", "problem", name)
    rank = min(samples, features)
    U = orthonormal(stream, samples, rank)
    V = orthonormal(stream, features, rank)
    X = U * np.sqrt(np.sort(eigenvalues)[::-1][:rank]) @ V.T
    y = X @ normal(stream, features) + 0.1 * normal(stream, samples)
    return Problem(name, X, y, normal(stream, features))


def with_condition(condition: float, samples: int, features: int) -> Problem:
    """Eigenvalues of XᵀX from 1/condition to 1, evenly spaced on a logarithmic scale."""
    return with_eigenvalues(f"condition {condition:g}", np.geomspace(1 / condition, 1, features), samples)


def standardised(features: Array) -> Array:
    """Each column with mean 0 and standard deviation 1, and a column of ones for the intercept."""
    scaled = (features - features.mean(axis=0)) / features.std(axis=0)
    return np.column_stack([scaled, np.ones(len(features))])


def housing(data: Housing) -> list[Problem]:
    """The housing features as they are, and standardised with an intercept."""
    designs = {"housing, standardised": standardised(data.features), "housing, raw": data.features}
    return [housing_problem(name, X, data) for name, X in designs.items()]


def housing_problem(name: str, X: Array, data: Housing) -> Problem:
    """Least squares for the housing target with features X made from the data's."""
    return Problem(name, X, data.target, start_for(name, X.shape[1]), data.name, data.fallback_for)


def start_for(name: str, features: int, number: int = 0) -> Array:
    """A random w₀."""
    return normal(generator("least_squares", "start", name, number), features)


def normal(stream: torch.Generator, *shape: int) -> Array:
    """Standard normal float64 numbers."""
    return np.asarray(torch.randn(*shape, generator=stream, dtype=torch.float64).numpy())


def orthonormal(stream: torch.Generator, rows: int, columns: int) -> Array:
    """Columns of unit length, at right angles."""
    return np.asarray(np.linalg.qr(normal(stream, rows, columns))[0])

"""Orthogonal initialisation: orthonormal rows or columns (Saxe et al. 2014)."""

from byhand.initialization.distributions import Initialization, haar


def variance(fan_in: int, fan_out: int) -> float:
    """Var = 1/max(fan_in, fan_out), which makes a square matrix orthogonal."""
    return 1 / max(fan_in, fan_out)


INITIALIZATION = Initialization(haar, variance)

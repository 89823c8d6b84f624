"""LeCun's initialisation: N(0, Var) (LeCun et al. 1998)."""

from byhand.initialization.distributions import Initialization, normal


def variance(fan_in: int, fan_out: int) -> float:
    """Var = 1/fan_in."""
    return 1 / fan_in


INITIALIZATION = Initialization(normal, variance)

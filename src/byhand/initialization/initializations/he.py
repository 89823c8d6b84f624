"""He's initialisation: N(0, Var) (He et al. 2015)."""

from byhand.initialization.distributions import Initialization, normal


def variance(fan_in: int, fan_out: int) -> float:
    """Var = 2/fan_in."""
    return 2 / fan_in


INITIALIZATION = Initialization(normal, variance)

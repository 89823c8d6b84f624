"""Xavier's initialisation: U[−√(3 Var), √(3 Var)] (Glorot, Bengio 2010)."""

from byhand.initialization.distributions import Initialization, uniform


def variance(fan_in: int, fan_out: int) -> float:
    """Var = 2/(fan_in + fan_out)."""
    return 2 / (fan_in + fan_out)


INITIALIZATION = Initialization(uniform, variance)

"""The default of torch.nn.Linear, which draws the biases too: both from U[−1/√fan_in, 1/√fan_in]."""

from byhand.initialization.distributions import Initialization, uniform


def variance(fan_in: int, fan_out: int) -> float:
    """Var = 1/(3 fan_in), of weights and biases."""
    return 1 / (3 * fan_in)


INITIALIZATION = Initialization(uniform, variance, variance)

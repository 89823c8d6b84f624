"""Adam: the same code as for the network on California Housing."""

from byhand.initialization.descent import Optimizer
from byhand.numerics.adam import start, step

OPTIMIZER = Optimizer(start, step)

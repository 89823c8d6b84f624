"""Initialisations by name, one small file each, so that adding one leaves the others' results unchanged.

An initialisation is a distribution of mean zero, and a variance Var(w) that depends on a layer's number of inputs
(fan_in) and outputs (fan_out). In wide layers, signal propagation depends on that variance alone. Biases start at
zero, unless the initialisation draws them too.
"""

import importlib
import re

from byhand.errors import BadInput
from byhand.initialization import distributions
from byhand.initialization.distributions import Initialization
from byhand.initialization.settings import NAMES


def uniform(d: float) -> Initialization:
    """U[−d, d], whose variance is d²/3."""
    return Initialization(distributions.uniform, lambda fan_in, fan_out: d * d / 3)


def named(name: str) -> Initialization:
    """The initialisation of this name: that of the file `<name>.py` here, or `uniform_d` with d > 0.

    Raises:
        BadInput: there is no initialisation of this name.
    """
    if name in NAMES:
        initialization: Initialization = importlib.import_module(f"{__name__}.{name}").INITIALIZATION
        return initialization
    if (match := re.fullmatch(r"uniform_(\d+(?:\.\d+)?)", name)) and (d := float(match[1])) > 0:
        return uniform(d)
    raise BadInput(f"no initialization {name}; expected uniform_NUMBER or one of {', '.join(NAMES)}")

"""Optimisers by name, one small file each, so that adding one leaves the others' results unchanged."""

import importlib

from byhand.errors import BadInput
from byhand.initialization.descent import Optimizer
from byhand.initialization.settings import OPTIMIZERS


def named(name: str) -> Optimizer:
    """The optimiser of this name: that of the file `<name>.py` here.

    Raises:
        BadInput: there is no optimiser of this name.
    """
    if name not in OPTIMIZERS:
        raise BadInput(f"no optimizer {name}; expected one of {', '.join(OPTIMIZERS)}")
    optimizer: Optimizer = importlib.import_module(f"{__name__}.{name}").OPTIMIZER
    return optimizer

"""Activations by name, one small file each, so that adding one leaves the others' results unchanged.

An activation is a function f of one number, applied to every element of z = hW + b, and its slope f′.
"""

import importlib

from byhand.errors import BadInput
from byhand.initialization.elementwise import Activation
from byhand.initialization.settings import ACTIVATIONS


def named(name: str) -> Activation:
    """The activation of this name: that of the file `<name>.py` here.

    Raises:
        BadInput: there is no activation of this name.
    """
    if name not in ACTIVATIONS:
        raise BadInput(f"no activation {name}; expected one of {', '.join(ACTIVATIONS)}")
    activation: Activation = importlib.import_module(f"{__name__}.{name}").ACTIVATION
    return activation

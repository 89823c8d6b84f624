"""How initialisations are named, coloured and marked in every figure, and how the other axes are named."""

import pandas as pd

PRINTED_NAMES = {"xavier": "xavier_uniform"}
"""The names that the assignment uses, and ours."""

_STYLES = {
    "uniform_0.01": ("U[−0.01, 0.01]", "blue", "o"),
    "uniform_0.1": ("U[−0.1, 0.1]", "sky", "s"),
    "uniform_2.0": ("U[−2, 2]", "vermillion", "^"),
    "xavier_uniform": ("Xavier", "green", "D"),
    "lecun": ("LeCun", "orange", "v"),
    "he": ("He", "purple", "P"),
    "orthogonal": ("orthogonal", "black", "X"),
    "torch_default": ("torch’s default", "grey", "*"),
}

_WORDS = {"relu": "ReLU", "gelu": "GELU", "sgd": "SGD", "adam": "Adam"}


def label(initialization: str) -> str:
    """The name shown in figures."""
    if initialization in _STYLES:
        return _STYLES[initialization][0]
    d = initialization.removeprefix("uniform_")
    return initialization.replace("_", " ") if d == initialization else f"U[−{d}, {d}]"


def activation(name: str) -> str:
    """The name of an activation."""
    return _WORDS.get(name, name)


def method(values: pd.Series) -> str:
    """A network's activation, optimiser and learning rate, from a row of a table."""
    names = (_WORDS.get(str(values[axis]), str(values[axis])) for axis in ("activation", "optimizer"))
    return f"{', '.join(names)} {values['learning_rate']:g}"


def colour(initialization: str) -> str:
    """A key of `byhand.step.style.COLOURS`; grey for those that have none of their own."""
    return _STYLES.get(initialization, ("", "grey", ""))[1]


def line(initialization: str) -> str:
    """A matplotlib line style: dashed for the one that often hides another."""
    return "--" if initialization == "uniform_0.1" else "-"


def marker(initialization: str) -> str:
    """A matplotlib marker."""
    return _STYLES.get(initialization, ("", "", "."))[2]

"""Which networks are trained: the grid of initialisations, depths and widths, and the assignment's own in both orders.

Only the standard library is used, because the Snakefile imports this while it is parsed.
"""

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any, NamedTuple

ORDERS = ("file", "shuffled")
PATH = "{initialization}/depth{depth}_width{hidden_width}_{order}"
"""Where a network's results are in the training folder, without the file extension: a pattern for `paths`."""


class Cell(NamedTuple):
    """One network, to be trained with all its seeds by one job."""

    initialization: str
    depth: int
    hidden_width: int
    order: str


def paths(pattern: str, cells: Iterable[Cell]) -> list[str]:
    """`pattern` filled with each cell, without repetition: a pattern may use only some of a cell's fields."""
    return list(dict.fromkeys(pattern.format(**cell._asdict()) for cell in cells))


def assignment(section: Mapping[str, Any]) -> list[Cell]:
    """The assignment's own networks, in the order of the configuration."""
    own = section["assignment"]
    return [Cell(name, own["depth"], own["hidden_width"], "file") for name in own["initializations"]]


def cells(section: Mapping[str, Any]) -> list[Cell]:
    """The cells of the section `initialization:` of the configuration, without repetition."""
    grid = section["grid"]
    networks = [
        Cell(*values, "file") for values in product(grid["initializations"], grid["depths"], grid["hidden_widths"])
    ]
    networks += [cell._replace(order=order) for cell, order in product(assignment(section), ORDERS)]
    return list(dict.fromkeys(networks))

"""Which networks are trained: those of each grid, and the assignment's own in both orders.

A grid is all combinations of its values. What it does not name is as in the assignment. Each grid has a name, and there
can be several, so that not everything is crossed with everything.

Only the standard library is used, because the Snakefile imports this while it is parsed. Snakemake's `Paramspace` would
need pandas, which takes 0.4 s to import at every start.
"""

from collections.abc import Iterable, Mapping
from itertools import product
from typing import Any, NamedTuple

ORDERS = ("file", "shuffled")
PATH = "{initialization}/{activation}_{optimizer}_{learning_rate}/depth{depth}_width{hidden_width}_{order}"
"""Where a network's results are in the training folder, without the file extension: a pattern for `paths`."""
METHOD = ("activation", "optimizer", "learning_rate")
"""The fields of a cell that say what a network computes and how it is trained."""


class Cell(NamedTuple):
    """One network, to be trained with all its seeds by one job; its fields are in the order of `PATH`."""

    initialization: str
    activation: str
    optimizer: str
    learning_rate: float
    depth: int
    hidden_width: int
    order: str

    @property
    def method(self) -> dict[str, Any]:
        """What the network computes and how it is trained: activation, optimiser and learning rate."""
        return {axis: getattr(self, axis) for axis in METHOD}


def paths(pattern: str, cells: Iterable[Cell]) -> list[str]:
    """`pattern` filled with each cell, without repetition: a pattern may use only some of a cell's fields."""
    return list(dict.fromkeys(pattern.format(**cell._asdict()) for cell in cells))


def assignment(section: Mapping[str, Any]) -> list[Cell]:
    """The assignment's own networks, tanh trained by plain gradient descent, in the order of the configuration."""
    own, learning_rate = section["assignment"], float(section["training"]["learning_rate"])
    shape = own["depth"], own["hidden_width"]
    return [Cell(name, "tanh", "sgd", learning_rate, *shape, "file") for name in own["initializations"]]


def grid(section: Mapping[str, Any], values: Mapping[str, Any]) -> list[Cell]:
    """The networks of one grid, in the order of the examples in the file unless it names others."""
    own = section["assignment"]
    axes = (
        values.get("initializations") or own["initializations"],
        values.get("activations") or ["tanh"],
        values.get("optimizers") or ["sgd"],
        map(float, values.get("learning_rates") or [section["training"]["learning_rate"]]),
        values.get("depths") or [own["depth"]],
        values.get("hidden_widths") or [own["hidden_width"]],
        values.get("orders") or ["file"],
    )
    return [Cell(*combination) for combination in product(*axes)]


def cells(section: Mapping[str, Any]) -> list[Cell]:
    """The networks of the section `initialization:` of the configuration, without repetition."""
    networks = [cell for values in section["grids"].values() for cell in grid(section, values)]
    networks += [cell._replace(order=order) for cell, order in product(assignment(section), ORDERS)]
    return list(dict.fromkeys(networks))


def beside(networks: Iterable[Cell], own: Cell) -> list[Cell]:
    """The networks of the shape and order of `own`, one of the assignment's, that are trained by another method."""
    return [cell for cell in networks if cell[4:] == own[4:] and cell.method != own.method]


def depths(networks: Iterable[Cell], initialization: str, activation: str) -> list[int]:
    """The depths of the networks of this initialisation and activation, in order."""
    return sorted({cell.depth for cell in networks if cell[:2] == (initialization, activation)})

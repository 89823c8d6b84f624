"""The numbers that the playthings of the page show: selections of this run's tables, small enough for the page."""

from typing import Any

import pandas as pd

from byhand.data.layout import TITLES
from byhand.errors import BadInput
from byhand.initialization.cells import METHOD, PATH
from byhand.initialization.figures import appearance
from byhand.step.shown import Read

BY_ROOM = {
    "jacobian": ("chain", "Try other widths"),
    "initialization": ("depth", "Try a depth and an initialisation"),
    "least_squares": ("descent", "Try a step size"),
}
"""The name and the title of each room's plaything."""

LAYERS = {
    "activation": "activation_deviation",
    "activation_theory": "predicted_activation_deviation",
    "error": "delta_ratio",
    "error_theory": "predicted_delta_ratio",
    "saturated": "saturated_share",
    "saturated_theory": "predicted_saturated_share",
}
"""What is shown of each hidden layer, and its column in the tables of propagation."""

ROOM = "initialization"


def brief(values: pd.Series) -> list[float | None]:
    """Four significant digits of each; None where there is no number."""
    return [None if pd.isna(value) else float(f"{value:.4g}") for value in values]


def depth(read: Read) -> dict[str, Any] | None:
    """Each initialisation's networks of every depth that all have, at the assignment's width.

    Returns:
        None where the assignment has no such networks.
    """
    try:
        trained = read(f"{ROOM}/depth.csv")
    except BadInput:
        return None
    own = trained[trained["assignments_network"]].iloc[0]
    trained = trained[trained["assignments_method"]]
    names = trained["initialization"].unique()
    tables = [read(f"{ROOM}/propagation/{name}/{own['activation']}.csv").query("pixels == 'unit'") for name in names]
    of_width = [table[table["hidden_width"] == own["hidden_width"]] for table in tables]
    common = set.intersection(*(set(table["depth"]) for table in of_width))
    return {
        "dataset": TITLES.get(own["dataset"], own["dataset"]),
        "seeds": int(tables[0]["seeds"].iloc[0]),
        "depth": int(own["depth"]),
        "width": int(own["hidden_width"]),
        "initializations": [
            {
                "label": appearance.label(name),
                "networks": [network(rows, trained, read) for depth, rows in table.groupby("depth") if depth in common],
            }
            for name, table in zip(names, of_width, strict=True)
        ],
    }


def network(rows: pd.DataFrame, trained: pd.DataFrame, read: Read) -> dict[str, Any]:
    """One network's hidden layers before training; if it was trained, also the gradients of all layers in training.

    Args:
        rows: the layers of the network.
        trained: the networks that were trained by the assignment's method.
    """
    case = {name: rows[name].iloc[0] for name in ("initialization", "depth", "hidden_width")}
    case |= trained.iloc[0][[*METHOD]]
    hidden = rows[rows["layer"] <= case["depth"]]
    found = {"depth": int(case["depth"]), **{key: brief(hidden[column]) for key, column in LAYERS.items()}}
    if (trained[[*case, "order"]] == [*case.values(), "file"]).all(axis=1).any():
        found |= training(read(f"{ROOM}/training/{PATH.format(**case, order='file')}_layers.csv"))
    return found


def training(layers: pd.DataFrame) -> dict[str, Any]:
    """The norm of each layer's weight gradient whenever the training was probed, median over the seeds."""
    norms = layers.pivot_table(index="layer", columns="epoch", values="weight_gradient_norm", aggfunc="median")
    return {
        "epochs": [float(epoch) for epoch in norms.columns],
        "gradients": [brief(row) for _, row in norms.iterrows()],
    }

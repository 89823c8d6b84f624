"""The numbers that the playthings of the page show: selections of this run's tables, small enough for the page."""

from typing import Any

import pandas as pd

from byhand.data.layout import TITLES
from byhand.errors import BadInput
from byhand.initialization.cells import PATH
from byhand.initialization.figures import appearance
from byhand.step.shown import Read

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
    """Each initialisation's networks of every depth, before training and, where they were trained, in training.

    Returns:
        None where the assignment has no such networks.
    """
    try:
        trained = read(f"{ROOM}/depth.csv")
    except BadInput:
        return None
    own = trained[trained["order"] == "shuffled"].iloc[0]  # only the assignment's networks are trained in this order
    width = own["hidden_width"]
    cells = set(trained[["initialization", "depth", "hidden_width"]].itertuples(index=False, name=None))
    listed = []
    for name in trained["initialization"].unique():
        table = read(f"{ROOM}/propagation/{name}.csv").query("pixels == 'unit' and hidden_width == @width")
        networks = []
        for layers, rows in table.groupby("depth"):
            hidden = rows[rows["layer"] <= layers]
            network = {"depth": int(layers), **{key: brief(hidden[column]) for key, column in LAYERS.items()}}
            if (name, layers, width) in cells:
                network |= training(
                    read, PATH.format(initialization=name, depth=layers, hidden_width=width, order="file")
                )
            networks.append(network)
        listed.append({"label": appearance.label(name), "networks": networks})
    return {
        "dataset": TITLES.get(own["dataset"], own["dataset"]),
        "seeds": int(table["seeds"].iloc[0]),
        "depth": int(own["depth"]),
        "width": int(width),
        "initializations": listed,
    }


def training(read: Read, network: str) -> dict[str, Any]:
    """The norm of each layer's weight gradient at each probe of the training, median over the seeds."""
    norms = read(f"{ROOM}/training/{network}_layers.csv").pivot_table(
        index="layer", columns="epoch", values="weight_gradient_norm", aggfunc="median"
    )
    return {
        "epochs": [float(epoch) for epoch in norms.columns],
        "gradients": [brief(row) for _, row in norms.iterrows()],
    }

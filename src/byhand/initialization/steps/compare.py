"""Compare the trained networks with the printed figures, with the theory, and by depth."""

from pathlib import Path
from typing import Any

import pandas as pd

from byhand import step
from byhand.initialization import cells, comparison
from byhand.initialization.settings import CompareStep, Network
from byhand.step import tables

TRAINING, PROPAGATION = Path("initialization/training"), Path("initialization/propagation")
DATA = ["dataset", "fallback_for"]
LAYER = [*DATA, "initialization", "activation", "depth", "hidden_width", "pixels", "layer"]


def section(settings: CompareStep) -> dict[str, Any]:
    """What the configuration says of the networks.

    Their files are found by these few names, because a command line cannot hold those of a thousand networks.
    """
    return {
        "grids": {name: grid.model_dump() for name, grid in settings.grids.items()},
        "assignment": {
            "initializations": settings.assignment_initializations,
            **settings.model_dump(include={*Network.model_fields}),
        },
        "training": settings.model_dump(include={"learning_rate"}),
    }


def main(files: step.Files, settings: CompareStep) -> step.Facts:
    """Write the tables."""
    networks, own = cells.cells(section(settings)), cells.assignment(section(settings))
    paths = {
        name: [folder / path for path in cells.paths(pattern, networks)]
        for name, folder, pattern in (
            ("curves", files.results / TRAINING, f"{cells.PATH}.csv"),
            ("layers", files.results / TRAINING, f"{cells.PATH}_layers.csv"),
            ("propagation", files.results / PROPAGATION, "{initialization}/{activation}.csv"),
            ("norms", files.results / PROPAGATION, "{initialization}/{activation}_norms.csv"),
        )
    }
    measures = [*comparison.MEASURES, *(f"running_{measure}" for measure in comparison.MEASURES)]
    of_run = [*DATA, *cells.Cell._fields, "seed", "epoch"]
    curves = pd.concat(tables.read(path, [*of_run, "diverged_at_step", *measures]) for path in paths["curves"])
    layers = pd.concat(tables.read(path, [*of_run, "layer"]) for path in paths["layers"])
    signal = pd.concat(tables.read(path, [*LAYER, "delta_ratio"]) for path in paths["propagation"])
    norms = pd.concat(tables.read(path, [*LAYER, "seed", "delta_norm"]) for path in paths["norms"])
    printed = tables.read(files.printed, ["init", "epoch", *list(comparison.MEASURES)[::2]])
    data = {name: str(curves[name].iloc[0]) for name in DATA}
    if data["dataset"] != "mnist":
        printed = printed.iloc[:0]  # nothing was printed about other data
    method = own[0].method
    of_method = curves[(curves[list(method)] == list(method.values())).all(axis=1)]
    assignment = of_method[
        (of_method["depth"] == settings.depth) & (of_method["hidden_width"] == settings.hidden_width)
    ]
    initializations = settings.assignment_initializations
    comparisons = {
        files.assignment: comparison.assignment(assignment, printed).assign(**method),
        files.by_depth: comparison.depth(curves, layers, own),
        files.agreement: comparison.agreement(signal, norms),
        files.exact_test: comparison.exact_tests(assignment, printed).assign(**method),
        files.power: comparison.powers(of_method, settings.depth, settings.hidden_width, initializations).assign(
            **method
        ),
    }
    for path, table in comparisons.items():
        tables.write(table.assign(**data), path)
    return {"data": data, "inputs": [*(path for group in paths.values() for path in group), files.printed]}


if __name__ == "__main__":
    step.run(
        main,
        inputs={"printed": "the running means that were printed (.csv)"},
        unrecorded={"results": "the folder of all results"},
        outputs={
            "assignment": "the table of printed figures beside the runs to write (.csv)",
            "by_depth": "the table of all networks to write (.csv)",
            "agreement": "the table of measurement beside theory to write (.csv)",
            "exact_test": "the table of tests whether the printed figures are one more run's to write (.csv)",
            "power": "the table of what these tests would have noticed to write (.csv)",
        },
    )

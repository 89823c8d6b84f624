"""Compare the trained networks with the printed figures, with the theory, and by depth."""

from pathlib import Path

import pandas as pd

from byhand import step
from byhand.initialization import cells, comparison
from byhand.initialization.settings import CompareStep, Network
from byhand.step import tables

TRAINING, PROPAGATION = Path("initialization/training"), Path("initialization/propagation")
CELL = ["dataset", "fallback_for", "initialization", "depth", "hidden_width"]


def networks(settings: CompareStep) -> list[cells.Cell]:
    """All networks.

    Their files are found by these few names, because a command line cannot hold those of a thousand networks.
    """
    own = {
        "initializations": settings.assignment_initializations,
        **settings.model_dump(include={*Network.model_fields}),
    }
    grids = {name: grid.model_dump() for name, grid in settings.grids.items()}
    return cells.cells({"grids": grids, "assignment": own, "training": {"learning_rate": settings.learning_rate}})


def main(files: step.Files, settings: CompareStep) -> step.Facts:
    """Write the tables."""
    paths = {
        name: [folder / path for path in cells.paths(pattern, networks(settings))]
        for name, folder, pattern in (
            ("curves", files.results / TRAINING, f"{cells.PATH}.csv"),
            ("layers", files.results / TRAINING, f"{cells.PATH}_layers.csv"),
            ("propagation", files.results / PROPAGATION, "{initialization}.csv"),
            ("norms", files.results / PROPAGATION, "{initialization}_norms.csv"),
        )
    }
    own = [*comparison.MEASURES, *(f"running_{measure}" for measure in comparison.MEASURES)]
    curves = pd.concat(
        tables.read(path, [*CELL, "order", "seed", "epoch", "diverged_at_step", *own]) for path in paths["curves"]
    )
    layers = pd.concat(tables.read(path, [*CELL, "order", "seed", "epoch", "layer"]) for path in paths["layers"])
    signal = pd.concat(tables.read(path, [*CELL, "pixels", "layer", "delta_ratio"]) for path in paths["propagation"])
    norms = pd.concat(tables.read(path, [*CELL, "pixels", "layer", "seed", "delta_norm"]) for path in paths["norms"])
    printed = tables.read(files.printed, ["init", "epoch", *list(comparison.MEASURES)[::2]])
    data = {name: str(curves[name].iloc[0]) for name in ("dataset", "fallback_for")}
    if data["dataset"] != "mnist":
        printed = printed.iloc[:0]  # nothing was printed about other data
    assignment = curves[(curves["depth"] == settings.depth) & (curves["hidden_width"] == settings.hidden_width)]
    comparisons = {
        files.assignment: comparison.assignment(assignment, printed),
        files.by_depth: comparison.depth(curves, layers),
        files.agreement: comparison.agreement(signal, norms),
        files.exact_test: comparison.exact_tests(assignment, printed),
        files.power: comparison.powers(
            curves, settings.depth, settings.hidden_width, settings.assignment_initializations
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

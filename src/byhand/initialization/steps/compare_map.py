"""Compare a map of trained networks with theory's line: each cell, and how often the line is right."""

import pandas as pd

from byhand import step
from byhand.initialization import trainability
from byhand.initialization.settings import Trained
from byhand.step import tables


def main(files: step.Files, settings: Trained) -> step.Facts:
    """Write the tables."""
    columns = ["dataset", "fallback_for", *trainability.CELL, "seed", "train_accuracy", "diverged_at_step", "chi_1"]
    runs = pd.concat(tables.read(path, [*columns, *trainability.SCALES.values()]) for path in files.runs)
    data = {name: str(runs[name].iloc[0]) for name in ("dataset", "fallback_for")}
    cells = trainability.cells(runs, settings.trained_accuracy, settings.multiple)
    tables.write(cells.assign(**data), files.cells)
    tables.write(trainability.agreement(cells).assign(**data), files.agreement)
    return {"data": data}


if __name__ == "__main__":
    step.run(
        main,
        inputs={"runs": ("training of each activation and depth (.csv)",)},
        outputs={
            "cells": "the table of cells beside theory to write (.csv)",
            "agreement": "the table of how often theory is right to write (.csv)",
        },
    )

"""Train the housing network with each bug fixed, each run with a split into training and test rows of its own."""

import pandas as pd

from byhand import step
from byhand.data.arrays import load_housing
from byhand.housing.bugs import EFFECTS
from byhand.housing.settings import Training
from byhand.housing.steps.train import epochs
from byhand.step import tables


def main(files: step.Files, settings: Training) -> step.Facts:
    """Write the table."""
    data = load_housing(files.data)
    runs = pd.concat(epochs(data, name, settings) for name in EFFECTS)
    tables.write(runs[runs["epoch"] == runs["epoch"].max()], files.table)
    return {"data": data.columns, "seeds": f"housing/<purpose>/0 … {settings.seeds - 1}"}


if __name__ == "__main__":
    step.run(main, inputs={"data": "the housing data (.npz)"}, outputs={"table": "the table to write (.csv)"})

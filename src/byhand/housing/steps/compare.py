"""Compare the protocols: final losses, the effect of each bug, and every printed epoch against the seeds."""

import pandas as pd

from byhand import step
from byhand.housing.comparison import SPLITS, bug_effects, exact_tests, final_losses, powers, printed_curve
from byhand.step import tables

LOSSES = [f"{split}_loss" for split in SPLITS]


def main(files: step.Files) -> step.Facts:
    """Write the tables."""
    needed = ["dataset", "fallback_for", "protocol", "seed", *LOSSES]
    epochs = pd.concat(tables.read(path, [*needed, "epoch"]) for path in files.runs)
    last = epochs[epochs["epoch"] == epochs["epoch"].max()]
    runs = pd.concat([last, tables.read(files.baseline, needed)])
    data = {name: str(epochs[name].iloc[0]) for name in ("dataset", "fallback_for")}
    printed = tables.read(files.printed, ["epoch", *LOSSES])
    if data["dataset"] != "california_housing":
        printed = printed.iloc[:0]  # nothing was printed about other data
    final = {split: printed[f"{split}_loss"].iloc[-1] for split in SPLITS if len(printed)}
    comparisons = {
        files.final_losses: final_losses(runs, final),
        files.bugs: bug_effects(runs),
        files.bugs_over_splits: bug_effects(tables.read(files.splits, needed)),
        files.printed_curve: printed_curve(epochs, printed),
        files.exact_test: exact_tests(epochs, printed),
        files.power: powers(epochs),
    }
    for path, table in comparisons.items():
        tables.write(table.assign(**data), path)
    return {"data": data}


if __name__ == "__main__":
    step.run(
        main,
        inputs={
            "runs": ("training of each protocol (.csv)",),
            "splits": "last epochs of runs that each have a split of their own (.csv)",
            "baseline": "linear regression (.csv)",
            "printed": "the losses that the assignment printed (.csv)",
        },
        outputs={
            "final_losses": "the table of final losses to write (.csv)",
            "bugs": "the table of the effect of each bug to write (.csv)",
            "bugs_over_splits": "the same over several splits to write (.csv)",
            "printed_curve": "the table of printed epochs beside the runs to write (.csv)",
            "exact_test": "the table of tests whether the printed losses are one more run's to write (.csv)",
            "power": "the table of what these tests would have noticed to write (.csv)",
        },
    )

"""Put the protocols side by side: final losses, what each slip is worth, and every printed epoch beside the seeds."""

import argparse
from pathlib import Path

import pandas as pd

from byhand import step
from byhand.housing.comparison import SPLITS, final_losses, printed_curve, slips
from byhand.step import tables

LOSSES = [f"{split}_loss" for split in SPLITS]


def main(arguments: argparse.Namespace) -> None:
    """Write the tables."""
    needed = ["dataset", "fallback_for", "protocol", "seed", *LOSSES]
    epochs = pd.concat(tables.read(path, [*needed, "epoch"]) for path in arguments.runs)
    last = epochs[epochs["epoch"] == epochs["epoch"].max()]
    runs = pd.concat([last, tables.read(arguments.baseline, needed)])
    data = {name: str(epochs[name].iloc[0]) for name in ("dataset", "fallback_for")}
    printed = tables.read(arguments.published, ["epoch", *LOSSES])
    if data["dataset"] != "california_housing":
        printed = printed.iloc[:0]  # nothing was printed about other data
    final = {split: printed[f"{split}_loss"].iloc[-1] for split in SPLITS if len(printed)}
    made = final_losses(runs, final), slips(runs), printed_curve(epochs, printed)
    for table, path in zip(made, arguments.output, strict=True):
        tables.write(table.assign(**data), path)
    step.finish(
        arguments, arguments.output, inputs=[*arguments.runs, arguments.baseline, arguments.published], data=data
    )


if __name__ == "__main__":
    parser = step.parser(__doc__)
    parser.add_argument("--runs", type=Path, nargs="+", required=True, help="training of each protocol (.csv)")
    parser.add_argument("--baseline", type=Path, required=True, help="linear regression (.csv)")
    parser.add_argument("--published", type=Path, required=True, help="the losses that the document printed (.csv)")
    parser.add_argument("--output", type=Path, nargs=3, required=True, help="final losses, slips, curve to write")
    step.run(main, parser)

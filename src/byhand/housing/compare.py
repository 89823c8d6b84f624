"""Put the final losses of all protocols side by side, beside the printed ones, and say what each slip is worth."""

import argparse
from pathlib import Path

import pandas as pd

from byhand import step, tables
from byhand.housing.comparison import SPLITS, final_losses, slips

LOSSES = [f"{split}_loss" for split in SPLITS]


def main(arguments: argparse.Namespace) -> None:
    """Write both tables."""
    needed = ["dataset", "fallback_for", "protocol", "seed", *LOSSES]
    runs = pd.concat(tables.read(path, [*needed, "epoch"]) for path in arguments.runs)
    runs = runs[runs["epoch"] == runs["epoch"].max()]
    runs = pd.concat([runs, tables.read(arguments.baseline, needed)])
    published = tables.read(arguments.published, ["epoch", *LOSSES]).iloc[-1]
    data = {name: runs[name].iloc[0] if runs[name].notna().any() else "" for name in ("dataset", "fallback_for")}
    on_the_same_data = data["dataset"] == "california_housing"
    printed = pd.Series({split: published[f"{split}_loss"] for split in SPLITS if on_the_same_data}, dtype=float)
    for table, path in zip((final_losses(runs, printed), slips(runs)), arguments.output, strict=True):
        tables.write(table.assign(**data), path)
    step.finish(
        arguments, arguments.output, inputs=[*arguments.runs, arguments.baseline, arguments.published], data=data
    )


if __name__ == "__main__":
    parser = step.parser(__doc__)
    parser.add_argument("--runs", type=Path, nargs="+", required=True, help="training of each protocol (.csv)")
    parser.add_argument("--baseline", type=Path, required=True, help="linear regression (.csv)")
    parser.add_argument("--published", type=Path, required=True, help="the losses that the document printed (.csv)")
    parser.add_argument("--output", type=Path, nargs=2, required=True, help="final losses and slips, to write (.csv)")
    step.run(main, parser)

"""Linear regression by least squares on the rows of the corrected protocol, for scale: what does the network add?"""

import argparse
from pathlib import Path

import pandas as pd
from sklearn.linear_model import LinearRegression

from byhand import step
from byhand.data.arrays import load_housing
from byhand.housing import training
from byhand.housing.protocols import CORRECTED
from byhand.step import tables


def main(arguments: argparse.Namespace) -> None:
    """Write the table: one row a seed (the seeds differ in their validation rows)."""
    settings = step.settings(arguments, training.Settings)
    data = load_housing(arguments.data)
    split = training.split(data.features, data.target, CORRECTED, settings)
    rows = []
    for seed in range(settings.seeds):
        model = LinearRegression().fit(split.train.x[seed].numpy(), split.train.y[seed].numpy())
        losses = {
            f"{name}_loss": float(((model.predict(part.x[seed].numpy()) - part.y[seed].numpy()) ** 2).mean())
            for name, part in vars(split).items()
        }
        rows.append({**data.columns, "protocol": "linear_regression", "seed": seed, **losses})
    tables.write(pd.DataFrame(rows), arguments.output)
    step.finish(
        arguments, [arguments.output], inputs=[arguments.data], data=data.columns, seeds="housing/validation/<seed>"
    )


if __name__ == "__main__":
    parser = step.parser(__doc__, training.Settings)
    parser.add_argument("--data", type=Path, required=True, help="the housing data (.npz)")
    parser.add_argument("--output", type=Path, required=True, help="the table to write (.csv)")
    step.run(main, parser)

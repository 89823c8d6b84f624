"""Linear regression by least squares on the rows of the corrected protocol, for scale: what does the network add?"""

import pandas as pd
from sklearn.linear_model import LinearRegression

from byhand import step
from byhand.data.arrays import load_housing
from byhand.housing import training
from byhand.housing.bugs import CORRECTED
from byhand.housing.settings import Optimisation
from byhand.step import tables


def main(files: step.Files, settings: Optimisation) -> step.Facts:
    """Write the table: one row per seed (the seeds differ in their validation rows)."""
    data = load_housing(files.data)
    split = training.split(data.features, data.target, CORRECTED, settings)
    rows = []
    for seed in range(settings.seeds):
        model = LinearRegression().fit(split.train.x[seed].numpy(), split.train.y[seed].numpy())
        losses = {
            f"{name}_loss": float(((model.predict(part.x[seed].numpy()) - part.y[seed].numpy()) ** 2).mean())
            for name, part in vars(split).items()
        }
        rows.append({**data.columns, "protocol": "linear_regression", "seed": seed, **losses})
    tables.write(pd.DataFrame(rows), files.table)
    return {"data": data.columns, "seeds": "housing/validation/<seed>"}


if __name__ == "__main__":
    step.run(main, inputs={"data": "the housing data (.npz)"}, outputs={"table": "the table to write (.csv)"})

"""Train the housing network under one protocol, all seeds together, by hand; one row per seed and epoch."""

from itertools import islice

import pandas as pd
from tqdm import tqdm

from byhand import step
from byhand.data.arrays import Housing, load_housing
from byhand.housing import training
from byhand.housing.bugs import PROTOCOLS
from byhand.housing.settings import Training, TrainStep
from byhand.step import tables


def epochs(data: Housing, name: str, settings: Training) -> pd.DataFrame:
    """All seeds' losses under one protocol; one row per seed and epoch."""
    protocol = PROTOCOLS[name]
    split = training.split(data.features, data.target, protocol, settings)
    initial = training.initial(settings, data.features.shape[1], protocol)
    count = settings.epochs.model_dump()[data.name]
    run = tqdm(
        islice(training.train(split, initial, protocol, settings), count),
        total=count,
        desc=f"{name}, {settings.seeds} seeds",
        unit="epoch",
        mininterval=2,
    )
    return pd.concat(
        pd.DataFrame(
            {
                **data.columns,
                "protocol": name,
                "seed": range(settings.seeds),
                "epoch": number,
                "train_loss": epoch.train_loss,
                "validation_loss": epoch.validation_loss,
                "test_loss": epoch.test_loss,
                "learning_rate": epoch.learning_rate,
                "largest_move_in_W1": (epoch.parameters.W1 - initial.W1).abs().amax((1, 2)),
            }
        )
        for number, epoch in enumerate(run, start=1)
    )


def main(files: step.Files, settings: TrainStep) -> step.Facts:
    """Write the table."""
    data = load_housing(files.data)
    tables.write(epochs(data, settings.protocol, settings), files.table)
    return {"data": data.columns, "seeds": f"housing/<purpose>/0 … {settings.seeds - 1}"}


if __name__ == "__main__":
    step.run(main, inputs={"data": "the housing data (.npz)"}, outputs={"table": "the table to write (.csv)"})

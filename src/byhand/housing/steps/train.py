"""Train the housing network under one protocol, all seeds together, by hand; one row a seed and epoch."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pandas as pd
from tqdm import tqdm

from byhand import step
from byhand.data.arrays import load_housing
from byhand.errors import BadInput
from byhand.housing import training
from byhand.housing.protocols import PROTOCOLS
from byhand.step import tables


@dataclass(frozen=True)
class Settings(training.Settings):
    """The section `housing: training:` of the configuration."""

    epochs: Mapping[str, int]


def main(arguments: argparse.Namespace) -> None:
    """Write the table."""
    settings = step.settings(arguments, Settings)
    data = load_housing(arguments.data)
    if data.name not in settings.epochs:
        raise BadInput(f"--epochs: nothing for {data.name}; found {', '.join(settings.epochs)}")
    protocol = PROTOCOLS[arguments.protocol]
    split = training.split(data.features, data.target, protocol, settings)
    initial = training.initial(settings, data.features.shape[1], protocol)
    epochs = settings.epochs[data.name]
    run = tqdm(
        islice(training.train(split, initial, protocol, settings), epochs),
        total=epochs,
        desc=f"{arguments.protocol}, {settings.seeds} seeds",
        unit="epoch",
        mininterval=2,
    )
    table = pd.concat(
        pd.DataFrame(
            {
                **data.columns,
                "protocol": arguments.protocol,
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
    tables.write(table, arguments.output)
    step.finish(
        arguments,
        [arguments.output],
        inputs=[arguments.data],
        data=data.columns,
        seeds=f"housing/<purpose>/0 … {settings.seeds - 1}",
    )


if __name__ == "__main__":
    parser = step.parser(__doc__, Settings)
    parser.add_argument("--protocol", choices=PROTOCOLS, required=True, help="which slips of the notebook are made")
    parser.add_argument("--data", type=Path, required=True, help="the housing data (.npz)")
    parser.add_argument("--output", type=Path, required=True, help="the table to write (.csv)")
    step.run(main, parser)

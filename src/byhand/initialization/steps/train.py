"""Train one network (initialisation, depth, width, order of examples), all seeds together, by hand.

Two tables: losses and accuracies, a row a seed and epoch, with the running means over all epochs so far that the
document prints; and each layer's norms and activations on a batch of test images as training goes on.
"""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import pandas as pd
import torch
from tqdm import tqdm

from byhand import step
from byhand.data.arrays import load_images
from byhand.errors import BadInput
from byhand.initialization import network, propagation, training
from byhand.initialization.cells import ORDERS
from byhand.initialization.initializations import named
from byhand.numerics.randomness import generator
from byhand.step import tables

MEASURES = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")


@dataclass(frozen=True)
class Settings:
    """The section `initialization: training:` of the configuration, and the network."""

    initialization: str
    depth: int
    hidden_width: int
    seeds: int
    epochs: Mapping[str, int]
    batch_size: int
    learning_rate: float
    probes: int
    probe_images: int


def main(arguments: argparse.Namespace) -> None:
    """Write the tables."""
    settings = step.settings(arguments, Settings)
    images = load_images(arguments.data)
    if images.name not in settings.epochs:
        raise BadInput(f"--epochs: nothing for {images.name}; found {', '.join(settings.epochs)}")
    epochs = settings.epochs[images.name]
    train_rows, test_rows = (training.batches(images, split) for split in ("train", "test"))
    cell = (settings.initialization, settings.depth, settings.hidden_width)
    layer_widths = network.widths(
        train_rows.x.shape[1], settings.hidden_width, settings.depth, int(images.train_labels.max()) + 1
    )
    parameters = network.initial(
        named(settings.initialization),
        layer_widths,
        [generator("initialization/weights", *cell, seed) for seed in range(settings.seeds)],
    )
    shuffled = [generator("initialization/order", *cell, seed) for seed in range(settings.seeds)]
    runs = training.train(
        train_rows,
        test_rows,
        parameters,
        batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        order=shuffled if arguments.order == "shuffled" else None,
    )
    case = {
        **images.columns,
        "initialization": settings.initialization,
        "depth": settings.depth,
        "hidden_width": settings.hidden_width,
        "order": arguments.order,
    }
    probed = {round(epochs * k / settings.probes) for k in range(1, settings.probes + 1)}

    def layers(epoch: int, parameters: network.Parameters) -> pd.DataFrame:
        probe = slice(settings.probe_images)
        statistics = propagation.measured(parameters, test_rows.x[probe], test_rows.labels[probe])
        return pd.DataFrame(
            {**case, "seed": seed, "epoch": epoch, "layer": layer + 1}
            | {name: getattr(statistics, name)[seed, layer].item() for name in propagation.COLUMNS}
            for seed in range(settings.seeds)
            for layer in range(settings.depth + 1)
        )

    curves, measured = [], [layers(0, parameters)]
    torch.set_flush_denormal(True)  # numbers below 1e-38 would slow small initialisations tenfold and change nothing
    name = f"{settings.initialization}, depth {settings.depth}, {settings.seeds} seeds"
    progress = tqdm(islice(runs, epochs), total=epochs, desc=name, unit="epoch", mininterval=2)
    for number, epoch in enumerate(progress, start=1):
        curves.append(
            pd.DataFrame(
                {
                    **case,
                    "seed": range(settings.seeds),
                    "epoch": number,
                    **{measure: getattr(epoch, measure).double() for measure in MEASURES},
                    "diverged_at_step": epoch.diverged_at_step,
                }
            )
        )
        if number in probed:
            measured.append(layers(number, epoch.parameters))
    table = pd.concat(curves, ignore_index=True)
    for measure in MEASURES:
        table[f"running_{measure}"] = table.groupby("seed")[measure].transform(lambda values: values.expanding().mean())
    tables.write(table, arguments.output)
    tables.write(pd.concat(measured), arguments.layers)
    step.finish(
        arguments,
        [arguments.output, arguments.layers],
        inputs=[arguments.data],
        data=images.columns,
        seeds=f"initialization/<purpose>/{'/'.join(map(str, cell))}/0 … {settings.seeds - 1}",
    )


if __name__ == "__main__":
    parser = step.parser(__doc__, Settings)
    parser.add_argument(
        "--order", choices=ORDERS, required=True, help="of the examples: as in the file, or new each epoch"
    )
    parser.add_argument("--data", type=Path, required=True, help="the images (.npz)")
    parser.add_argument("--output", type=Path, required=True, help="the table of epochs to write (.csv)")
    parser.add_argument("--layers", type=Path, required=True, help="the table of layers to write (.csv)")
    step.run(main, parser)

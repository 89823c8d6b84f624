"""Train one network (initialisation, depth, width, order of examples), all seeds together, by hand.

Two tables: losses and accuracies, a row a seed and epoch, with the running means over all epochs so far that the
assignment prints; and each layer's norms and activations on a batch of test images as training goes on.
"""

from itertools import islice

import pandas as pd
import torch
from tqdm import tqdm

from byhand import step
from byhand.data.arrays import load_images
from byhand.initialization import network, propagation, training
from byhand.initialization.initializations import named
from byhand.initialization.settings import TrainStep
from byhand.numerics.randomness import generator
from byhand.step import tables

MEASURES = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")


def main(files: step.Files, settings: TrainStep) -> step.Facts:
    """Write the tables."""
    images = load_images(files.data)
    epochs = settings.epochs.model_dump()[images.name]
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
        order=shuffled if settings.order == "shuffled" else None,
    )
    case = {
        **images.columns,
        "initialization": settings.initialization,
        "depth": settings.depth,
        "hidden_width": settings.hidden_width,
        "order": settings.order,
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
    tables.write(table, files.curves)
    tables.write(pd.concat(measured), files.layers)
    return {
        "data": images.columns,
        "seeds": f"initialization/<purpose>/{'/'.join(map(str, cell))}/0 … {settings.seeds - 1}",
    }


if __name__ == "__main__":
    step.run(
        main,
        inputs={"data": "the images (.npz)"},
        outputs={"curves": "the table of epochs to write (.csv)", "layers": "the table of layers to write (.csv)"},
    )

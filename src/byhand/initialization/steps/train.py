"""Train one network, a cell of the grid, all seeds together, by hand.

Two tables: losses and accuracies, one row per seed and epoch, with the running means over all epochs so far that the
assignment prints; and each layer's norms and activations on a batch of test images as training goes on.
"""

from itertools import islice

import pandas as pd
import torch
from tqdm import tqdm

from byhand import step
from byhand.data.arrays import Images, load_images
from byhand.initialization import activations, initializations, network, optimizers, propagation, training
from byhand.initialization.cells import Cell
from byhand.initialization.elementwise import Activation
from byhand.initialization.settings import TrainStep
from byhand.numerics.randomness import generator
from byhand.step import tables

MEASURES = ("train_loss", "train_accuracy", "test_loss", "test_accuracy")


def start(settings: TrainStep, images: Images) -> network.Parameters:
    """The initial parameters of all seeds."""
    layer_widths = network.widths(images.pixels, settings.hidden_width, settings.depth, images.classes)
    return network.initial(initializations.named(settings.initialization), layer_widths, streams(settings, "weights"))


def streams(settings: TrainStep, purpose: str) -> list[torch.Generator]:
    """Each seed's random stream for a purpose."""
    name = (f"initialization/{purpose}", settings.initialization, settings.depth, settings.hidden_width)
    return [generator(*name, seed) for seed in range(settings.seeds)]


def layer_table(parameters: network.Parameters, probe: training.Rows, activation: Activation) -> pd.DataFrame:
    """Each layer's norms and activations on the rows of `probe`, one row per seed and layer."""
    statistics = propagation.measured(parameters, probe.pixels, probe.labels, activation)
    seeds, layers = statistics.delta_norm.shape
    return pd.DataFrame(
        {"seed": seed, "layer": layer + 1}
        | {name: getattr(statistics, name)[seed, layer].item() for name in propagation.COLUMNS}
        for seed in range(seeds)
        for layer in range(layers)
    )


def main(files: step.Files, settings: TrainStep) -> step.Facts:
    """Write the tables."""
    images = load_images(files.data)
    epochs = settings.epochs.model_dump()[images.name]
    train_rows, test_rows = (training.batches(images, split) for split in ("train", "test"))
    probe = test_rows[: settings.probe_images]
    parameters = start(settings, images)
    method = network.Method(
        activations.named(settings.activation), optimizers.named(settings.optimizer), settings.learning_rate
    )
    runs = training.train(
        train_rows,
        test_rows,
        parameters,
        method,
        batch_size=settings.batch_size,
        order=streams(settings, "order") if settings.order == "shuffled" else None,
    )
    case = {**images.columns, **{name: getattr(settings, name) for name in Cell._fields}}
    probed = {round(epochs * k / settings.probes) for k in range(1, settings.probes + 1)}
    curves, layers = [], {0: layer_table(parameters, probe, method.activation)}
    torch.set_flush_denormal(True)  # numbers below 1e-38 would slow small initialisations tenfold and change nothing
    words = [settings.initialization, settings.activation, settings.optimizer, f"depth {settings.depth}"]
    name = ", ".join([*words, f"{settings.seeds} seeds"])
    progress = tqdm(islice(runs, epochs), total=epochs, desc=name, unit="epoch", mininterval=2)
    for number, epoch in enumerate(progress, start=1):
        measures = {measure: getattr(epoch, measure).double() for measure in MEASURES}
        row = {**case, "seed": range(settings.seeds), "epoch": number, **measures}
        curves.append(pd.DataFrame({**row, "diverged_at_step": epoch.diverged_at_step}))
        if number in probed:
            layers[number] = layer_table(epoch.parameters, probe, method.activation)
    table = pd.concat(curves, ignore_index=True)
    for measure in MEASURES:
        table[f"running_{measure}"] = table.groupby("seed")[measure].transform(lambda values: values.expanding().mean())
    tables.write(table, files.curves)
    of_epochs = pd.concat(of_epoch.assign(**case, epoch=number) for number, of_epoch in layers.items())
    tables.write(of_epochs[[*case, "seed", "epoch", "layer", *propagation.COLUMNS]], files.layers)
    parts = f"{settings.initialization}/{settings.depth}/{settings.hidden_width}"
    return {"data": images.columns, "seeds": f"initialization/<purpose>/{parts}/0 … {settings.seeds - 1}"}


if __name__ == "__main__":
    step.run(
        main,
        inputs={"data": "the images (.npz)"},
        outputs={"curves": "the table of epochs to write (.csv)", "layers": "the table of layers to write (.csv)"},
    )

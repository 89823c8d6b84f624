"""Train networks of one activation and depth from weights of many scales, all together, to see which can be trained.

The weights of every layer are from U[−d, d] of variance σ²/fan_in, and biases are 0. A seed's network is drawn once and
multiplied by each σ, so that neighbours differ in nothing else. Training is plain gradient descent for a fixed number
of steps on the first images, in the order of the file; the accuracy is that of the last pass, each batch before its own
step.

All of this was fixed before any result was seen. The learning rate is five times the assignment's, so that networks at
the edge of chaos learn within the time that two cores have; it is the same for all. Half of the images right counts as
trained, as in the other tables. Theory says that a network can be trained if it is at most 6 ξ deep, the multiple that
Schoenholz et al. (2017) found for tanh, where ξ is the depth scale of the signal: of the correlation of two images
where mean squares come to rest, and of the mean squares themselves where they do not, as always for ReLU.

Single precision ends at 1e-38. In deep networks of small weights errors and activations shrink below it and are set to
0, which changes nothing that is measured: a step changes a weight only if it is above 6e-8 of it. Above 3e38, which
ReLU networks reach with large weights, numbers are infinite and the loss is not finite: such a run has diverged, at a
step that the table names, and counts as not trained.
"""

from itertools import islice, product
from typing import Any

import pandas as pd
import torch
from tqdm import tqdm

from byhand import step
from byhand.data.arrays import load_images
from byhand.initialization import activations, mean_field, network, training
from byhand.initialization.distributions import Initialization, uniform
from byhand.initialization.optimizers import sgd
from byhand.initialization.settings import MapStep
from byhand.numerics.randomness import generator
from byhand.step import tables

UNIT = Initialization(uniform, lambda fan_in, fan_out: 1 / fan_in)
"""Weights of scale 1."""


def start(settings: MapStep, widths: list[int]) -> network.Parameters:
    """The parameters of all runs: of each scale, all seeds."""
    name = ("initialization/map", settings.depth, settings.hidden_width)
    once = network.initial(UNIT, widths, [generator(*name, seed) for seed in range(settings.seeds)])
    scales = torch.tensor(settings.weight_scales)[:, None, None, None]
    return once.map(lambda tensor: (scales * tensor).flatten(0, 1))


def theory(settings: MapStep) -> pd.DataFrame:
    """Of each scale, one row."""
    activation = activations.named(settings.activation)
    rows = [mean_field.scales(activation, sigma * sigma) for sigma in settings.weight_scales]
    return pd.DataFrame(
        {
            "weight_scale": settings.weight_scales,
            "chi_1": [row.chi_1 for row in rows],
            "signal_scale": [row.signal_scale for row in rows],
            "error_scale": [row.error_scale for row in rows],
        }
    )


def main(files: step.Files, settings: MapStep) -> step.Facts:
    """Write the table."""
    images = load_images(files.data)
    epochs = settings.epochs.model_dump()[images.name]
    rows = training.batches(images, "train")[: settings.images]
    tested = rows[: settings.batch_size]
    method = network.Method(activations.named(settings.activation), sgd.OPTIMIZER, settings.learning_rate)
    widths = network.widths(images.pixels, settings.hidden_width, settings.depth, images.classes)
    torch.set_flush_denormal(True)
    runs = training.train(rows, tested, start(settings, widths), method, batch_size=settings.batch_size, order=None)
    name = f"{settings.activation}, depth {settings.depth}"
    *_, last = tqdm(islice(runs, epochs), total=epochs, desc=name, unit="epoch", mininterval=2)
    table = pd.DataFrame(list(product(settings.weight_scales, range(settings.seeds))), columns=["weight_scale", "seed"])
    for name in ("train_loss", "train_accuracy", "diverged_at_step"):
        table[name] = getattr(last, name).numpy()
    case: dict[str, Any] = {
        "activation": settings.activation,
        "depth": settings.depth,
        "hidden_width": settings.hidden_width,
    }
    case |= {"learning_rate": settings.learning_rate, "steps": epochs * (len(rows.x) // settings.batch_size)}
    table = table.assign(**images.columns, **case).merge(theory(settings), on="weight_scale")
    first = [*images.columns, *case]
    tables.write(table[[*first, *table.columns.drop(first)]], files.table)
    parts = f"{settings.depth}/{settings.hidden_width}"
    return {"data": images.columns, "seeds": f"initialization/map/{parts}/0 … {settings.seeds - 1}"}


if __name__ == "__main__":
    step.run(main, inputs={"data": "the images (.npz)"}, outputs={"table": "the table of runs to write (.csv)"})

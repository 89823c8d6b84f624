"""Send one batch of test images through random networks of one initialisation and back.

The networks are of every depth at the assignment's width, and of every width at the assignment's depth.
Three tables: what each layer does, beside what mean-field theory predicts (means over the seeds); each seed's norms;
and the histograms of the activations at the assignment's depth and width.
"""

from collections.abc import Iterator
from itertools import pairwise, product

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from byhand import step
from byhand.data.arrays import Images, load_images
from byhand.errors import BadInput
from byhand.initialization import network, propagation, theory, training
from byhand.initialization.initializations import named
from byhand.initialization.settings import PropagateStep
from byhand.numerics.randomness import generator
from byhand.step import tables


def pixels(images: Images, count: int) -> Iterator[tuple[str, Tensor]]:
    """The first `count` test images (count, pixels): in [0, 1] as in the assignment, and standardised as is usual.

    Raises:
        BadInput: there are not so many.
    """
    x = training.batches(images, "test", torch.float64).x
    if count > len(x):
        raise BadInput(f"initialization.propagation.images: {count} is more than the {len(x)} test images")
    yield "unit", x[:count]
    # The mean and deviation of all training pixels, from how often each of the 256 values occurs.
    counts = torch.from_numpy(np.bincount(images.train_images.ravel(), minlength=256)).double()
    values = torch.arange(len(counts)).double() / 255
    mean = counts @ values / counts.sum()
    variance = counts @ (values - mean).square() / (counts.sum() - 1)
    yield "standardised", (x[:count] - mean) / variance.sqrt()


def main(files: step.Files, settings: PropagateStep) -> step.Facts:
    """Write the tables."""
    initialization = named(settings.initialization)
    images = load_images(files.data)
    labels = training.batches(images, "test").labels[: settings.images]
    classes = int(images.train_labels.max()) + 1
    summaries, norms, histograms = [], [], []
    networks = dict.fromkeys(
        [(depth, settings.hidden_width) for depth in (*settings.depths, settings.depth)]
        + [(settings.depth, width) for width in settings.hidden_widths]
    )
    cases = list(product(pixels(images, settings.images), networks))
    for (scale, x), (depth, width) in tqdm(cases, desc=settings.initialization, unit="network", mininterval=2):
        layer_widths = network.widths(x.shape[1], width, depth, classes)
        variances = [initialization.variance(*shape) for shape in pairwise(layer_widths)]
        streams = [
            generator("initialization/weights", settings.initialization, depth, width, seed)
            for seed in range(settings.seeds)
        ]
        parameters = network.initial(initialization, layer_widths, streams)
        layers = propagation.measured(parameters, x, labels)
        theirs = theory.predicted(layer_widths, variances, x.square().sum(1).numpy(), propagation.SATURATED)
        chi_1 = theory.chi(width * initialization.variance(width, width))
        case = {
            **images.columns,
            "initialization": settings.initialization,
            "pixels": scale,
            "depth": depth,
            "hidden_width": width,
        }
        last_hidden = layers.delta_norm[:, depth - 1].square().mean().sqrt()
        for layer in range(depth + 1):
            hidden = layer < depth
            means = {name: getattr(layers, name)[:, layer].mean().item() for name in propagation.COLUMNS}
            square = layers.delta_norm[:, layer].square().mean().sqrt()
            summaries.append(
                {
                    **case,
                    "chi_1": chi_1,
                    "depth_scale": theory.depth_scale(chi_1),
                    "layer": layer + 1,
                    **means,
                    "delta_ratio": (square / last_hidden).item(),
                    "predicted_delta_ratio": theirs.delta_ratio[layer] if hidden else None,
                    "predicted_activation_deviation": theirs.activation_deviation[layer] if hidden else None,
                    "predicted_saturated_share": theirs.saturated_share[layer] if hidden else None,
                    "seeds": settings.seeds,
                }
            )
            norms += [
                {
                    **case,
                    "layer": layer + 1,
                    "seed": seed,
                    **{name: getattr(layers, name)[seed, layer].item() for name in propagation.COLUMNS[:3]},
                }
                for seed in range(settings.seeds)
            ]
        if scale == "unit" and (depth, width) == (settings.depth, settings.hidden_width):
            shares = propagation.histogram(parameters, x.float(), settings.bins)
            edges = torch.linspace(-1, 1, settings.bins + 1, dtype=torch.float64)
            histograms += [
                {**case, "layer": layer + 1, "left_edge": left, "right_edge": right, "share": share}
                for layer in range(depth)
                for left, right, share in zip(
                    edges[:-1].tolist(), edges[1:].tolist(), shares[layer].tolist(), strict=True
                )
            ]
    columns = [*case, "layer", "left_edge", "right_edge", "share"]
    tables.write(pd.DataFrame(summaries), files.table)
    tables.write(pd.DataFrame(norms), files.norms)
    tables.write(pd.DataFrame(histograms, columns=columns), files.histograms)
    return {
        "data": images.columns,
        "seeds": f"initialization/weights/{settings.initialization}/<depth>/<width>/0 … {settings.seeds - 1}",
    }


if __name__ == "__main__":
    step.run(
        main,
        inputs={"data": "the images (.npz)"},
        outputs={
            "table": "the table of layers to write (.csv)",
            "norms": "the table of each seed's norms to write (.csv)",
            "histograms": "the table of histograms to write (.csv)",
        },
    )

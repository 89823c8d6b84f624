"""Send one batch of test images through random networks of one initialisation and activation, and back.

The networks are of every depth at the assignment's width, and of every width at the assignment's depth.
Three tables: what each layer does, beside what mean-field theory predicts (means over the seeds); each seed's norms;
and the histograms of the activations at the assignment's depth and width.
"""

import math
from collections.abc import Iterator
from itertools import pairwise, product
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from byhand import step
from byhand.data.arrays import Images, load_images
from byhand.errors import BadInput
from byhand.initialization import activations, finite_width, initializations, mean_field, network, propagation, training
from byhand.initialization.distributions import Initialization, haar
from byhand.initialization.elementwise import Activation
from byhand.initialization.settings import PropagateStep
from byhand.numerics.randomness import generator
from byhand.step import tables

Row = dict[str, Any]


def pixels(images: Images, count: int) -> Iterator[tuple[str, Tensor]]:
    """The first `count` test images (count, pixels): in [0, 1] as in the assignment, and standardised as is usual.

    Raises:
        BadInput: there are fewer than that.
    """
    x = training.batches(images, "test", torch.float64).pixels
    if count > len(x):
        raise BadInput(f"initialization.propagation.images: {count} is more than the {len(x)} test images")
    yield "unit", x[:count]
    # The mean and deviation of all training pixels, from how often each of the 256 values occurs.
    counts = torch.from_numpy(np.bincount(images.train_images.ravel(), minlength=256)).double()
    values = torch.arange(len(counts)).double() / 255
    mean = counts @ values / counts.sum()
    variance = counts @ (values - mean).square() / (counts.sum() - 1)
    yield "standardised", (x[:count] - mean) / variance.sqrt()


def predictions(
    activation: Activation, initialization: Initialization, widths: list[int], x: Tensor
) -> tuple[mean_field.Prediction, list[float]]:
    """What each hidden layer does at infinite width, and the deviation of ln(‖δˡ‖/‖δᴸ‖) at this width."""
    variances = [initialization.variance(*shape) for shape in pairwise(widths)]
    biases = [initialization.bias_variance(*shape) for shape in pairwise(widths)]
    squares = x.square().sum(1).numpy()
    images = len(x)
    sum_of_squares = float(squares.sum())
    products = (x.sum(0).square().sum().item() - sum_of_squares) / max(images * (images - 1), 1)  # of different images
    kernels = mean_field.kernels(activation, widths, variances, biases, sum_of_squares / images, products)
    moments = [finite_width.moments(activation, q, c) for q, c in kernels]
    theirs = mean_field.predicted(activation, widths, variances, biases, squares, propagation.SATURATED)
    if initialization.distribution is haar:  # whose weights are not independent
        return theirs, [math.nan] * len(moments)
    distribution = initialization.distribution.__name__
    return theirs, finite_width.deviations(moments, widths[1], images, widths[-1], distribution).tolist()


def layer_rows(
    case: Row, layers: propagation.Layers, theirs: mean_field.Prediction, deviations: list[float], chi_1: float
) -> Iterator[Row]:
    """What each layer does, beside the prediction: means over the seeds."""
    depth = len(theirs.delta_ratio)
    last_hidden = layers.delta_norm[:, depth - 1].square().mean().sqrt()
    for layer in range(depth + 1):
        hidden = layer < depth
        square = layers.delta_norm[:, layer].square().mean().sqrt()
        yield {
            **case,
            "chi_1": chi_1,
            "depth_scale": mean_field.depth_scale(chi_1),
            "layer": layer + 1,
            **{name: getattr(layers, name)[:, layer].mean().item() for name in propagation.COLUMNS},
            "delta_ratio": (square / last_hidden).item(),
            "predicted_delta_ratio": theirs.delta_ratio[layer] if hidden else None,
            "predicted_deviation_of_log_ratio": deviations[layer] if hidden else None,
            "predicted_activation_deviation": theirs.activation_deviation[layer] if hidden else None,
            "predicted_saturated_share": theirs.saturated_share[layer] if hidden else None,
            "seeds": len(layers.delta_norm),
        }


def norm_rows(case: Row, layers: propagation.Layers) -> Iterator[Row]:
    """Each seed's norms in each layer."""
    seeds, count = layers.delta_norm.shape
    for layer, seed in product(range(count), range(seeds)):
        names = [name for name in propagation.COLUMNS if name.endswith("_norm")]
        norms = {name: getattr(layers, name)[seed, layer].item() for name in names}
        yield {**case, "layer": layer + 1, "seed": seed, **norms}


def histogram_rows(case: Row, shares: Tensor, reach: float) -> Iterator[Row]:
    """The histogram of each layer's activations, `shares` (depth, bins) from −reach to reach."""
    edges = (reach * torch.linspace(-1, 1, shares.shape[1] + 1, dtype=torch.float64)).tolist()
    for layer, of_layer in enumerate(shares.tolist(), start=1):
        for (left, right), share in zip(pairwise(edges), of_layer, strict=True):
            yield {**case, "layer": layer, "left_edge": left, "right_edge": right, "share": share}


def main(files: step.Files, settings: PropagateStep) -> step.Facts:
    """Write the tables."""
    initialization = initializations.named(settings.initialization)
    activation = activations.named(settings.activation)
    images = load_images(files.data)
    labels = training.batches(images, "test").labels[: settings.images]
    summaries: list[Row] = []
    norms: list[Row] = []
    histograms: list[Row] = []
    networks = dict.fromkeys(
        [(depth, settings.hidden_width) for depth in (*settings.depths, settings.depth)]
        + [(settings.depth, width) for width in settings.hidden_widths]
    )
    cases = list(product(pixels(images, settings.images), networks))
    for (scale, x), (depth, width) in tqdm(cases, desc=settings.initialization, unit="network", mininterval=2):
        layer_widths = network.widths(images.pixels, width, depth, images.classes)
        name = ("initialization/weights", settings.initialization, depth, width)
        streams = [generator(*name, seed) for seed in range(settings.seeds)]
        parameters = network.initial(initialization, layer_widths, streams)
        layers = propagation.measured(parameters, x, labels, activation)
        case = {**images.columns, "initialization": settings.initialization, "activation": settings.activation}
        case |= {"pixels": scale, "depth": depth, "hidden_width": width}
        shape = width, width
        chi_1 = mean_field.chi(
            activation, width * initialization.variance(*shape), initialization.bias_variance(*shape)
        )
        summaries += layer_rows(case, layers, *predictions(activation, initialization, layer_widths, x), chi_1)
        norms += norm_rows(case, layers)
        if scale == "unit" and (depth, width) == (settings.depth, settings.hidden_width):
            histograms += histogram_rows(case, *propagation.histogram(parameters, x.float(), settings.bins, activation))
    tables.write(pd.DataFrame(summaries), files.table)
    tables.write(pd.DataFrame(norms), files.norms)
    columns = [*case, "layer", "left_edge", "right_edge", "share"]
    tables.write(pd.DataFrame(histograms, columns=columns), files.histograms)
    seeds = f"initialization/weights/{settings.initialization}/<depth>/<width>/0 … {settings.seeds - 1}"
    return {"data": images.columns, "seeds": seeds}


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

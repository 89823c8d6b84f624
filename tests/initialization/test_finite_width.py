"""The scatter of random networks against exact variances and against drawn networks."""

from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.special import polygamma
from torch import Tensor

from byhand.initialization import activations, finite_width, initializations, mean_field, network, propagation
from byhand.initialization.elementwise import Activation
from byhand.numerics.randomness import generator

LINEAR = Activation(Tensor.clone, torch.ones_like)
INPUTS, CLASSES = 60, 10


@pytest.mark.parametrize(("activation", "per_layer"), [(LINEAR, 2), (activations.named("relu"), 5)])
def test_for_one_image_each_layer_adds_a_known_variance(activation: Activation, per_layer: int) -> None:
    """2/N for linear layers, 5/N for ReLU (Hanin 2018): of ‖δ‖², relatively; both whatever q is."""
    layers = [finite_width.moments(activation, q, 0.5) for q in (0.1, 1.0, 10.0, 3.0)]
    for width in (10, 50, 200):
        found = finite_width.deviations(layers, width, 1, CLASSES)
        each = polygamma(1, width / per_layer) / 4
        np.testing.assert_allclose(found**2, [3 * each, 2 * each, each, 0], rtol=1e-9, atol=1e-15)


def test_tanh_of_small_signals_is_linear() -> None:
    small = finite_width.deviations([finite_width.moments(activations.named("tanh"), 1e-9, 0.5)] * 5, 20, 30, CLASSES)
    np.testing.assert_allclose(
        small, finite_width.deviations([finite_width.moments(LINEAR, 1, 0.5)] * 5, 20, 30, CLASSES), rtol=1e-6
    )


def test_a_batch_scatters_less_than_an_image_and_more_classes_less_than_few() -> None:
    layers = [finite_width.moments(activations.named("tanh"), 0.5, 0.5)] * 6
    one, batch, few = (
        finite_width.deviations(layers, 50, images, classes)[0] for images, classes in ((1, 10), (256, 10), (256, 2))
    )
    assert batch < few < one


WIDTHS = (10, 50, 200)
CASES = [
    *((name, "tanh", width, images) for name in ("lecun", "xavier_uniform") for width in WIDTHS for images in (1, 64)),
    *(("uniform_2.0", "tanh", width, images) for width in (50, 200) for images in (1, 64)),
    *(("he", "relu", width, 1) for width in (50, 200)),
]


@pytest.mark.parametrize(("name", "activation_name", "width", "images"), CASES)
def test_random_networks_scatter_as_predicted(name: str, activation_name: str, width: int, images: int) -> None:
    """Within 20 %, of which 4 to 5 % are the error of the deviation of so many networks."""
    depth, seeds = 8, 200 if width == 200 else 400
    activation, initialization = activations.named(activation_name), initializations.named(name)
    stream = generator("test", "images")
    x = torch.rand(images, INPUTS, generator=stream, dtype=torch.float64)
    labels = torch.arange(images) % CLASSES
    widths = network.widths(INPUTS, width, depth, CLASSES)
    norms = []
    for first in range(0, seeds, 50):
        streams = [generator("test", name, width, seed) for seed in range(first, first + 50)]
        norms.append(
            propagation.measured(network.initial(initialization, widths, streams), x, labels, activation).delta_norm
        )
    logarithms = (torch.cat(norms)[:, 0] / torch.cat(norms)[:, depth - 1]).log()
    variances = [initialization.variance(*shape) for shape in pairwise(widths)]
    square = x.square().sum().item() / images
    product = (x.sum(0).square().sum().item() - images * square) / max(images * (images - 1), 1)
    kernels = mean_field.kernels(activation, widths, variances, [0.0] * (depth + 1), square, product)
    layers = [finite_width.moments(activation, q, c) for q, c in kernels]
    predicted = finite_width.deviations(layers, width, images, CLASSES, initialization.distribution.__name__)[0]
    assert logarithms.std().item() == pytest.approx(predicted, rel=0.2)

"""Training: independent runs, both orders, divergence as a result."""

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from byhand.data.arrays import Images
from byhand.errors import BadInput
from byhand.initialization import activations, network, optimizers, training
from byhand.initialization.cells import PATH, Cell, assignment, beside, cells, depths, paths
from byhand.initialization.initializations import named
from byhand.initialization.settings import ACTIVATIONS, OPTIMIZERS, AutogradCheckStep
from byhand.initialization.steps import autograd_check
from byhand.numerics.randomness import generator

BATCH = 32


@pytest.fixture(scope="module")
def images() -> Images:
    """Two hundred training images of 4 × 4 pixels, whose class can be read off their brightest, and forty others."""
    random = np.random.default_rng(0)

    def synthetic(count: int) -> tuple[np.ndarray, np.ndarray]:
        labels = random.integers(0, 4, count).astype(np.uint8)
        pixels = random.integers(0, 60, (count, 4, 4)).astype(np.uint8)
        pixels[np.arange(count), labels] += 180
        return pixels, labels

    (train_images, train_labels), (test_images, test_labels) = synthetic(200), synthetic(40)
    return Images(
        train_images=train_images,
        train_labels=train_labels,
        test_images=test_images,
        test_labels=test_labels,
        name="synthetic",
        fallback_for="",
    )


def trained(
    images: Images,
    seeds: Sequence[int],
    *,
    epochs: int = 3,
    shuffled: bool = False,
    learning_rate: float = 0.05,
    name: str = "xavier_uniform",
    activation: str = "tanh",
    optimizer: str = "sgd",
) -> list[training.Epoch]:
    streams = [generator("test", "weights", seed) for seed in seeds]
    parameters = network.initial(named(name), network.widths(16, 12, 3, 4), streams)
    return list(
        islice(
            training.train(
                training.batches(images, "train"),
                training.batches(images, "test"),
                parameters,
                network.Method(activations.named(activation), optimizers.named(optimizer), learning_rate),
                batch_size=BATCH,
                order=[generator("test", "order", seed) for seed in seeds] if shuffled else None,
            ),
            epochs,
        )
    )


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("shuffled", [False, True])
def test_a_seed_gives_the_same_alone_and_with_others(
    images: Images, shuffled: bool, activation: str, optimizer: str
) -> None:
    how: dict[str, Any] = {"shuffled": shuffled, "activation": activation, "optimizer": optimizer}
    together = trained(images, [0, 1, 2], **how)
    for seed in range(3):
        alone = trained(images, [seed], **how)
        for mine, among in zip(alone, together, strict=True):
            assert mine.train_loss[0] == among.train_loss[seed]
            for W, Ws in zip(mine.parameters.weights, among.parameters.weights, strict=True):
                assert torch.equal(W[0], Ws[seed])


def test_it_learns_and_reports_what_the_network_then_does(images: Images) -> None:
    *_, last = trained(images, [0, 1], epochs=60, learning_rate=0.2)
    assert (last.test_accuracy > 0.95).all()
    model = nn.Sequential()
    for W, b in zip(last.parameters.weights, last.parameters.biases, strict=True):
        linear = nn.Linear(W.shape[2], W.shape[1])
        linear.weight.data, linear.bias.data = W[1], b[1]
        model.extend([linear, nn.Tanh()])
    rows = training.batches(images, "test")
    with torch.no_grad():
        loss = nn.functional.cross_entropy(model[:-1](rows.pixels[:BATCH]), rows.labels[:BATCH])
    assert last.test_loss[1].item() == pytest.approx(loss.item(), rel=1e-5), "the last partial batch is dropped"


def test_the_accuracy_tells_logits_apart_whose_softmax_is_the_same_in_single_precision(images: Images) -> None:
    """As at the start of a network with small weights, whose logits differ by less than 1e-9."""
    (epoch,) = trained(images, [0, 1, 2], epochs=1, name="uniform_0.001", learning_rate=1e-30)
    rows = training.batches(images, "train")[:192]
    logits = network.forward(epoch.parameters, rows.x.mT, activations.named("tanh")).logits
    assert logits.abs().max() < 1e-9
    expected = [(of_run.mT.argmax(1) == rows.labels).double().mean().item() for of_run in logits]
    assert epoch.train_accuracy.tolist() == pytest.approx(expected)
    assert len(set(expected)) > 1


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_every_method_learns(images: Images, activation: str, optimizer: str) -> None:
    rate = {"sgd": 0.2, "momentum": 0.02, "adam": 0.003}.get(optimizer, 0.1)
    method: dict[str, Any] = {"activation": activation, "optimizer": optimizer}
    *_, last = trained(images, [0, 1], epochs=60, learning_rate=rate, **method)
    assert (last.test_accuracy > 0.9).all()


def test_the_file_order_is_the_same_each_epoch_and_the_shuffled_one_is_not(images: Images) -> None:
    """With a learning rate of nearly 0 each epoch's loss is the mean over the rows that it saw."""
    for shuffled in (False, True):
        losses = [epoch.train_loss for epoch in trained(images, [0, 1], shuffled=shuffled, learning_rate=1e-12)]
        same = torch.allclose(losses[0], losses[1], rtol=1e-6, atol=0)
        assert same is not shuffled, "of 200 rows 8 are dropped, other ones each time if they are shuffled"


def test_divergence_is_recorded_with_its_step_and_harms_no_other_run(images: Images) -> None:
    streams = [generator("test", "weights", seed) for seed in range(2)]
    parameters = network.initial(named("xavier_uniform"), network.widths(16, 12, 3, 4), streams)
    parameters.layers[-1][0, 0, 0] = torch.inf
    rows = training.batches(images, "train"), training.batches(images, "test")
    method = network.Method(activations.named("tanh"), optimizers.named("sgd"), 0.05)
    runs = training.train(*rows, parameters, method, batch_size=BATCH, order=None)
    first, second = next(runs), next(runs)
    assert first.diverged_at_step.tolist() == second.diverged_at_step.tolist() == [1, 0]
    healthy = trained(images, [1], epochs=2)
    assert second.train_loss[1].item() == pytest.approx(healthy[1].train_loss[0].item(), rel=1e-5)


def test_a_batch_larger_than_the_data_is_refused(images: Images) -> None:
    few = replace(images, test_images=images.test_images[:10], test_labels=images.test_labels[:10])
    with pytest.raises(BadInput, match="batch_size: 32 is more than the 10 test rows"):
        trained(few, [0])


SECTION = {
    "grids": {
        "tanh": {"initializations": ["he", "lecun"], "depths": [8, 1], "hidden_widths": [5, 50]},
        "mine": {
            "initializations": ["he"],
            "activations": ["relu"],
            "optimizers": ["adam", "sgd"],
            "learning_rates": [1e-3, 1],
            "depths": [8, 16],
        },
    },
    "assignment": {"initializations": ["he", "uniform_0.1"], "depth": 8, "hidden_width": 50},
    "training": {"learning_rate": 0.01},
}


def test_cells_are_the_grids_and_the_assignment_in_both_orders_once_each() -> None:
    found = cells(SECTION)
    assert len(found) == len(set(found)) == 8 + 8 + 1 + 2
    own = [Cell(name, "tanh", "sgd", 0.01, 8, 50, "file") for name in ("he", "uniform_0.1")]
    assert assignment(SECTION) == own
    assert set(own) <= set(found)
    assert {cell.initialization for cell in found if cell.order == "shuffled"} == {"he", "uniform_0.1"}


def test_what_a_grid_does_not_name_is_as_in_the_assignment() -> None:
    only_orders = {**SECTION, "grids": {"orders": {"orders": ["shuffled"]}}}
    assert cells(only_orders)[:2] == [cell._replace(order="shuffled") for cell in assignment(SECTION)]
    assert set(cells(only_orders)) == set(cells({**SECTION, "grids": {}}))


def test_paths_tell_all_networks_apart() -> None:
    found = cells(SECTION)
    assert paths("{initialization}.csv", found) == ["he.csv", "lecun.csv", "uniform_0.1.csv"]
    assert len(paths(PATH, found)) == len(found)
    assert "he/relu_adam_0.001/depth8_width50_file" in paths(PATH, found)
    assert "he/relu_adam_1.0/depth16_width50_file" in paths(PATH, found)
    assert all(re.fullmatch(r"[\w./]+", path) for path in paths(PATH, found))


def test_figures_show_the_assignments_networks_and_those_of_the_same_shape_by_other_methods() -> None:
    found, own = cells(SECTION), assignment(SECTION)[0]
    assert {cell.method["activation"] for cell in beside(found, own)} == {"relu"}
    assert {(cell.depth, cell.hidden_width, cell.order) for cell in beside(found, own)} == {(8, 50, "file")}
    assert len(beside(found, own)) == 4
    assert depths(found, "he", "tanh") == [1, 8]
    assert depths(found, "he", "relu") == [8, 16]


def checked(
    images: Images, compared_steps: int = 5, activation: str = "tanh", optimizer: str = "sgd"
) -> list[dict[str, float]]:
    """The differences from autograd in the first steps."""
    settings = AutogradCheckStep(
        initializations=("uniform_0.1",), activations=(activation,), optimizers=(optimizer,), depth=3, hidden_width=6,
        batch_size=20, learning_rate=0.1, compared_steps=compared_steps,
    )  # fmt: skip
    start = network.initial(named("uniform_0.1"), network.widths(16, 6, 3, 4), [generator("test")]).map(Tensor.double)
    images_of_steps = autograd_check.first(images, settings)
    return list(autograd_check.differences(start, *images_of_steps, settings.learning_rate, activation, optimizer))


@pytest.mark.parametrize("steps", [5, 25], ids=["a part of an epoch", "more than an epoch of ten batches"])
def test_the_first_steps_are_those_of_autograd_in_every_quantity(images: Images, steps: int) -> None:
    found = checked(images, steps)
    assert len(found) == steps
    for differences in found:
        assert differences.keys() == {"parameters", "train_loss", "train_accuracy", "test_loss", "test_accuracy"}
        for quantity, difference in differences.items():
            # accuracies are means in single precision
            assert difference < (1e-7 if quantity.endswith("accuracy") else 1e-12), quantity


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_steps_of_every_method_are_those_of_autograd_and_torch(
    images: Images, activation: str, optimizer: str
) -> None:
    """Adam divides a gradient by its size, and so enlarges the rounding of those that are hardly larger than ε."""
    for differences in checked(images, 25, activation, optimizer):
        assert differences["parameters"] < (1e-9 if optimizer == "adam" else 1e-12)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_a_step_of_another_size_is_seen(images: Images, monkeypatch: pytest.MonkeyPatch, optimizer: str) -> None:
    def larger(parameters: Any, signals: Any, delta: Any, method: network.Method, memory: Any) -> Any:
        method = replace(method, learning_rate=1.001 * method.learning_rate)
        return network.gradient_step(parameters, signals, delta, method, memory)

    monkeypatch.setattr("byhand.initialization.training.gradient_step", larger)
    for differences in checked(images, optimizer=optimizer):
        assert differences["parameters"] > 1e-4


def test_a_slope_that_is_not_that_of_the_value_is_seen(images: Images, monkeypatch: pytest.MonkeyPatch) -> None:
    right = activations.named("gelu")
    wrong = replace(right, slope=lambda z: 1.001 * right.slope(z))
    monkeypatch.setattr("byhand.initialization.activations.gelu.ACTIVATION", wrong)
    assert max(differences["parameters"] for differences in checked(images, activation="gelu")) > 1e-6

"""Training: independent runs, both orders, divergence as a result."""

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
from byhand.initialization import network, training
from byhand.initialization.cells import Cell, assignment, cells, paths
from byhand.initialization.initializations import named
from byhand.initialization.settings import AutogradCheckStep
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
) -> list[training.Epoch]:
    streams = [generator("test", "weights", seed) for seed in seeds]
    parameters = network.initial(named(name), network.widths(16, 12, 3, 4), streams)
    return list(
        islice(
            training.train(
                training.batches(images, "train"),
                training.batches(images, "test"),
                parameters,
                batch_size=BATCH,
                learning_rate=learning_rate,
                order=[generator("test", "order", seed) for seed in seeds] if shuffled else None,
            ),
            epochs,
        )
    )


@pytest.mark.parametrize("shuffled", [False, True])
def test_a_seed_gives_the_same_alone_and_with_others(images: Images, shuffled: bool) -> None:
    together = trained(images, [0, 1, 2], shuffled=shuffled)
    for seed in range(3):
        alone = trained(images, [seed], shuffled=shuffled)
        for mine, among in zip(alone, together, strict=True):
            assert mine.train_loss[0] == among.train_loss[seed]
            for W, Ws in zip(mine.parameters.weights, among.parameters.weights, strict=True):
                assert torch.equal(W[0], Ws[seed])


def test_it_learns_and_reports_what_the_network_then_does(images: Images) -> None:
    *_, last = trained(images, [0, 1], epochs=60, learning_rate=0.2)
    assert (last.test_accuracy > 0.95).all()
    model = nn.Sequential()
    for W, b in zip(last.parameters.weights, last.parameters.biases, strict=True):
        linear = nn.Linear(*W.shape[1:])
        linear.weight.data, linear.bias.data = W[1].mT, b[1, 0]
        model.extend([linear, nn.Tanh()])
    rows = training.batches(images, "test")
    with torch.no_grad():
        loss = nn.functional.cross_entropy(model[:-1](rows.x[:BATCH]), rows.labels[:BATCH])
    assert last.test_loss[1].item() == pytest.approx(loss.item(), rel=1e-5), "the last partial batch is dropped"


def test_the_file_order_is_the_same_each_epoch_and_the_shuffled_one_is_not(images: Images) -> None:
    """With a learning rate of nearly 0 each epoch's loss is the mean over the rows that it saw."""
    for shuffled in (False, True):
        losses = [epoch.train_loss for epoch in trained(images, [0, 1], shuffled=shuffled, learning_rate=1e-12)]
        same = torch.allclose(losses[0], losses[1], rtol=1e-6, atol=0)
        assert same is not shuffled, "of 200 rows 8 are dropped, other ones each time if they are shuffled"


def test_divergence_is_recorded_with_its_step_and_harms_no_other_run(images: Images) -> None:
    streams = [generator("test", "weights", seed) for seed in range(2)]
    parameters = network.initial(named("xavier_uniform"), network.widths(16, 12, 3, 4), streams)
    sick = parameters.weights[-1].clone()
    sick[0, 0, 0] = torch.inf
    parameters = replace(parameters, weights=(*parameters.weights[:-1], sick))
    rows = training.batches(images, "train"), training.batches(images, "test")
    runs = training.train(*rows, parameters, batch_size=BATCH, learning_rate=0.05, order=None)
    first, second = next(runs), next(runs)
    assert first.diverged_at_step.tolist() == second.diverged_at_step.tolist() == [1, 0]
    healthy = trained(images, [1], epochs=2)
    assert second.train_loss[1].item() == pytest.approx(healthy[1].train_loss[0].item(), rel=1e-5)


def test_a_batch_larger_than_the_data_is_refused(images: Images) -> None:
    few = replace(images, test_images=images.test_images[:10], test_labels=images.test_labels[:10])
    with pytest.raises(BadInput, match="batch_size: 32 is more than the 10 test rows"):
        trained(few, [0])


SECTION = {
    "grid": {"initializations": ["he", "lecun"], "depths": [1, 8], "hidden_widths": [5, 50]},
    "assignment": {"initializations": ["he", "uniform_0.1"], "depth": 8, "hidden_width": 50},
}


def test_cells_are_the_grid_and_the_assignment_in_both_orders_once_each() -> None:
    found = cells(SECTION)
    assert len(found) == len(set(found)) == 8 + 1 + 2
    assert Cell("uniform_0.1", 8, 50, "file") in found
    assert {cell.initialization for cell in found if cell.order == "shuffled"} == {"he", "uniform_0.1"}
    assert assignment(SECTION) == [Cell("he", 8, 50, "file"), Cell("uniform_0.1", 8, 50, "file")]
    assert paths("{initialization}.csv", found) == ["he.csv", "lecun.csv", "uniform_0.1.csv"]
    assert paths("{initialization}/{depth}_{hidden_width}_{order}", found)[0] == "he/1_5_file"


def checked(images: Images, compared_steps: int = 5) -> list[dict[str, float]]:
    """The differences from autograd in the first steps."""
    settings = AutogradCheckStep(
        initializations=("uniform_0.1",), depth=3, hidden_width=6, batch_size=20, learning_rate=0.1,
        compared_steps=compared_steps,
    )  # fmt: skip
    start = network.initial(named("uniform_0.1"), network.widths(16, 6, 3, 4), [generator("test")]).map(Tensor.double)
    return list(autograd_check.differences(start, *autograd_check.first(images, settings), settings.learning_rate))


@pytest.mark.parametrize("steps", [5, 25], ids=["a part of an epoch", "more than an epoch of ten batches"])
def test_the_first_steps_are_those_of_autograd_in_every_quantity(images: Images, steps: int) -> None:
    found = checked(images, steps)
    assert len(found) == steps
    for differences in found:
        assert differences.keys() == {"parameters", "train_loss", "train_accuracy", "test_loss", "test_accuracy"}
        for quantity, difference in differences.items():
            # accuracies are means in single precision
            assert difference < (1e-7 if quantity.endswith("accuracy") else 1e-12), quantity


def test_a_step_of_another_size_is_seen(images: Images, monkeypatch: pytest.MonkeyPatch) -> None:
    def larger(*given: Any) -> network.Parameters:
        parameters, outputs, delta, learning_rate = given
        return network.gradient_step(parameters, outputs, delta, 1.001 * learning_rate)

    monkeypatch.setattr("byhand.initialization.training.gradient_step", larger)
    for differences in checked(images):
        assert differences["parameters"] > 1e-4

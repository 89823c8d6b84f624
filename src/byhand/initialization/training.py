"""Hand-derived training by any of the optimisers, several independent runs at once; none depends on the others.

All images are one tensor. In the `file` order, which is the assignment's (its loader does not shuffle), every run sees
the same batches; in the `shuffled` order each run draws its own permutation for each epoch.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from byhand.data.arrays import Images
from byhand.errors import BadInput
from byhand.initialization.elementwise import Activation
from byhand.initialization.network import (
    Memory,
    Method,
    Parameters,
    Signals,
    cross_entropy,
    cross_entropy_derivative,
    forward,
    gradient_step,
    log_softmax,
    remembered,
)


@dataclass(frozen=True)
class Rows:
    """Images and their labels (rows)."""

    x: Tensor
    """(rows, pixels + 1): the pixels, in [0, 1], and a 1, which is the input of the biases."""
    labels: Tensor

    @property
    def pixels(self) -> Tensor:
        """(rows, pixels)."""
        return self.x[:, :-1]

    def __getitem__(self, some: slice) -> "Rows":
        """These rows."""
        return Rows(self.x[some], self.labels[some])


def batches(images: Images, split: str, dtype: torch.dtype = torch.float32) -> Rows:
    """The images of one split, `train` or `test`."""
    pixels, labels = getattr(images, f"{split}_images"), getattr(images, f"{split}_labels")
    flat = torch.from_numpy(pixels).flatten(1)
    x = torch.ones(len(flat), flat.shape[1] + 1, dtype=dtype)
    torch.div(flat, 255, out=x[:, :-1])
    return Rows(x, labels=torch.from_numpy(labels).long())


@dataclass(frozen=True)
class Epoch:
    """What each run did in one epoch; every tensor is (runs)."""

    train_loss: Tensor  # mean over the batches, each before its own step
    train_accuracy: Tensor  # in [0, 1], likewise
    test_loss: Tensor  # after the epoch
    test_accuracy: Tensor
    diverged_at_step: Tensor  # the first step, counted from 1 at the start of training, whose loss is not finite; or 0
    parameters: Parameters
    memory: Memory  # of the optimiser


def whole_batches(rows: Rows, batch_size: int, name: str) -> int:
    """How many whole batches the rows of the training or the test set (`name`) make.

    Raises:
        BadInput: they do not make even one.
    """
    if len(rows.x) < batch_size:
        raise BadInput(f"initialization.training.batch_size: {batch_size} is more than the {len(rows.x)} {name} rows")
    return len(rows.x) // batch_size


def train(
    train_rows: Rows,
    test_rows: Rows,
    parameters: Parameters,
    method: Method,
    *,
    batch_size: int,
    order: Sequence[torch.Generator] | None,
    memory: Memory | None = None,
) -> Iterator[Epoch]:
    """Train indefinitely, yielding after each epoch.

    As in the assignment, the last partial batch is dropped, for the test rows too. A run whose loss is no longer finite
    goes on without affecting the others, and `diverged_at_step` records when that began.

    Args:
        train_rows: the rows to train on.
        test_rows: the rows to test on after each epoch.
        parameters: the start, (runs, …).
        method: the activation, the optimiser and its learning rate.
        batch_size: rows per batch.
        order: one generator per run, for a new order of the rows in each epoch; None keeps the order of the file.
        memory: what the optimiser remembers of earlier steps; None if there were none.

    Raises:
        BadInput: there are fewer rows than a batch needs.
    """
    steps = whole_batches(train_rows, batch_size, "training")
    whole_batches(test_rows, batch_size, "test")
    runs = len(parameters.layers[0])
    diverged = torch.zeros(runs, dtype=torch.long)
    done = 0
    signals: Signals | None = None
    memory = remembered(parameters, method.optimizer) if memory is None else memory
    while True:
        losses, correct = torch.empty(steps, runs, dtype=train_rows.x.dtype), torch.empty(steps, runs)
        orders = None
        if order is not None:
            orders = torch.stack([torch.randperm(len(train_rows.x), generator=generator) for generator in order])
        for step in range(steps):
            first = step * batch_size
            if orders is None:
                batch = train_rows[first : first + batch_size]
                x, labels = batch.x.mT, batch.labels.expand(runs, -1)
            else:
                chosen = orders[:, first : first + batch_size].flatten()
                x = train_rows.x.index_select(0, chosen).view(runs, batch_size, -1).mT
                labels = train_rows.labels.index_select(0, chosen).view(runs, batch_size)
            signals = forward(parameters, x, method.activation, signals)
            logarithms = log_softmax(signals.logits)
            losses[step], correct[step] = cross_entropy(logarithms, labels), accuracy(signals.logits, labels)
            last_delta = cross_entropy_derivative(logarithms, labels)
            parameters, memory = gradient_step(parameters, signals, last_delta, method, memory)
        bad = ~losses.isfinite()
        first_bad = done + 1 + bad.int().argmax(0)
        diverged = torch.where((diverged == 0) & bad.any(0), first_bad, diverged)
        done += steps
        test_loss, test_accuracy = test_metrics(parameters, test_rows, method.activation, batch_size)
        yield Epoch(losses.mean(0), correct.mean(0), test_loss, test_accuracy, diverged, parameters, memory)


def accuracy(logits: Tensor, labels: Tensor) -> Tensor:
    """The share of a batch whose label (runs, batch) has the largest logit (runs, classes, batch): (runs).

    Of equal logits the first counts as the largest.
    """
    return (logits.max(1).indices == labels).float().mean(-1)


def test_metrics(parameters: Parameters, rows: Rows, activation: Activation, batch_size: int) -> tuple[Tensor, Tensor]:
    """Loss and accuracy of each run, averaged over all batches but the last, partial one."""
    losses, correct = [], []
    signals: Signals | None = None
    for first in range(0, len(rows.x) - batch_size + 1, batch_size):
        batch = rows[first : first + batch_size]
        signals = forward(parameters, batch.x.mT, activation, signals)
        labels = batch.labels.expand(len(parameters.layers[0]), -1)
        losses.append(cross_entropy(log_softmax(signals.logits), labels))
        correct.append(accuracy(signals.logits, labels))
    return torch.stack(losses).mean(0), torch.stack(correct).mean(0)

"""Training the network of `byhand.gradients` with gradients by hand, for several seeds at once.

Every tensor has a leading axis of independent runs, one per seed, so one set of small products serves them all. A run's
numbers do not depend on the others': nothing is summed over that axis, and each run has its own rows, its own order
of examples, its own learning rate.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import Tensor

from byhand.errors import BadInput
from byhand.gradients.network import LOSSES, Parameters, backward, forward
from byhand.housing.bugs import Protocol
from byhand.housing.settings import Optimisation
from byhand.numerics import adam
from byhand.numerics.randomness import generator


@dataclass(frozen=True)
class Rows:
    """Standardised features (runs, rows, features) and targets (runs, rows)."""

    x: Tensor
    y: Tensor


@dataclass(frozen=True)
class Split:
    """Each run's rows for training, for lowering the learning rate, and for testing."""

    train: Rows
    validation: Rows
    test: Rows


def split(
    features: np.ndarray,
    target: np.ndarray,
    protocol: Protocol,
    settings: Optimisation,
    dtype: torch.dtype = torch.float32,
) -> Split:
    """Split the data set as the protocol says, into test rows for run i by the seed `split_seed` + i · `split_step`.

    Args:
        features: (rows, features), in their own units.
        target: (rows,).

    Raises:
        BadInput: a part would have no rows.
    """
    rows = np.arange(len(target))
    count = len(target)
    if not 1 <= round(settings.test_fraction * count) <= count - 2:
        raise BadInput(f"housing.training.test_fraction: {settings.test_fraction} of {count} rows leaves a part empty")
    parts: dict[str, list[tuple[np.ndarray, np.ndarray]]] = {"train": [], "validation": [], "test": []}
    for seed in range(settings.seeds):
        state = (settings.split_seed + seed * settings.split_step) % 2**32
        learning, testing = train_test_split(rows, test_size=settings.test_fraction, random_state=state)
        held_out = int(settings.validation_fraction * len(learning))
        if not 1 <= held_out < len(learning):
            raise BadInput(
                f"housing.training.validation_fraction: {settings.validation_fraction} of {len(learning)} training rows"
                " leaves a part empty"
            )
        order = learning[torch.randperm(len(learning), generator=generator("housing", "validation", seed)).numpy()]
        training, validation = order[held_out:], order[:held_out]
        if protocol.validation_rows_in_training:
            training = learning
        scaler = StandardScaler().fit(features if protocol.scaler_fitted_on_all_rows else features[training])
        for name, chosen in zip(parts, (training, validation, testing), strict=True):
            parts[name].append((scaler.transform(features[chosen]), target[chosen]))
    stacked = {
        name: Rows(*(torch.as_tensor(np.stack(arrays), dtype=dtype) for arrays in zip(*runs, strict=True)))
        for name, runs in parts.items()
    }
    return Split(**stacked)


def initial(
    settings: Optimisation, input_width: int, protocol: Protocol, dtype: torch.dtype = torch.float32
) -> Parameters:
    """Xavier's uniform initialisation of each run, ±√(6 / (fan_in + fan_out)); biases 0 (Glorot and Bengio 2010).

    The weights named in `protocol.normal_weights` are from N(0, 1) instead.
    """
    fans = {"w2": (settings.hidden_width, 1), "W1": (input_width, settings.hidden_width)}
    drawn: dict[str, list[Tensor]] = {name: [] for name in fans}
    for seed in range(settings.seeds):
        stream = generator("housing", "initialisation", seed)
        for name, (fan_in, fan_out) in fans.items():
            weights = torch.empty(fan_out, fan_in, dtype=torch.float64)
            bound = (6 / (fan_in + fan_out)) ** 0.5
            normal = name in protocol.normal_weights
            drawn[name].append(
                weights.normal_(generator=stream) if normal else weights.uniform_(-bound, bound, generator=stream)
            )
    return Parameters(
        W1=torch.stack(drawn["W1"]).to(dtype),
        b1=torch.zeros(settings.seeds, settings.hidden_width, dtype=dtype),
        w2=torch.cat(drawn["w2"]).to(dtype),
        b2=torch.zeros(settings.seeds, dtype=dtype),
    )


def orders(purpose: str, settings: Optimisation, rows: int) -> Iterator[Tensor]:
    """An endless series of example orders: each a tensor (runs, rows) of permutations, from each seed's own stream."""
    streams = [generator("housing", purpose, seed) for seed in range(settings.seeds)]
    while True:
        yield torch.stack([torch.randperm(rows, generator=stream) for stream in streams])


@dataclass(frozen=True)
class Plateau:
    """ReduceLROnPlateau for each run: (runs, 1) learning rate, best loss so far, epochs without a better one."""

    learning_rate: Tensor
    best: Tensor
    waited: Tensor


def reduce_on_plateau(plateau: Plateau, loss: Tensor, *, factor: float, patience: int) -> Plateau:
    """One epoch of `torch.optim.lr_scheduler.ReduceLROnPlateau` with its defaults, for losses (runs, 1).

    Better means below (1 − 1e-4) · best. After more than `patience` epochs without that, the learning rate is
    multiplied by `factor` (unless that changes it by less than 1e-8) and the count starts again.
    """
    better = loss < plateau.best * (1 - 1e-4)
    waited = torch.where(better, 0, plateau.waited + 1)
    lowered = plateau.learning_rate * factor
    act = (waited > patience) & (plateau.learning_rate - lowered > 1e-8)
    return Plateau(
        torch.where(act, lowered, plateau.learning_rate),
        torch.where(better, loss, plateau.best),
        torch.where(waited > patience, 0, waited),
    )


def flat(parameters: Parameters) -> Tensor:
    """All parameters of each run in a row, W₁ first: (runs, parameters)."""
    return torch.cat([parameters.W1.flatten(1), parameters.b1, parameters.w2, parameters.b2.unsqueeze(1)], dim=1)


def shaped(theta: Tensor, hidden_width: int, input_width: int) -> Parameters:
    """The inverse of `flat`, as views."""
    W1, b1, w2, b2 = theta.split([hidden_width * input_width, hidden_width, hidden_width, 1], dim=1)
    return Parameters(W1=W1.unflatten(1, (hidden_width, input_width)), b1=b1, w2=w2, b2=b2.squeeze(1))


def row_weights(rows: int, batch_size: int, equally: bool) -> Tensor:
    """The weight of each row's loss in an epoch's mean, in the order of the batches: (rows,), summing to 1.

    As published, an epoch's loss is the mean over batches: a row of the smaller last batch counts for more.
    """
    place = torch.arange(rows, dtype=torch.float64).div(batch_size, rounding_mode="floor")  # which batch a row is in
    size = (rows - place * batch_size).clamp(max=batch_size)
    return 1 / (size * (place[-1] + 1)) if equally else torch.full((rows,), 1 / rows, dtype=torch.float64)


def evaluate(parameters: Parameters, rows: Rows, order: Tensor, weights: Tensor) -> Tensor:
    """The mean squared error of each run (runs,), its rows taken in `order` (runs, rows) and weighted (rows,)."""
    squares = (forward(parameters, rows.x)[0] - rows.y).square().double()
    return squares.gather(1, order) @ weights


@dataclass(frozen=True)
class Epoch:
    """What is known after an epoch: losses and learning rate (runs,), and the parameters."""

    train_loss: Tensor
    validation_loss: Tensor
    test_loss: Tensor
    learning_rate: Tensor
    parameters: Parameters


@torch.inference_mode()
def train(data: Split, parameters: Parameters, protocol: Protocol, settings: Optimisation) -> Iterator[Epoch]:
    """Train for ever, yielding after each epoch.

    A frozen hidden layer gets a gradient of zero: Adam, whose moments are then zero too, never moves it. The training
    loss is that of each batch when it was processed, with the parameters at that moment.
    """
    loss = LOSSES["mean_squared_error"]
    hidden_width, input_width = parameters.W1.shape[1:]
    theta = flat(parameters)
    learned = torch.ones_like(theta)
    learned[:, : hidden_width * input_width] = not protocol.hidden_layer_frozen
    moments = adam.start(theta)
    learning_rate = settings.learning_rate * protocol.learning_rate_factor
    start = torch.full((len(theta), 1), learning_rate, dtype=theta.dtype)
    plateau = Plateau(start, torch.full_like(start, torch.inf, dtype=torch.float64), torch.zeros_like(start))

    batch_size = settings.batch_size
    parts = {"train": data.train, "order of validation": data.validation, "order of test": data.test}
    streams = {purpose: orders(purpose, settings, rows.y.shape[1]) for purpose, rows in parts.items()}
    weights = {
        purpose: row_weights(rows.y.shape[1], batch_size, protocol.batches_weighted_equally)
        for purpose, rows in parts.items()
    }
    while True:
        order = next(streams["train"])
        x = data.train.x.take_along_dim(order.unsqueeze(-1), 1)
        y = data.train.y.gather(1, order)
        predictions = []
        for x_batch, y_batch in zip(x.split(batch_size, 1), y.split(batch_size, 1), strict=True):
            current = shaped(theta, hidden_width, input_width)
            prediction, h = forward(current, x_batch)
            predictions.append(prediction)
            gradient = flat(backward(current, x_batch, h, loss.derivative(prediction, y_batch)))
            theta, moments = adam.step(theta, gradient * learned, moments, plateau.learning_rate)
        current = shaped(theta, hidden_width, input_width)
        train_loss = (torch.cat(predictions, 1) - y).square().double() @ weights["train"]
        validation_loss, test_loss = (
            evaluate(current, parts[purpose], next(streams[purpose]), weights[purpose])
            for purpose in ("order of validation", "order of test")
        )
        yield Epoch(train_loss, validation_loss, test_loss, plateau.learning_rate.squeeze(1), current)
        plateau = reduce_on_plateau(
            plateau, validation_loss.unsqueeze(1), factor=settings.factor, patience=settings.patience
        )

"""The notebook's way of training, kept for comparison: DataLoaders, autograd, torch.optim, in its order of statements.

The hand-derived gradients are checked against it, and their speed is compared with its speed.
"""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset

from byhand.gradients.network import NAMES, Parameters
from byhand.housing.bugs import Protocol
from byhand.housing.settings import Optimisation
from byhand.housing.training import Epoch, Rows, Split, orders


def predict(parameters: dict[str, Tensor], x: Tensor) -> Tensor:
    """ŷ for a batch x (rows, features), with the shapes of the notebook: columns are examples."""
    hidden = torch.tanh(parameters["W1"] @ x.T + parameters["b1"])  # (hidden_width, rows)
    return (parameters["w2"].T @ hidden + parameters["b2"]).squeeze(0)  # (rows,)


def optimised(
    initial: Parameters, settings: Optimisation, protocol: Protocol
) -> tuple[dict[str, Tensor], torch.optim.Adam]:
    """The parameters of one run and their optimiser; as published, the optimiser is built before W₁ is replaced."""
    parameters = {
        "W1": initial.W1[0].clone(),
        "b1": initial.b1[0].unsqueeze(1),
        "w2": initial.w2[0].unsqueeze(1),
        "b2": initial.b2[0].reshape(1),
    }
    parameters = {name: tensor.clone().requires_grad_() for name, tensor in parameters.items()}
    optimiser = torch.optim.Adam(parameters.values(), lr=settings.learning_rate * protocol.learning_rate_factor)
    if protocol.hidden_layer_frozen:
        parameters["W1"] = initial.W1[0].clone().requires_grad_()  # the optimiser still holds the previous one
    return parameters, optimiser


def loader(rows: Rows, order: Tensor, batch_size: int) -> DataLoader[tuple[Tensor, ...]]:
    """The first run's rows in the given order; fetched row by row and collated, as DataLoader does."""
    return DataLoader(TensorDataset(rows.x[0], rows.y[0]), batch_size=batch_size, sampler=order[0].tolist())


def train(data: Split, initial: Parameters, protocol: Protocol, settings: Optimisation) -> Iterator[Epoch]:
    """Like `training.train`, but for the first run only."""
    parameters, optimiser = optimised(initial, settings, protocol)
    scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimiser, mode="min", factor=settings.factor, patience=settings.patience
    )
    loss_function = torch.nn.MSELoss()
    parts = {"train": data.train, "order of validation": data.validation, "order of test": data.test}
    streams = {purpose: orders(purpose, settings, rows.y.shape[1]) for purpose, rows in parts.items()}
    while True:
        means = {}
        learning_rate = optimiser.param_groups[0]["lr"]
        for purpose, rows in parts.items():
            losses = []
            for x, y in loader(rows, next(streams[purpose]), settings.batch_size):
                loss = loss_function(predict(parameters, x), y)
                losses.append(loss.item())
                if purpose == "train":
                    optimiser.zero_grad()
                    loss.backward()
                    optimiser.step()
            sizes = [len(batch) for batch in torch.arange(rows.y.shape[1]).split(settings.batch_size)]
            weights = None if protocol.batches_weighted_equally else sizes
            means[purpose] = torch.tensor([np.average(losses, weights=weights)])
        current = {name: parameters[name].detach().clone() for name in NAMES}
        yield Epoch(
            train_loss=means["train"],
            validation_loss=means["order of validation"],
            test_loss=means["order of test"],
            learning_rate=torch.tensor([learning_rate], dtype=torch.float64),
            parameters=Parameters(W1=current["W1"][None], b1=current["b1"].T, w2=current["w2"].T, b2=current["b2"]),
        )
        scheduler.step(means["order of validation"].item())

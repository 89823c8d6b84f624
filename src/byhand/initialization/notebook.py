"""The assignment's training loop, rebuilt for timing and comparison: torch.nn, autograd, torch.optim, a DataLoader.

Each image is fetched on its own, and converted to a PIL image and then to a tensor, as in torchvision's dataset.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import NamedTuple

import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader, Dataset
from torchvision.transforms import ToTensor

from byhand.data.arrays import Images
from byhand.initialization.network import Parameters
from byhand.initialization.training import Rows


class Pictures(Dataset[tuple[Tensor, int]]):
    """The training images one by one, as `torchvision.datasets.MNIST` with `ToTensor` gives them."""

    def __init__(self, images: Images) -> None:
        self._images = images
        self._transform = ToTensor()

    def __len__(self) -> int:
        return len(self._images.train_labels)

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        picture = Image.fromarray(self._images.train_images[index])
        return self._transform(picture), int(self._images.train_labels[index])


def loaded(images: Images, batch_size: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Endless batches from the assignment's loader."""
    while True:
        for pictures, labels in DataLoader(Pictures(images), batch_size=batch_size, drop_last=True):
            yield pictures.flatten(1), labels


def resident(rows: Rows, batch_size: int) -> Iterator[tuple[Tensor, Tensor]]:
    """The same batches, taken from one tensor."""
    while True:
        for first in range(0, len(rows.x) - batch_size + 1, batch_size):
            batch = rows[first : first + batch_size]
            yield batch.pixels, batch.labels


class Step(NamedTuple):
    """The model after a step, and the loss and the accuracy of its batch before it."""

    model: nn.Sequential
    loss: float
    accuracy: float


def parameters(model: nn.Sequential) -> Parameters:
    """A copy of the model's parameters, as those of one run."""
    linear = [layer for layer in model if isinstance(layer, nn.Linear)]
    return Parameters(tuple(torch.cat([layer.weight, layer.bias[:, None]], 1).detach()[None] for layer in linear))


def evaluated(model: nn.Sequential, x: Tensor, labels: Tensor) -> tuple[float, float]:
    """Loss and accuracy on a batch of test images."""
    output = model(x)
    return nn.functional.cross_entropy(output, labels).item(), (output.argmax(1) == labels).double().mean().item()


class Elementwise(nn.Module):
    """A layer that applies a function to every element."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        super().__init__()
        self._function = function

    def forward(self, z: Tensor) -> Tensor:
        """Apply it."""
        return self._function(z)


OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "sgd": torch.optim.SGD,
    "momentum": partial(torch.optim.SGD, momentum=0.9),
    "adam": torch.optim.Adam,
}
"""torch's own of each name."""


def steps(
    batches: Iterator[tuple[Tensor, Tensor]],
    start: Parameters,
    learning_rate: float,
    activation: nn.Module | None = None,
    optimizer: str = "sgd",
) -> Iterator[Step]:
    """Train one run as the assignment does, or with another activation or optimiser in place of tanh and `sgd`."""
    layers: list[nn.Module] = []
    for W, b in zip(start.weights, start.biases, strict=True):
        linear = nn.Linear(W.shape[2], W.shape[1], dtype=W.dtype)
        linear.weight.data, linear.bias.data = W[0].clone(), b[0].clone()
        layers += [linear, activation or nn.Tanh()]
    model = nn.Sequential(*layers[:-1])
    optimiser = OPTIMIZERS[optimizer](model.parameters(), lr=learning_rate)
    for x, labels in batches:
        optimiser.zero_grad()
        output = model(x)
        loss = nn.functional.cross_entropy(output, labels)
        loss.backward()
        optimiser.step()
        yield Step(model, loss.item(), (output.argmax(1) == labels).sum().item() / len(labels))

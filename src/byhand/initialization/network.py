"""The network zˡ = Wˡ hˡ⁻¹ + bˡ, hˡ = f(zˡ) for l = 1 … L, with h⁰ = x and logits zᴸ⁺¹, and its gradients by hand.

f is the activation, tanh in the assignment. `depth` is L, the number of hidden layers (8 in the assignment); there are
L + 1 weight matrices. The loss is the cross entropy of softmax(zᴸ⁺¹), averaged over the N examples of a batch. With
δˡ = ∂J/∂zˡ, the error of layer l,

    δᴸ⁺¹ = (softmax(zᴸ⁺¹) − onehot(label)) / N     δˡ = (Wˡ⁺¹ᵀ δˡ⁺¹) ⊙ f′(zˡ), for tanh f′(zˡ) = 1 − hˡ²
    ∂J/∂Wˡ = δˡ hˡ⁻¹ᵀ                               ∂J/∂bˡ = Σ over examples of δˡ

A bias is the weight of an input that is always 1. With θˡ = [Wˡ bˡ] and aˡ = [hˡ; 1],

    zˡ = θˡ aˡ⁻¹                                    ∂J/∂θˡ = δˡ aˡ⁻¹ᵀ

Every tensor has a leading axis of independent runs, so that one call serves all seeds; nothing is summed over it. The
examples of a batch are columns, so a layer is (runs, width, batch) and its weights are (runs, fan_out, fan_in).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor

from byhand.initialization.descent import Optimizer
from byhand.initialization.distributions import Initialization
from byhand.initialization.elementwise import Activation
from byhand.numerics.fast_ops import matmul, quietly


@dataclass(frozen=True)
class Parameters:
    """The network's parameters, or a gradient with respect to them; the first of each is the first layer's."""

    layers: tuple[Tensor, ...]
    """θ of each layer, (runs, fan_out, fan_in + 1)."""

    @property
    def weights(self) -> list[Tensor]:
        """Each (runs, fan_out, fan_in)."""
        return [theta[..., :-1] for theta in self.layers]

    @property
    def biases(self) -> list[Tensor]:
        """Each (runs, fan_out)."""
        return [theta[..., -1] for theta in self.layers]

    def map(self, function: Callable[[Tensor], Tensor]) -> "Parameters":
        """The parameters with `function` applied to each layer's."""
        return Parameters(tuple(map(function, self.layers)))


def widths(input_width: int, hidden_width: int, depth: int, classes: int) -> list[int]:
    """The widths of the layers from the input to the logits."""
    return [input_width, *[hidden_width] * depth, classes]


def initial(
    initialization: Initialization, layer_widths: Sequence[int], generators: Sequence[torch.Generator]
) -> Parameters:
    """Parameters of one run for each generator, which alone decides them: all weights, then the biases."""
    shapes = list(pairwise(layer_widths))
    runs = []
    for generator in generators:
        weights = [initialization.draw(*shape, generator) for shape in shapes]
        biases = [initialization.draw_bias(*shape, generator) for shape in shapes]
        runs.append([torch.cat(layer).mT for layer in zip(weights, biases, strict=True)])
    return Parameters(tuple(torch.stack(layer) for layer in zip(*runs, strict=True)))


def with_ones(x: Tensor) -> Tensor:
    """Examples as rows, (batch, width), as the input of a network, (width + 1, batch), whose last row is 1."""
    return torch.nn.functional.pad(x, (0, 1), value=1.0).mT


@dataclass(frozen=True)
class Signals:
    """What a forward pass computes."""

    inputs: list[Tensor]
    """a⁰ = [x; 1], a¹, …, aᴸ, each (runs, width + 1, batch); a⁰ is (width + 1, batch) if all runs share it."""
    kept: list[Tensor]
    """What the slope of each hidden layer follows from: hˡ itself or zˡ, whichever the activation needs."""
    logits: Tensor
    """zᴸ⁺¹, (runs, classes, batch)."""

    @property
    def hidden(self) -> list[Tensor]:
        """h¹, …, hᴸ, each (runs, width, batch)."""
        return [a[:, :-1] for a in self.inputs[1:]]


@quietly
def forward(parameters: Parameters, x: Tensor, activation: Activation, out: Signals | None = None) -> Signals:
    """The signals of a batch x from `with_ones`, (width + 1, batch), or of one for each run, (runs, width + 1, batch).

    `out` is what an earlier call of the same shape returned: its memory is reused, which saves a third of the time.
    """
    inputs, kept = [x], []
    for layer, theta in enumerate(parameters.layers[:-1], start=1):
        a = out.inputs[layer] if out else theta.new_ones(len(theta), theta.shape[1] + 1, x.shape[-1])
        kept.append(activation.forward(matmul(theta, inputs[-1], a[:, :-1])))
        inputs.append(a)
    return Signals(inputs, kept, matmul(parameters.layers[-1], inputs[-1], out.logits if out else None))


def log_softmax(logits: Tensor) -> Tensor:
    """z − log Σ exp z, with the sum over the classes, for logits (runs, classes, batch)."""
    return logits.log_softmax(1)


def cross_entropy(log_softmax: Tensor, labels: Tensor) -> Tensor:
    """−(1/N) Σ log softmax at the label, for labels (runs, batch): (runs)."""
    return -log_softmax.gather(1, labels.unsqueeze(1)).squeeze(1).mean(-1)


def cross_entropy_derivative(log_softmax: Tensor, labels: Tensor) -> Tensor:
    """δᴸ⁺¹ = (softmax(z) − onehot(label)) / N, (runs, classes, batch)."""
    batch = labels.shape[-1]
    share = torch.full_like(labels, -1 / batch, dtype=log_softmax.dtype).unsqueeze(1)
    return log_softmax.exp().div_(batch).scatter_add_(1, labels.unsqueeze(1), share)


def backward(parameters: Parameters, signals: Signals, last_delta: Tensor, activation: Activation) -> list[Tensor]:
    """The errors δ¹, …, δᴸ⁺¹, each (runs, width, batch), from the signals of `forward` and δᴸ⁺¹."""
    deltas = [last_delta]
    for W, kept in zip(parameters.weights[:0:-1], signals.kept[::-1], strict=True):
        deltas.append(activation.backward(matmul(W.mT, deltas[-1]), kept.clone()))
    return deltas[::-1]


def gradient(signals: Signals, deltas: Sequence[Tensor]) -> Parameters:
    """∂J/∂θ of every layer from the signals of `forward` and the errors of `backward`."""
    return Parameters(tuple(matmul(delta, a.mT) for delta, a in zip(deltas, signals.inputs, strict=True)))


@dataclass(frozen=True)
class Method:
    """How a network is trained."""

    activation: Activation
    optimizer: Optimizer
    learning_rate: float


Memory = Sequence[Any]
"""What the optimiser remembers of each layer."""


def remembered(parameters: Parameters, optimizer: Optimizer) -> Memory:
    """What the optimiser remembers before the first step."""
    return [optimizer.start(theta) for theta in parameters.layers]


@quietly
def gradient_step(
    parameters: Parameters, signals: Signals, last_delta: Tensor, method: Method, memory: Memory
) -> tuple[Parameters, Memory]:
    """The parameters after one step, and what the optimiser then remembers.

    The same as `backward` and `gradient`, layer by layer, so that each error is still in the cache when it is needed.
    The signals of the hidden layers are overwritten.
    """
    delta, stepped = last_delta, []
    for layer, theta in reversed(list(enumerate(parameters.layers))):
        of_theta = matmul(delta, signals.inputs[layer].mT)
        stepped.append(method.optimizer.step(theta, of_theta, memory[layer], method.learning_rate))
        if layer:
            delta = method.activation.backward(matmul(theta[..., :-1].mT, delta), signals.kept[layer - 1])
    layers, memories = zip(*reversed(stepped), strict=True)
    return Parameters(layers), memories

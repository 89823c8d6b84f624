"""The network zˡ = hˡ⁻¹Wˡ + bˡ, hˡ = f(zˡ) for l = 1 … L, with h⁰ = x and logits zᴸ⁺¹, and its gradients by hand.

f is the activation, tanh in the assignment. `depth` is L, the number of hidden layers (8 in the assignment); there are
L + 1 weight matrices. The loss is the cross entropy of softmax(zᴸ⁺¹), averaged over the N rows of a batch. With
δˡ = ∂J/∂zˡ, the error of layer l,

    δᴸ⁺¹ = (softmax(zᴸ⁺¹) − onehot(label)) / N     δˡ = (δˡ⁺¹ Wˡ⁺¹ᵀ) ⊙ f′(zˡ), for tanh f′(zˡ) = 1 − hˡ²
    ∂J/∂Wˡ = hˡ⁻¹ᵀ δˡ                               ∂J/∂bˡ = Σ over rows of δˡ

Every tensor has a leading axis of independent runs, so that one call serves all seeds; nothing is summed over it. Rows
come first in a matrix (batch, width), so weights are (fan_in, fan_out).
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
from byhand.numerics.fast_ops import matmul


@dataclass(frozen=True)
class Parameters:
    """The network's parameters, or a gradient with respect to them; the first of each is the first layer's."""

    weights: tuple[Tensor, ...]  # each (runs, fan_in, fan_out)
    biases: tuple[Tensor, ...]  # each (runs, 1, fan_out)

    def map(self, function: Callable[[Tensor], Tensor]) -> "Parameters":
        """The parameters with `function` applied to each tensor."""
        return Parameters(tuple(map(function, self.weights)), tuple(map(function, self.biases)))


def widths(input_width: int, hidden_width: int, depth: int, classes: int) -> list[int]:
    """The widths of the layers from the input to the logits."""
    return [input_width, *[hidden_width] * depth, classes]


def initial(
    initialization: Initialization, layer_widths: Sequence[int], generators: Sequence[torch.Generator]
) -> Parameters:
    """Parameters of one run for each generator, which alone decides them: all weights, then the biases."""
    shapes = list(pairwise(layer_widths))
    weights, biases = [], []
    for generator in generators:
        weights.append([initialization.draw(*shape, generator) for shape in shapes])
        biases.append([initialization.draw_bias(*shape, generator) for shape in shapes])
    return Parameters(
        weights=tuple(map(torch.stack, zip(*weights, strict=True))),
        biases=tuple(map(torch.stack, zip(*biases, strict=True))),
    )


@dataclass(frozen=True)
class Signals:
    """What a forward pass computes, each (runs, batch, width); x may be (batch, width) if all runs share it."""

    outputs: list[Tensor]
    """h⁰ = x, h¹, …, hᴸ and the logits."""
    kept: list[Tensor]
    """What the slope of each hidden layer follows from: hˡ itself or zˡ, whichever the activation needs."""

    @property
    def logits(self) -> Tensor:
        """zᴸ⁺¹, (runs, batch, classes)."""
        return self.outputs[-1]


def forward(parameters: Parameters, x: Tensor, activation: Activation, out: Signals | None = None) -> Signals:
    """The signals of a batch x, (runs, batch, width) or, if all runs share it, (batch, width).

    `out` is what an earlier call of the same shape returned: its memory is reused, which saves a third of the time.
    """
    outputs, kept = [x], []
    places = [None] * len(parameters.weights) if out is None else [*out.kept, out.logits]
    for W, b, place in zip(parameters.weights, parameters.biases, places, strict=True):
        z = matmul(outputs[-1], W, place).add_(b)
        if len(outputs) < len(parameters.weights):
            h, slope_from = activation.forward(z)
            outputs.append(h)
            kept.append(slope_from)
        else:
            outputs.append(z)
    return Signals(outputs, kept)


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """(1/N) Σ (log Σ exp z − z at the label), for logits (runs, N, classes) and labels (runs, N): (runs)."""
    return (logits.logsumexp(-1) - logits.gather(-1, labels.unsqueeze(-1)).squeeze(-1)).mean(-1)


def cross_entropy_derivative(logits: Tensor, labels: Tensor) -> Tensor:
    """δᴸ⁺¹ = (softmax(z) − onehot(label)) / N, (runs, N, classes)."""
    batch = logits.shape[-2]
    share = torch.full_like(labels, -1 / batch, dtype=logits.dtype).unsqueeze(-1)
    softmax = (logits - logits.logsumexp(-1, keepdim=True)).exp_()  # several times faster than logits.softmax(-1)
    return softmax.div_(batch).scatter_add_(-1, labels.unsqueeze(-1), share)


def backward(parameters: Parameters, signals: Signals, last_delta: Tensor, activation: Activation) -> list[Tensor]:
    """The errors δ¹, …, δᴸ⁺¹, each (runs, batch, width), from the signals of `forward` and δᴸ⁺¹."""
    deltas = [last_delta]
    for W, kept in zip(parameters.weights[:0:-1], signals.kept[::-1], strict=True):
        deltas.append(activation.backward(matmul(deltas[-1], W.mT), kept.clone()))
    return deltas[::-1]


def gradient(signals: Signals, deltas: Sequence[Tensor]) -> Parameters:
    """∂J/∂W and ∂J/∂b of every layer from the signals of `forward` and the errors of `backward`."""
    return Parameters(
        weights=tuple(matmul(h.mT, delta) for h, delta in zip(signals.outputs[:-1], deltas, strict=True)),
        biases=tuple(delta.sum(-2, keepdim=True) for delta in deltas),
    )


@dataclass(frozen=True)
class Method:
    """How a network is trained."""

    activation: Activation
    optimizer: Optimizer
    learning_rate: float


Memory = Sequence[tuple[Any, Any]]
"""What the optimiser remembers of each layer's weights and biases."""


def remembered(parameters: Parameters, optimizer: Optimizer) -> Memory:
    """What the optimiser remembers before the first step."""
    return [
        (optimizer.start(W), optimizer.start(b)) for W, b in zip(parameters.weights, parameters.biases, strict=True)
    ]


def gradient_step(
    parameters: Parameters, signals: Signals, last_delta: Tensor, method: Method, memory: Memory
) -> tuple[Parameters, Memory]:
    """The parameters after one step, and what the optimiser then remembers.

    The same as `backward` and `gradient`, layer by layer, so that each error is still in the cache when it is needed.
    The signals of the hidden layers are overwritten.
    """
    delta, layers = last_delta, []
    for layer in reversed(range(len(parameters.weights))):
        W, b, h = parameters.weights[layer], parameters.biases[layer], signals.outputs[layer]
        of_W, of_b = memory[layer]
        layers.append(
            (
                *method.optimizer.step(W, matmul(h.mT, delta), of_W, method.learning_rate),
                *method.optimizer.step(b, delta.sum(-2, keepdim=True), of_b, method.learning_rate),
            )
        )
        if layer:
            delta = method.activation.backward(matmul(delta, W.mT), signals.kept[layer - 1])
    weights, of_weights, biases, of_biases = zip(*reversed(layers), strict=True)
    return Parameters(weights, biases), list(zip(of_weights, of_biases, strict=True))

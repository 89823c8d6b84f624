"""The network h⁰ = x, hˡ = tanh(hˡ⁻¹Wˡ + bˡ) for l = 1 … L, logits z = hᴸWᴸ⁺¹ + bᴸ⁺¹, and its gradients by hand.

`depth` is L, the number of tanh layers (8 in the assignment); there are L + 1 weight matrices. The loss is the cross
entropy of softmax(z), averaged over the N rows of a batch. With δˡ = ∂J/∂(hˡ⁻¹Wˡ + bˡ), the error of layer l,

    δᴸ⁺¹ = (softmax(z) − onehot(label)) / N        δˡ = (δˡ⁺¹ Wˡ⁺¹ᵀ) ⊙ (1 − hˡ²)
    ∂J/∂Wˡ = hˡ⁻¹ᵀ δˡ                               ∂J/∂bˡ = Σ over rows of δˡ

Every tensor has a leading axis of independent runs, so that one call serves all seeds; nothing is summed over it. Rows
come first in a matrix (batch, width), so weights are (fan_in, fan_out).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor

from byhand.initialization.distributions import Initialization
from byhand.numerics.fast_ops import matmul, tanh_


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
    """Parameters of one run for each generator, which alone decides its weights; biases are zero."""
    shapes = list(pairwise(layer_widths))
    runs = [[initialization.draw(*shape, generator) for shape in shapes] for generator in generators]
    return Parameters(
        weights=tuple(map(torch.stack, zip(*runs, strict=True))),
        biases=tuple(torch.zeros(len(generators), 1, fan_out) for _, fan_out in shapes),
    )


def forward(parameters: Parameters, x: Tensor, out: Sequence[Tensor] | None = None) -> list[Tensor]:
    """h⁰ = x, h¹, …, hᴸ and the logits, each (runs, batch, width); x may be (batch, width) if all runs share it.

    `out` is what an earlier call of the same shape returned: its memory is reused, which saves a third of the time.
    """
    outputs = [x]
    places = [None] * len(parameters.weights) if out is None else out[1:]
    for W, b, place in zip(parameters.weights, parameters.biases, places, strict=True):
        z = matmul(outputs[-1], W, place).add_(b)
        outputs.append(z if len(outputs) == len(parameters.weights) else tanh_(z))
    return outputs


def cross_entropy(logits: Tensor, labels: Tensor) -> Tensor:
    """(1/N) Σ (log Σ exp z − z at the label), for logits (runs, N, classes) and labels (runs, N): (runs)."""
    return (logits.logsumexp(-1) - logits.gather(-1, labels.unsqueeze(-1)).squeeze(-1)).mean(-1)


def cross_entropy_derivative(logits: Tensor, labels: Tensor) -> Tensor:
    """δᴸ⁺¹ = (softmax(z) − onehot(label)) / N, (runs, N, classes)."""
    batch = logits.shape[-2]
    share = torch.full_like(labels, -1 / batch, dtype=logits.dtype).unsqueeze(-1)
    softmax = (logits - logits.logsumexp(-1, keepdim=True)).exp_()  # several times faster than logits.softmax(-1)
    return softmax.div_(batch).scatter_add_(-1, labels.unsqueeze(-1), share)


def backward(parameters: Parameters, outputs: Sequence[Tensor], last_delta: Tensor) -> list[Tensor]:
    """The errors δ¹, …, δᴸ⁺¹, each (runs, batch, width), from the outputs of `forward` and δᴸ⁺¹."""
    deltas = [last_delta]
    for W, h in zip(parameters.weights[:0:-1], outputs[-2:0:-1], strict=True):
        delta = matmul(deltas[-1], W.mT)
        deltas.append(torch.addcmul(delta, delta * h, h, value=-1))  # δ ⊙ (1 − h²)
    return deltas[::-1]


def gradient(outputs: Sequence[Tensor], deltas: Sequence[Tensor]) -> Parameters:
    """∂J/∂W and ∂J/∂b of every layer from the outputs of `forward` and the errors of `backward`."""
    return Parameters(
        weights=tuple(matmul(h.mT, delta) for h, delta in zip(outputs[:-1], deltas, strict=True)),
        biases=tuple(delta.sum(-2, keepdim=True) for delta in deltas),
    )


def gradient_step(
    parameters: Parameters, outputs: Sequence[Tensor], last_delta: Tensor, learning_rate: float
) -> Parameters:
    """The parameters after one step of gradient descent: W − learning_rate · ∂J/∂W, and likewise for b.

    The same as `backward` and `gradient`, layer by layer, so that each error is still in the cache when it is needed.
    The hidden outputs are overwritten.
    """
    delta, weights, biases = last_delta, [], []
    for layer in reversed(range(len(parameters.weights))):
        W, b, h = parameters.weights[layer], parameters.biases[layer], outputs[layer]
        step = matmul(h.mT, delta)
        weights.append(torch.add(W, step, alpha=-learning_rate, out=step))
        biases.append(torch.sub(b, delta.sum(-2, keepdim=True), alpha=learning_rate))
        if layer:
            delta = matmul(delta, W.mT)
            delta.addcmul_(delta, h.mul_(h), value=-1)  # δ ⊙ (1 − h²)
    return Parameters(weights=tuple(reversed(weights)), biases=tuple(reversed(biases)))

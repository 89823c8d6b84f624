"""What a batch does on its way through a network and back, layer by layer: activations, errors, gradients."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

import torch
from torch import Tensor

from byhand.initialization.elementwise import Activation
from byhand.initialization.network import (
    Parameters,
    backward,
    cross_entropy_derivative,
    forward,
    gradient,
    log_softmax,
    with_ones,
)

SATURATED = 1 - 0.97**2
"""A unit whose slope is below this in absolute value, 6 %, counts as saturated: for tanh one beyond ±0.97.

For erf these are its two ends too; for GELU and ReLU the units far below 0 and below 0, which for ReLU is half of them.
"""


@dataclass(frozen=True)
class Layers:
    """Statistics of each layer, (runs, depth + 1); the last layer, the logits, has no activation: NaN there."""

    largest_weight: Tensor
    largest_bias: Tensor
    weight_gradient_norm: Tensor
    bias_gradient_norm: Tensor
    delta_norm: Tensor
    activation_mean: Tensor
    activation_deviation: Tensor
    saturated_share: Tensor


COLUMNS = tuple(field.name for field in fields(Layers))


def measured(parameters: Parameters, x: Tensor, labels: Tensor, activation: Activation) -> Layers:
    """Of one batch: largest |Wˡ|, |bˡ|; Frobenius norms of ∂J/∂Wˡ, ∂J/∂bˡ, δˡ; mean, deviation and saturation of hˡ.

    In double precision, whatever the input's precision: through 32 layers a δ can shrink below the smallest float32.

    Args:
        parameters: of all runs.
        x: the batch (batch, input_width), the same for every run.
        labels: (batch).
        activation: of the hidden layers.
    """
    parameters = parameters.map(Tensor.double)
    runs = len(parameters.layers[0])
    labels = labels.expand(runs, -1)
    signals = forward(parameters, with_ones(x.double()), activation)
    last_delta = cross_entropy_derivative(log_softmax(signals.logits), labels)
    deltas = backward(parameters, signals, last_delta, activation)
    gradients = gradient(signals, deltas)
    slopes = [activation.backward(torch.ones_like(kept), kept.clone()) for kept in signals.kept]
    blank = torch.full((runs,), torch.nan, dtype=torch.float64)

    def norms(tensors: Sequence[Tensor]) -> Tensor:
        return torch.stack([tensor.flatten(1).norm(dim=1) for tensor in tensors], 1)

    def of_activations(statistic: Callable[[Tensor], Tensor], tensors: Sequence[Tensor] = signals.hidden) -> Tensor:
        return torch.stack([*(statistic(h.flatten(1)) for h in tensors), blank], 1)

    def largest(tensors: Sequence[Tensor]) -> Tensor:
        return torch.stack([tensor.flatten(1).abs().amax(1) for tensor in tensors], 1)

    return Layers(
        largest_weight=largest(parameters.weights),
        largest_bias=largest(parameters.biases),
        weight_gradient_norm=norms(gradients.weights),
        bias_gradient_norm=norms(gradients.biases),
        delta_norm=norms(deltas),
        activation_mean=of_activations(lambda h: h.mean(1)),
        activation_deviation=of_activations(lambda h: h.std(1) if h.shape[1] > 1 else blank),  # one value has no spread
        saturated_share=of_activations(lambda slope: (slope.abs() < SATURATED).double().mean(1), slopes),
    )


def histogram(parameters: Parameters, x: Tensor, bins: int, activation: Activation) -> tuple[Tensor, float]:
    """Share of each hidden layer's activations in each of `bins` equal bins of [−m, m], all runs pooled; and m.

    m is 1, or the largest |h| of all layers if that is larger.

    Returns:
        (depth, bins), each row of which sums to 1; and m.
    """
    hidden = forward(parameters, with_ones(x), activation).hidden
    reach = max(1.0, *(h.abs().max().item() for h in hidden))
    counts = [torch.histc(h, bins, -reach, reach) for h in hidden]
    return torch.stack([count / count.sum() for count in counts]), reach

"""The notebook's own gradient of the mean absolute error, in its shapes: each example is a column (exercise 2).

Its comments name some of these shapes; `SHAPES` says which.
"""

import torch
from torch import Tensor

from byhand.gradients.network import Parameters

SHAPES = {"W1": (20, 10), "W2": (1, 20), "my_loss_grad(y_hat, y)": (100, 1, 1), "tanh(W1 x + b1)": (100, 20, 1)}
"""What the notebook's comments say of the shapes of its tensors."""


def columns(parameters: Parameters) -> dict[str, Tensor]:
    """The parameters in the notebook's shapes: W1 (hidden, input), b1 (hidden, 1), W2 (hidden, 1), b2 (1)."""
    return {
        "W1": parameters.W1,
        "b1": parameters.b1.unsqueeze(1),
        "W2": parameters.w2.unsqueeze(1),
        "b2": parameters.b2.reshape(1),
    }


def intermediates(parameters: Parameters, x: Tensor, y: Tensor) -> dict[str, Tensor]:
    """The tensors that the notebook's comments are about, by their names there, for x (samples, input), y (samples)."""
    known = columns(parameters)
    hidden = torch.tanh(known["W1"] @ x.unsqueeze(-1) + known["b1"])
    prediction = known["W2"].T @ hidden + known["b2"]
    sign = torch.sign(prediction - y.reshape(-1, 1, 1))
    return {"W1": known["W1"], "W2": known["W2"], "my_loss_grad(y_hat, y)": sign, "tanh(W1 x + b1)": hidden}


def gradient(parameters: Parameters, x: Tensor, y: Tensor) -> Parameters:
    """The gradient as the notebook computes it: one outer product for each example, then the mean over the examples."""
    tensors = intermediates(parameters, x, y)
    sign, hidden, W2 = tensors["my_loss_grad(y_hat, y)"], tensors["tanh(W1 x + b1)"], tensors["W2"]
    before_tanh = sign * W2 * (1 - hidden**2)
    return Parameters(
        W1=(before_tanh @ x.unsqueeze(-1).permute(0, 2, 1)).mean(0),
        b1=before_tanh.mean(0).squeeze(1),
        w2=(sign * hidden).mean(0).squeeze(1),
        b2=sign.mean(),
    )

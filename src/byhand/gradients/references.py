"""What the hand-derived gradients are compared with, the true gradient and autograd's, and what rounding allows."""

import torch
from flint import arb, arb_mat
from torch import Tensor

from byhand.gradients.network import LOSSES, NAMES, Loss, Parameters, forward
from byhand.numerics.certified import Exact, certified, each, matrix
from byhand.numerics.rounding import gamma, tanh_errors, unit_roundoff


def exact(parameters: Parameters, x: Tensor, y: Tensor, loss: Loss) -> dict[str, Exact]:
    """The true gradient at these floating-point numbers, certified by ball arithmetic, for x (samples, input_width).

    With a column of ones beside x and beside h, so that a bias is one more weight, and 1/cosh² for the slope:

        ∂J/∂(W₁, b₁) = Σᵢ eᵢ w₂ ⊙ (1/cosh² zᵢ) (xᵢ, 1)ᵀ        ∂J/∂(w₂, b₂) = Σᵢ eᵢ (hᵢ, 1)

    The sign of a residual is that of the exact one, and 0 where it is exactly 0.

    Raises:
        ArithmeticError: the absolute error, at a residual that is 0 but not by exact arithmetic alone.
    """
    by_inner, by_outer = certified(lambda: chain(parameters, x, y, loss)[-2:])
    return {
        "W1": by_inner.map(lambda tensor: tensor[:, :-1]),
        "b1": by_inner.map(lambda tensor: tensor[:, -1]),
        "w2": by_outer.map(lambda tensor: tensor[0, :-1]),
        "b2": by_outer.map(lambda tensor: tensor[0, -1]),
    }


def exact_intermediates(parameters: Parameters, x: Tensor, y: Tensor, loss: Loss) -> dict[str, Exact]:
    """The true h (samples, hidden_width), yhat and e (samples, 1) and delta (samples, hidden_width), certified."""
    h, *others = certified(lambda: chain(parameters, x, y, loss)[:4])
    return dict(zip(("h", "yhat", "e", "delta"), (h.map(lambda tensor: tensor[:, :-1]), *others), strict=True))


def chain(parameters: Parameters, x: Tensor, y: Tensor, loss: Loss) -> list[arb_mat]:
    """In ball arithmetic: h with a column of ones, ŷ, e, δ, and the derivatives by (W₁, b₁) and by (w₂, b₂)."""
    inputs = torch.cat([x, torch.ones_like(x[:, :1])], 1)  # (samples, input_width + 1)
    inner = torch.cat([parameters.W1, parameters.b1.unsqueeze(1)], 1)  # (hidden_width, input_width + 1)
    outer = torch.cat([parameters.w2, parameters.b2.reshape(1)]).unsqueeze(1)  # (hidden_width + 1, 1)
    samples = len(x)
    X, w2 = matrix(inputs), parameters.w2.tolist()
    z = X * matrix(inner).transpose()  # (samples, hidden_width)
    h = arb_mat([[*row, arb(1)] for row in each(arb.tanh, z).tolist()])
    prediction = h * matrix(outer)
    r = prediction - matrix(y.unsqueeze(1))  # (samples, 1)
    e = [2 * ball if loss is LOSSES["mean_squared_error"] else ball.sgn() for ball in r.entries()]
    e = [ball / samples for ball in e]
    delta = arb_mat(
        [
            [e_i * w * ball.sech() ** 2 for w, ball in zip(w2, z_i, strict=True)]
            for e_i, z_i in zip(e, z.tolist(), strict=True)
        ]
    )
    return [h, prediction, arb_mat(samples, 1, e), delta, delta.transpose() * X, arb_mat(1, samples, e) * h]


def autograd(parameters: Parameters, x: Tensor, y: Tensor, loss: Loss) -> Parameters:
    """The gradient by `torch.autograd` (reverse mode); J is summed over leading axes, which are independent."""
    leaves = parameters.map(lambda tensor: tensor.detach().clone().requires_grad_())
    prediction, _ = forward(leaves, x)
    tensors = [getattr(leaves, name) for name in NAMES]
    return Parameters(*torch.autograd.grad(loss.value(prediction, y).sum(), tensors))


def allowance(parameters: Parameters, x: Tensor, y: Tensor, loss: Loss) -> Parameters:
    """How far rounding may take the gradient, by hand or by autograd, from the true one: a running error analysis.

    From z to the last sum, in any order of summation: a computed a within δa and b within δb give ab within
    δa|b| + |a|δb + δa δb, and each rounding adds its γ, as in `byhand.numerics.rounding`. The sign of a residual may be
    wrong where its error reaches 0, but one that is 0 in float64 is taken to be exactly so, as the check's kinks are.
    """
    u, (samples, input_width) = unit_roundoff(x.dtype), x.shape
    x, y = x.double(), y.double()
    W1, b1, w2, b2 = (getattr(parameters, name).double() for name in NAMES)
    z_error = gamma(input_width + 1, u) * (x.abs() @ W1.abs().mT + b1.abs())  # (samples, hidden_width)
    prediction, h = forward(Parameters(W1, b1, w2, b2), x)
    s = 1 / torch.cosh(x @ W1.mT + b1) ** 2
    remainder, s_error = tanh_errors(h, s, z_error, u)
    h_error = s * z_error + remainder
    h_size, w2 = h.abs() + h_error, w2.abs()
    r = prediction - y  # (samples)
    r_error = h_error @ w2 + gamma(len(w2) + 2, u) * (h_size @ w2 + b2.abs() + y.abs())
    if loss is LOSSES["mean_squared_error"]:
        e, e_error = 2 * r.abs() / samples, 2 * r_error / samples
        e_error = e_error + gamma(3, u) * (e + e_error)
    else:
        flips = (r != 0) & (r.abs() <= r_error)
        e, e_error = r.sign().abs() / samples, (gamma(1, u) + 2 * flips.double()) / samples
    delta = e.unsqueeze(1) * w2 * s
    delta_error = (e_error.unsqueeze(1) * (s + s_error) + e.unsqueeze(1) * s_error) * w2
    last = gamma(samples + 2, u)  # the two products of δ, and a sum
    delta_error = delta_error + last * (delta + delta_error)
    e_rounded = e_error + last * (e + e_error)
    return Parameters(
        W1=delta_error.mT @ x.abs(), b1=delta_error.sum(0), w2=e_rounded @ h_size + e @ h_error, b2=e_rounded.sum()
    )

"""Two independent answers that the hand-derived gradients are checked against, and how far from each they may be.

The allowances are derived, not fitted: rounding for autograd, which evaluates the same sums in another order, and
truncation plus rounding for central finite differences.
"""

import math

import torch
from torch import Tensor

from byhand.gradients.network import LOSSES, NAMES, Loss, Parameters, forward
from byhand.numerics.rounding import gamma, unit_roundoff


def autograd(parameters: Parameters, x: Tensor, y: Tensor, loss: Loss) -> Parameters:
    """The gradient by `torch.autograd` (reverse mode); J is summed over leading axes, which are independent."""
    leaves = parameters.map(lambda tensor: tensor.detach().clone().requires_grad_())
    prediction, _ = forward(leaves, x)
    tensors = [getattr(leaves, name) for name in NAMES]
    return Parameters(*torch.autograd.grad(loss.value(prediction, y).sum(), tensors))


def central_differences(parameters: Parameters, x: Tensor, y: Tensor, loss: Loss) -> Parameters:
    """The gradient by (J(θ + ε) − J(θ − ε)) / 2ε, one parameter at a time, ε = ∛u · max(1, |θ|), u the unit roundoff.

    That ε balances the truncation error ε² |J‴|/6 against the rounding error u |J| / ε, so where J is smooth some 2/3
    of the digits are right (about 1e-10 in float64). All perturbations are evaluated as one batch. At the kink of the
    absolute error J is symmetric to first order, and the differences agree with sign(0) = 0.
    """
    answers = {}
    for name in NAMES:
        theta = getattr(parameters, name)
        step = _step(theta).reshape(-1)  # (parameters,)
        shift = torch.diag(step).reshape(-1, *theta.shape)  # (parameters, *theta.shape)

        def loss_at(shifted: Tensor, name: str = name) -> Tensor:
            others = parameters.map(lambda tensor: tensor.expand(len(shifted), *tensor.shape))
            moved = Parameters(**{**vars(others), name: shifted})
            return loss.value(forward(moved, x)[0], y)  # (parameters,)

        above, below = theta + shift, theta - shift
        width = (above - below).reshape(len(step), -1).sum(-1)  # the actual 2ε, after rounding
        answers[name] = ((loss_at(above) - loss_at(below)) / width).reshape(theta.shape)
    return Parameters(**answers)


def _step(theta: Tensor) -> Tensor:
    return math.cbrt(torch.finfo(theta.dtype).eps) * theta.abs().clamp(min=1)


def autograd_allowance(parameters: Parameters, x: Tensor, y: Tensor, loss: Loss) -> Parameters:
    """How far two orders of summation may differ: 2 γₙ Σᵢ |terms|, γₙ = nu/(1 − nu), n = samples + 8.

    The terms are as in the gradient, each factor replaced by its magnitude, 1 − h² by 1 + h²: a saturated
    unit has h² near 1, and the difference keeps few digits of the numbers it is made of. Predictions are evaluated
    alike by both, so they add nothing. (Higham, Accuracy and Stability of Numerical Algorithms, 2002, section 3.1.)
    """
    prediction, h = forward(parameters, x)
    e = loss.derivative(prediction, y).abs()
    delta = e.unsqueeze(-1) * parameters.w2.abs().unsqueeze(-2) * (1 + h * h)
    terms = Parameters(
        W1=delta.mT @ x.abs(), b1=delta.sum(-2), w2=(h.abs().mT @ e.unsqueeze(-1)).squeeze(-1), b2=e.sum(-1)
    )
    return terms.map(lambda tensor: 2 * gamma(x.shape[-2] + 8, unit_roundoff(x.dtype)) * tensor)


def central_differences_allowance(parameters: Parameters, x: Tensor, y: Tensor, loss: Loss) -> Parameters:
    """How far central differences may be from the gradient: ε L / 2 + γₙ S / ε, for one parameter at a time.

    L bounds |∂²J/∂θ²| away from the kink, from |∂ŷ/∂θ| and |∂²ŷ/∂θ²| with |tanh′| ≤ 1 and |tanh″| ≤ 4/(3√3): for the
    absolute error the mean of |ŷ″|, for the squared error 2 (ŷ′² + |ŷ − y| |ŷ″|). At the kink this first-order bound is
    the true order; elsewhere the differences are far better. S is the magnitude of what J is summed from, γₙ as above
    with n the number of roundings on the way. It does not hold for a residual within ε |ŷ′| of the kink but not on it.
    """
    prediction, h = forward(parameters, x)
    residual = (prediction - y).abs()
    w2 = parameters.w2.abs()
    ones = torch.ones_like(residual)
    inner = x.abs() @ parameters.W1.abs().mT + parameters.b1.abs()  # (samples, hidden_width)
    made_of = (h.abs() + inner) @ w2 + parameters.b2.abs() + y.abs()  # (samples,)
    squared = loss is LOSSES["mean_squared_error"]
    n = sum(x.shape) + h.shape[-1] + 8
    rounding = gamma(n, unit_roundoff(x.dtype)) * (made_of * (2 * made_of if squared else 1)).mean()
    curvature = 4 / (3 * math.sqrt(3))
    first = {"W1": w2[:, None] * x.abs()[:, None, :], "b1": w2 * ones[:, None], "w2": h.abs(), "b2": ones}
    second = {"W1": curvature * w2[:, None] * x.square()[:, None, :], "b1": curvature * w2 * ones[:, None]}
    allowed = {}
    for name in NAMES:
        epsilon = _step(getattr(parameters, name))
        bent = second.get(name, torch.zeros_like(first[name]))  # (samples, *theta.shape)
        if squared:
            far = residual.reshape(-1, *[1] * epsilon.dim()) + epsilon * first[name]
            bent = 2 * (first[name].square() + far * bent)
        allowed[name] = epsilon / 2 * bent.mean(0) + rounding / epsilon
    return Parameters(**allowed)

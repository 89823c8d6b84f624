"""What the hand-derived modes are compared with: automatic differentiation, and the assignment's own code.

All take one input x (D) and give J (P, D), as the assignment's do.
"""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.autograd.functional import jacobian

from byhand.jacobian.modes import Mode, Weights


def network(weights: Weights, x: Tensor) -> Tensor:
    """f(x) (P) for x (D), its products in the assignment's order, W @ x."""
    for W in weights[:-1]:
        x = torch.tanh(W @ x)
    return weights[-1] @ x


def _at(weights: Weights) -> Callable[[Tensor], Tensor]:
    return lambda x: network(weights, x)


def jacrev(weights: Weights, x: Tensor) -> Tensor:
    """`torch.func.jacrev`: all rows at once, by vmap."""
    J: Tensor = torch.func.jacrev(_at(weights))(x)
    return J


def jacfwd(weights: Weights, x: Tensor) -> Tensor:
    """`torch.func.jacfwd`: all columns at once, by vmap."""
    J: Tensor = torch.func.jacfwd(_at(weights))(x)
    return J


def functional_reverse(weights: Weights, x: Tensor) -> Tensor:
    """`torch.autograd.functional.jacobian` row by row, as the assignment checks its reverse mode."""
    J: Tensor = jacobian(_at(weights), x)
    return J


def functional_forward(weights: Weights, x: Tensor) -> Tensor:
    """`torch.autograd.functional.jacobian` in forward mode, vectorised, as the assignment checks its forward mode."""
    J: Tensor = jacobian(_at(weights), x, strategy="forward-mode", vectorize=True)
    return J


def published_reverse(weights: Weights, x: Tensor) -> Tensor:
    """The assignment's reverse mode, with diagonals built as matrices and every tanh computed twice.

    In the printed code the product with W₁ is inside the loop, where the shapes do not match (D = 2, K = 30): its
    indentation was lost. It also computes f(x), which nothing uses.
    """
    x = weights[0] @ x
    before = [x]
    for W in weights[1:-1]:
        x = W @ torch.tanh(x)
        before.append(x)
    _ = weights[-1] @ torch.tanh(x)
    J = weights[-1] @ torch.diag(1 - torch.tanh(before[-1]) ** 2)
    for index in range(len(weights) - 2, 0, -1):
        J = J @ weights[index] @ torch.diag(1 - torch.tanh(before[index - 1]) ** 2)
    return J @ weights[0]


def published_forward(weights: Weights, x: Tensor) -> Tensor:
    """The assignment's forward mode: W_l times the diagonal first, a product of two full matrices."""
    J = weights[0]
    x = weights[0] @ x
    for W in weights[1:]:
        x = torch.tanh(x)
        J = W @ torch.diag(1 - x**2) @ J
        x = W @ x
    return J


PUBLISHED: dict[str, Mode] = {"published_reverse": published_reverse, "published_forward": published_forward}
AUTOMATIC: dict[str, Mode] = {
    "functional_reverse": functional_reverse,
    "functional_forward": functional_forward,
    "jacrev": jacrev,
    "jacfwd": jacfwd,
}

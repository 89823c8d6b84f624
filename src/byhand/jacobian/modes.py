"""The Jacobian of f(x) = W_F tanh(W_L ⋯ tanh(W₁ x)) by hand, in three orders (exercises 4 to 6 of the assignment).

Write h₀ = x, z_l = W_l h_{l−1}, h_l = tanh z_l. Since tanh′ = 1 − tanh², the chain rule gives

    J = W_F D_L W_L D_{L−1} ⋯ D₁ W₁,    D_l = diag(s_l),    s_l = 1 − h_l².

Every bracketing is correct; they differ only in cost (`order`, `cost`). A diagonal scales the rows or
columns of its neighbour and is never built as a matrix.

weights: [W₁ (K₁, D), W₂ (K₂, K₁), …, W_L (K_L, K_{L−1}), W_F (P, K_L)]; L is at least 1, the widths may differ.
x: (..., D), any leading axes being a batch of inputs. J: (..., P, D).
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor

from byhand.jacobian import order
from byhand.jacobian.order import Order

Weights = Sequence[Tensor]
Mode = Callable[[Weights, Tensor], Tensor]


def network(weights: Weights, x: Tensor) -> Tensor:
    """f(x) (..., P)."""
    for W in weights[:-1]:
        x = torch.tanh(x @ W.mT)
    return x @ weights[-1].mT


def slopes(weights: Weights, x: Tensor) -> list[Tensor]:
    """The diagonals s₁ (..., K₁), …, s_L (..., K_L)."""
    diagonals = []
    for W in weights[:-1]:
        x = torch.tanh(x @ W.mT)  # h_l
        diagonals.append(1 - x * x)
    return diagonals


def reverse_mode(weights: Weights, x: Tensor) -> Tensor:
    """From the output: A_L = W_F, A_{l−1} = (A_l D_l) W_l, J = A₀. Every A_l has P rows."""
    *inner, A = weights
    for W, s in zip(reversed(inner), reversed(slopes(weights, x)), strict=True):
        A = (A * s.unsqueeze(-2)) @ W  # (..., P, K_{l-1})
    return A


def forward_mode(weights: Weights, x: Tensor) -> Tensor:
    """From the input: B₁ = W₁, B_{l+1} = W_{l+1} (D_l B_l), J = B_F. Every B_l has D columns.

    Kept transposed, B_{l+1}ᵀ = (B_lᵀ D_l) W_{l+1}ᵀ, which makes a batch of inputs one product.
    """
    B = weights[0].mT
    for W, s in zip(weights[1:], slopes(weights, x), strict=True):
        B = (B * s.unsqueeze(-2)) @ W.mT  # (..., D, K_{l+1})
    return B.mT


def cheapest_order(weights: Weights, x: Tensor) -> Tensor:
    """In the order of fewest multiplications; reverse and forward mode are its two extremes."""
    return in_order(order.cheapest(chain(weights)), weights, slopes(weights, x))


def in_order(tree: Order, weights: Weights, s: Sequence[Tensor]) -> Tensor:
    """The chain W_F D_L ⋯ D₁ W₁ in any order, matrix 0 being W_F and the slopes s as `slopes` gives them."""
    if isinstance(tree, int):
        return weights[-1 - tree]
    left, right = (in_order(branch, weights, s) for branch in tree)
    between = s[-order.span(tree[0])[1]]
    if left.shape[-2] <= right.shape[-1]:
        left = left * between.unsqueeze(-2)
    else:
        right = between.unsqueeze(-1) * right
    # A weight is shared by all inputs: as the right factor it makes a batch one product, as the left one it does not.
    return left @ right if left.dim() >= right.dim() else (right.mT @ left.mT).mT


MODES: dict[str, Mode] = {"reverse": reverse_mode, "forward": forward_mode, "cheapest": cheapest_order}


def chain(weights: Weights) -> tuple[int, ...]:
    """The widths (P, K_L, …, K₁, D) of the chain.

    Raises:
        ValueError: no hidden layer, or a weight does not fit the one below it.
    """
    if len(weights) < 2:
        raise ValueError(f"{len(weights)} weights: expected two or more, W_F and at least W₁")
    for below, above in pairwise(weights):
        if above.shape[1] != below.shape[0]:
            raise ValueError(f"a weight {tuple(above.shape)} does not fit on one of {tuple(below.shape)}")
    return (weights[-1].shape[0], *(W.shape[1] for W in reversed(weights)))


def random_weights(
    generator: torch.Generator, widths: Sequence[int], *, xavier: bool, dtype: torch.dtype = torch.float64
) -> list[Tensor]:
    """Weights for widths (D, K₁, …, K_L, P): N(0, 1) as in the assignment, or N(0, 2/(rows + columns)) (Xavier).

    Drawn in float64 for every `dtype`, so that two precisions see the same numbers up to rounding.
    """
    return [
        (
            torch.randn(rows, columns, generator=generator, dtype=torch.float64)
            * ((2 / (rows + columns)) ** 0.5 if xavier else 1)
        ).to(dtype)
        for columns, rows in pairwise(widths)
    ]

"""How far rounding can take a Jacobian from the true one: derived for each network, not fitted.

The chain is A₀D₁A₁D₂⋯A_{n−1} with A₀ = W_F and A_{n−1} = W₁, D_k the slopes of z_k = A_k h, and P(i, j) the product
A_iD_{i+1}⋯A_{j−1}. Each rounding is taken to the end by the network's own products, in which signs cancel as they do
in the network; only then are magnitudes taken. With u, γ as in `byhand.numerics.rounding`, and errors δ:

    layer       local_k = γ |A_k| (|h| + δh) + |A_k| ρ                       (γ's index is the width of h)
                δz_k = local_k + Σ_{j>k} |P(k, j) D_j| local_j
                δh, ρ and the error of the slope, δs_k, from δz_k by `byhand.numerics.rounding.tanh_errors`
    slopes      Σ_k |P(0, k)| δs_k |P(k, n)|
    products    Σ |P(0, i) D_i| (γ |P(i, k)| D_k |P(k, j)|) |D_j P(j, n)|    (one more than the inner width, for D_k)

the last over the products of an order. What the layers may lose is rigorous. What the chain adds is to first order in
the errors of its factors, as is usual; a bound so large that more would matter is not decisive
(`byhand.numerics.certified.judged`). It is evaluated in float64 on a computed run.
"""

from collections.abc import Mapping

import torch
from torch import Tensor

from byhand.jacobian import order
from byhand.jacobian.modes import Weights
from byhand.jacobian.order import Order
from byhand.numerics.rounding import gamma, tanh_errors, unit_roundoff


def allowances(orders: Mapping[str, Order], weights: Weights, x: Tensor) -> dict[str, Tensor]:
    """For each order, how far J (..., P, D), computed so in the precision of x, may be from the true Jacobian."""
    u = unit_roundoff(x.dtype)
    A = [W.double() for W in reversed(weights)]
    n = len(A)
    D: dict[int, Tensor] = {}  # slopes (..., width, 1)
    P: dict[tuple[int, int], Tensor] = {}
    local: dict[int, Tensor] = {}
    slope_errors: dict[int, Tensor] = {}
    h = x.double().unsqueeze(-1)
    h_error = remainder = torch.zeros_like(h)
    for k in reversed(range(n)):
        P[k, k + 1] = A[k]
        for j in range(k + 1, n):
            P[k, j + 1] = P[k, j] @ (D[j] * A[j])
        if k:
            size = A[k].abs()
            local[k] = gamma(size.shape[1], u) * (size @ (h.abs() + h_error)) + size @ remainder
            z, z_error = A[k] @ h, local[k]
            for j in range(k + 1, n):
                z_error = z_error + (P[k, j] * D[j].mT).abs() @ local[j]
            h, D[k] = torch.tanh(z), torch.cosh(z) ** -2
            remainder, slope_errors[k] = tanh_errors(h, D[k], z_error, u)
            h_error = D[k] * z_error + remainder
    by_slopes = [P[0, k].abs() @ (slope_errors[k] * P[k, n].abs()) for k in range(1, n)]

    def by_product(i: int, k: int, j: int) -> Tensor:
        error = gamma(len(A[k]) + 1, u) * (P[i, k].abs() @ (D[k] * P[k, j].abs()))
        if i > 0:
            error = (P[0, i] * D[i].mT).abs() @ error
        return error @ (D[j] * P[j, n]).abs() if j < n else error

    return {
        name: torch.stack([*by_slopes, *(by_product(*places) for _, _, places in order.contractions(tree))]).sum(0)
        for name, tree in orders.items()
    }

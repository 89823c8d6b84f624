"""The order in which a chain of matrices is multiplied, and the cheapest one, by dynamic programming.

A chain A₀A₁⋯A_n has the widths (p₀, p₁, …, p_{n+1}), Aᵢ being pᵢ × p_{i+1}. An order is a binary tree: a leaf is the
index of a matrix, a pair (left, right) the product of both. Between neighbours is a diagonal, which is never built:
it scales the columns of the left factor or the rows of the right one, whichever are fewer. Contracting p_k between
p_i rows and p_j columns thus takes

    p_i p_k p_j + p_k min(p_i, p_j)

multiplications, and the cheapest order of Aᵢ⋯Aⱼ₋₁ is C(i, j) = min over i < k < j of C(i, k) + C(k, j) + that, in
O(n³) steps (Godbole, On efficient computation of matrix chain products, IEEE Transactions on Computers, 1973; here
with diagonals). `torch.linalg.multi_dot` uses the same algorithm for plain matrices, without diagonals or batches.

Pure Python on whole numbers, so exact; for a network the widths are (P, K_L, …, K₁, D).
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TypeAlias

Order: TypeAlias = "int | tuple[Order, Order]"


def reverse(matrices: int) -> Order:
    """From the left: ((A₀A₁)A₂)⋯, the order of reverse mode."""
    order: Order = 0
    for index in range(1, matrices):
        order = (order, index)
    return order


def forward(matrices: int) -> Order:
    """From the right: A₀(A₁(A₂⋯)), the order of forward mode."""
    order: Order = matrices - 1
    for index in reversed(range(matrices - 1)):
        order = (index, order)
    return order


def contraction(rows: int, inner: int, columns: int) -> int:
    """Multiplications of one product of (rows, inner) by (inner, columns) with a diagonal between."""
    return rows * inner * columns + inner * min(rows, columns)


def span(order: Order) -> tuple[int, int]:
    """The first matrix of an order and the one after its last."""
    if isinstance(order, int):
        return order, order + 1
    return span(order[0])[0], span(order[1])[1]


def contractions(order: Order) -> Iterator[tuple[Order, Order, tuple[int, int, int]]]:
    """Every product, inner ones first: its factors, and where in the widths its rows, inner width, columns are."""
    if not isinstance(order, int):
        left, right = order
        yield from contractions(left)
        yield from contractions(right)
        yield left, right, (span(left)[0], span(left)[1], span(right)[1])


def multiplications(order: Order, widths: Sequence[int]) -> int:
    """Multiplications of the chain in this order, diagonals included."""
    return sum(contraction(*(widths[place] for place in places)) for _, _, places in contractions(order))


@cache
def cheapest(widths: tuple[int, ...], call: int = 0) -> Order:
    """The order of fewest multiplications; among equals the one nearest to reverse mode.

    A product with fewer than `call` multiplications counts as `call`: the cost of calling one at all.

    Raises:
        ValueError: fewer than two widths, which is not a chain, or one below 1.
    """
    return _cheapest(widths, call)


def _cheapest(widths: tuple[int, ...], call: int) -> Order:
    if len(widths) < 2 or min(widths) < 1:
        raise ValueError(f"widths {widths} are not those of a chain: expected two or more, each at least 1")

    def cost(i: int, k: int, j: int) -> int:
        return best[i, k][0] + best[k, j][0] + max(contraction(widths[i], widths[k], widths[j]), call)

    best: dict[tuple[int, int], tuple[int, Order]] = {(i, i + 1): (0, i) for i in range(len(widths) - 1)}
    for length in range(2, len(widths)):
        for i in range(len(widths) - length):
            j = i + length
            k = min(range(j - 1, i, -1), key=lambda k: cost(i, k, j))
            best[i, j] = (cost(i, k, j), (best[i, k][1], best[k, j][1]))
    return best[0, len(widths) - 1][1]

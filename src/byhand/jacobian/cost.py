"""What a Jacobian costs: multiplications and bytes moved, as exact formulas and as counted while it runs (exercise 7).

For widths (D, K₁, …, K_L, P) and n inputs, an order of the chain contracts p_i, p_k, p_j some L times:

    multiplications of products    n Σ_l K_l K_{l−1}  (the slopes)  +  n Σ p_i p_k p_j  (the chain)
    … of diagonals and slopes      n Σ_l K_l          (h²)          +  n Σ p_k p_i  (reverse) or p_k p_j  (forward)
                                                                     or p_k min(p_i, p_j)  (cheapest)

With all K_l = K, products only, without the slopes:

    reverse  P ((L − 1) K² + K D)        forward  D ((L − 1) K² + P K)

so reverse mode is the cheaper one exactly if P < D, whatever K and L ≥ 2, and at L = 1 there is only one order. The
assignment's "M² against M³" is the case P = 1, D = K = M: L M² against (L − 1) M³ + M².

Bytes moved: every operation reads its operands and writes its result once, at `itemsize` bytes an entry: a product of
(m, k) by (k, c) moves mk + kc + mc entries, a scaling of (m, k) moves 2mk + k, a tanh 2K, and with the slope 6K. A
weight is read once for all inputs. Caches can make it less, and a library's temporaries more; it is what the order
requires.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from byhand.jacobian import order
from byhand.jacobian.order import Order

ORDERS: dict[str, Callable[[tuple[int, ...]], Order]] = {
    "reverse": lambda chain: order.reverse(len(chain) - 1),
    "forward": lambda chain: order.forward(len(chain) - 1),
    "cheapest": order.cheapest,
}
"""The order of each mode for a chain (P, K_L, …, K₁, D)."""

SCALES_LEFT: dict[str, Callable[[int, int], bool]] = {
    "reverse": lambda rows, columns: True,
    "forward": lambda rows, columns: False,
    "cheapest": lambda rows, columns: rows <= columns,
}
"""Which factor of a product each mode's diagonal scales."""


@dataclass(frozen=True)
class Cost:
    """Multiplications inside matrix products, all others, and entries read or written."""

    products: int
    scalings: int
    entries: int

    def __add__(self, other: "Cost") -> "Cost":
        return Cost(self.products + other.products, self.scalings + other.scalings, self.entries + other.entries)


def slopes(widths: Sequence[int], inputs: int = 1) -> Cost:
    """The forward pass up to s_L, which every order needs, for widths (D, K₁, …, K_L, P)."""
    total = Cost(0, 0, 0)
    for below, width in pairwise(widths[:-1]):
        moved = below * width + inputs * (below + width) + inputs * 6 * width
        total += Cost(inputs * below * width, inputs * width, moved)
    return total


def products(mode: str, widths: Sequence[int], inputs: int = 1) -> Cost:
    """The chain as `mode` multiplies it, for widths (D, K₁, …, K_L, P)."""
    chain = tuple(reversed(widths))
    total = Cost(0, 0, 0)
    for left, right, places in order.contractions(ORDERS[mode](chain)):
        m, k, c = (chain[place] for place in places)
        # How many copies there are of each factor: a weight is shared, a scaled factor has one copy per input.
        copies = [1 if isinstance(factor, int) else inputs for factor in (left, right)]
        scaled = 0 if SCALES_LEFT[mode](m, c) else 1
        size = (m * k, k * c)
        moved = copies[scaled] * size[scaled] + inputs * (k + size[scaled])
        copies[scaled] = inputs
        moved += copies[0] * size[0] + copies[1] * size[1] + inputs * m * c
        total += Cost(inputs * m * k * c, inputs * size[scaled], moved)
    return total


def jacobian(mode: str, widths: Sequence[int], inputs: int = 1) -> Cost:
    """Slopes and chain."""
    return slopes(widths, inputs) + products(mode, widths, inputs)


def published_reverse(widths: Sequence[int]) -> int:
    """Multiplications inside the products of the assignment's reverse mode, its full diagonals included."""
    D, *hidden, P = widths
    forward_pass = sum(below * above for below, above in pairwise(widths))
    chain = P * hidden[-1] ** 2 + sum(P * above * below + P * below**2 for below, above in pairwise(hidden))
    return forward_pass + chain + P * hidden[0] * D


def published_forward(widths: Sequence[int]) -> int:
    """Multiplications inside the products of the assignment's forward mode, its full diagonals included."""
    forward_pass = sum(below * above for below, above in pairwise(widths))
    return forward_pass + sum(above * below**2 + above * below * widths[0] for below, above in pairwise(widths[1:]))


PUBLISHED: dict[str, Callable[[Sequence[int]], int]] = {
    "published_reverse": published_reverse,
    "published_forward": published_forward,
}

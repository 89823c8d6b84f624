"""The fast route on a CPU: the same three orders in NumPy, whose products go to OpenBLAS.

The formulas are those of `modes`; what differs is how often memory is accessed and libraries are called.

- Buffers are allocated once for a shape and reused; only the result is new.
- The batch axis follows the rows, (rows, batch, width): scaling by slopes (batch, width) then runs along memory.
- The slopes of all layers are stored contiguously, so that 1 − h² is two calls for all of them.

OpenBLAS does not know every processor and may fall back on kernels without AVX-512 where it could use it. `kernels`
says which to request, and only on processors that have the instructions. It must be in the environment before NumPy is
imported.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from byhand.jacobian import order
from byhand.jacobian.order import Order

Array = npt.NDArray[Any]
Route = Callable[[Sequence[Array], Array], Array]

AVX512 = {"avx512f", "avx512cd", "avx512bw", "avx512dq", "avx512vl"}
"""The instruction sets that OpenBLAS's SkylakeX kernels use, as Linux names them."""

ONE_THREAD = 2**18
"""OpenBLAS uses one thread for a product of up to this many multiplications, even for a large batch in such pieces."""

CALL = 2**15
"""The cost of merely calling a product, in multiplications: 0.3 µs of a core that does 10¹¹ per second."""


def kernels(cpuinfo: Path = Path("/proc/cpuinfo")) -> dict[str, str]:
    """The environment that selects the best kernels for this processor; empty where OpenBLAS chooses them itself."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    flags = next((set(line.partition(":")[2].split()) for line in lines if line.startswith("flags")), set())
    return {"OPENBLAS_CORETYPE": "SkylakeX"} if flags >= AVX512 else {}


def cheapest(widths: Sequence[int], batch: int | None = None) -> Order:
    """The order for (D, K₁, …, K_L, P) that takes the fewest multiplications, with calls counted as such."""
    return order.cheapest(tuple(reversed(widths)), -(-CALL // (batch or 1)))


def prepared(tree: Order, widths: Sequence[int], batch: int | None = None, dtype: npt.DTypeLike = np.float32) -> Route:
    """A function of (weights, x) that gives J for one shape, in the order `tree`.

    widths: (D, K₁, …, K_L, P). x: (D), or (batch, D) if `batch` is given; J: (P, D) or (batch, P, D). The function
    keeps its buffers, so two threads must not call it at once; what it returns is never overwritten.
    """
    matrices = len(widths) - 1
    if tree == order.forward(matrices):
        return _column(widths, dtype) if batch is None and widths[0] == 1 else _forward(widths, batch, dtype)
    if tree == order.reverse(matrices):
        return _reverse(widths, batch, dtype)
    return _in_order(tree, widths, batch, dtype)


def _forward(widths: Sequence[int], batch: int | None, dtype: npt.DTypeLike) -> Route:
    columns, *hidden, _ = widths
    slopes, s = _slopes(widths, batch, dtype)
    buffers = [np.empty((columns, *_inputs(batch), width), dtype) for width in hidden]  # B_lᵀ
    flat = [B.reshape(-1, width) for B, width in zip(buffers, hidden, strict=True)]
    steps = [  # a batch in pieces is a product for each row of B
        (in_pieces, *((np.matmul, B, scaled) if in_pieces else (np.dot, flat_B, flat_scaled)), scaled, s_l)
        for in_pieces, B, scaled, flat_B, flat_scaled, s_l in zip(
            _in_pieces(hidden, batch), buffers, buffers[1:], flat, flat[1:], s[1:], strict=False
        )
    ]

    def jacobian(weights: Sequence[Array], x: Array) -> Array:
        slopes(weights, x)
        np.multiply(_for_each_input(weights[0].T, batch), s[0], out=buffers[0])
        for W, (in_pieces, multiply, B, out, scaled, s_l) in zip(weights[1:], steps, strict=False):
            multiply(B, np.ascontiguousarray(W.T) if in_pieces else W.T, out=out)
            np.multiply(scaled, s_l, out=scaled)
        J: Array = np.dot(flat[-1], weights[-1].T)  # (D, P) or (D batch, P)
        return J.T if batch is None else J.reshape(columns, batch, -1).transpose(1, 2, 0)

    return jacobian


def _column(widths: Sequence[int], dtype: npt.DTypeLike) -> Route:
    buffers = [(np.empty(width, dtype), np.empty(width, dtype)) for width in widths[1:-1]]

    def jacobian(weights: Sequence[Array], x: Array) -> Array:
        B, h = weights[0][:, 0], np.tanh(weights[0] @ x)
        for W, (next_B, z) in zip(weights[1:-1], buffers[1:], strict=True):
            B = B * (1 - h * h)
            np.dot(W, h, out=z)
            np.dot(W, B, out=next_B)
            B, h = next_B, np.tanh(z, out=z)
        J: Array = weights[-1] @ (B * (1 - h * h))
        return J[:, None]

    return jacobian


def _inputs(batch: int | None) -> tuple[int, ...]:
    return () if batch is None else (batch,)


def _for_each_input(W: Array, batch: int | None) -> Array:
    """A weight with an axis for the inputs after its rows, if there are several."""
    return W if batch is None else W[:, None]


def _in_pieces(widths: Sequence[int], batch: int | None) -> list[bool]:
    """Whether a batch times each Wᵀ is so small that one thread does it, faster if Wᵀ is first copied."""
    return [batch is not None and batch * below * above <= ONE_THREAD for below, above in pairwise(widths)]


def _slopes(
    widths: Sequence[int], batch: int | None, dtype: npt.DTypeLike
) -> tuple[Callable[[Sequence[Array], Array], None], list[Array]]:
    """A function of (weights, x), and the arrays of slopes that it fills."""
    hidden = widths[1:-1]
    total = (batch or 1) * sum(hidden)
    z, s, ones = np.empty(total, dtype), np.empty(total, dtype), np.ones(total, dtype)
    ends = (batch or 1) * np.cumsum(hidden)[:-1]
    activations, slopes = (
        [part.reshape(*_inputs(batch), width) for part, width in zip(np.split(whole, ends), hidden, strict=True)]
        for whole in (z, s)
    )
    steps = list(zip(activations, _in_pieces(widths, batch), strict=False))

    def find(weights: Sequence[Array], h: Array) -> None:
        for W, (z_l, in_pieces) in zip(weights, steps, strict=False):  # without W_F
            h = np.tanh(np.dot(h, np.ascontiguousarray(W.T) if in_pieces else W.T, out=z_l), out=z_l)
        np.subtract(ones, np.multiply(z, z, out=s), out=s)  # of all layers at once

    return find, slopes


def _reverse(widths: Sequence[int], batch: int | None, dtype: npt.DTypeLike) -> Route:
    _, *hidden, rows = widths
    slopes, s = _slopes(widths, batch, dtype)
    buffers = [np.empty((rows, *_inputs(batch), width), dtype) for width in hidden]  # A_l
    flat = [A.reshape(-1, width) for A, width in zip(buffers, hidden, strict=True)]
    steps = list(zip(flat[:0:-1], flat[-2::-1], buffers[-2::-1], s[-2::-1], strict=True))

    def jacobian(weights: Sequence[Array], x: Array) -> Array:
        slopes(weights, x)
        np.multiply(_for_each_input(weights[-1], batch), s[-1], out=buffers[-1])
        for W, (A, out, scaled, s_l) in zip(weights[-2::-1], steps, strict=False):
            np.dot(A, W, out=out)
            np.multiply(scaled, s_l, out=scaled)
        J: Array = np.dot(flat[0], weights[0])  # (P, D) or (P batch, D)
        return J if batch is None else J.reshape(rows, batch, -1).swapaxes(0, 1)

    return jacobian


def _in_order(tree: Order, widths: Sequence[int], batch: int | None, dtype: npt.DTypeLike) -> Route:
    slopes, s = _slopes(widths, batch, dtype)

    def product(branch: Order, weights: Sequence[Array]) -> Array:
        if isinstance(branch, int):
            return weights[-1 - branch]
        left, right = (product(half, weights) for half in branch)
        between = s[-order.span(branch[0])[1]]
        if left.shape[-2] <= right.shape[-1]:
            left = left * between[..., None, :]
        else:
            right = between[..., None] * right
        J: Array = np.matmul(left, right)
        return J

    def jacobian(weights: Sequence[Array], x: Array) -> Array:
        slopes(weights, x)
        return product(tree, weights)

    return jacobian

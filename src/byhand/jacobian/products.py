"""The fast route on a CPU: the same three orders in NumPy, whose products go to OpenBLAS.

The formulas are those of `modes`; what differs is how often memory and libraries are visited.

- Buffers are made once for a shape and used again; only the result is new.
- A batch stands behind the rows, (rows, batch, width): scaling by slopes (batch, width) then runs along memory.
- In forward mode z_l = W_l h_{l−1} is one more row of the product that W_l has to make anyway.

OpenBLAS does not know every processor and falls back on kernels without AVX-512 where it could use them. `kernels`
says which to ask for, and only on processors that have the instructions. It must be in the environment before NumPy is
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
"""What OpenBLAS's SkylakeX kernels are made of, as Linux names it."""

ONE_THREAD = 2**18
"""Multiplications of a product up to which OpenBLAS takes one thread; a large batch in such pieces wakes no other."""


def kernels(cpuinfo: Path = Path("/proc/cpuinfo")) -> dict[str, str]:
    """The environment that gets the best kernels this processor can run; empty where that is OpenBLAS's own choice."""
    try:
        lines = cpuinfo.read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    flags = next((set(line.partition(":")[2].split()) for line in lines if line.startswith("flags")), set())
    return {"OPENBLAS_CORETYPE": "SkylakeX"} if flags >= AVX512 else {}


def prepared(tree: Order, widths: Sequence[int], batch: int | None = None, dtype: npt.DTypeLike = np.float32) -> Route:
    """A function of (weights, x) that gives J for one shape, in the order `tree`.

    widths: (D, K₁, …, K_L, P). x: (D), or (batch, D) if `batch` is given; J: (P, D) or (batch, P, D). The function
    keeps its buffers, so two threads must not call it at once; what it returns is never overwritten.
    """
    matrices = len(widths) - 1
    n = batch or 1
    if tree == order.forward(matrices):
        made = _forward(widths, n, dtype) if n * widths[0] > 1 else _column(widths, dtype)
    elif tree == order.reverse(matrices):
        made = _reverse(widths, n, dtype)
    else:
        made = _in_order(tree, widths, n, dtype)
    if batch is None:
        return lambda weights, x: made(weights, x[None])[0]
    return made


def _forward(widths: Sequence[int], n: int, dtype: npt.DTypeLike) -> Route:
    columns, *hidden, _ = widths
    buffers = []
    for width in hidden:
        A = np.empty((columns + 1, n, width), dtype)  # B_lᵀ, and z_l as its last row
        s, ones = np.empty((n, width), dtype), np.ones((n, width), dtype)
        buffers.append((A, A[:columns], A[columns], s, ones))
    in_pieces = n > 1 and all(n * below * above <= ONE_THREAD for below, above in pairwise(hidden))

    def multiplied(A: Array, W: Array, out: Array | None = None) -> Array:
        if in_pieces:  # a product for each row of B
            return np.matmul(A, np.ascontiguousarray(W.T), out=out)
        flat = None if out is None else out.reshape(-1, len(W))
        return np.dot(A.reshape(-1, A.shape[-1]), W.T, out=flat).reshape(len(A), n, -1)

    def jacobian(weights: Sequence[Array], x: Array) -> Array:
        A, B, z, s, ones = buffers[0]
        np.dot(x, weights[0].T, out=z)
        B[:] = weights[0].T[:, None]
        for index, W in enumerate(weights[1:]):
            A, B, z, s, ones = buffers[index]
            np.tanh(z, out=z)
            np.multiply(z, z, out=s)
            np.subtract(ones, s, out=s)
            np.multiply(B, s, out=B)
            if index + 1 < len(buffers):
                multiplied(A, W, buffers[index + 1][0])
        return multiplied(B, weights[-1]).transpose(1, 2, 0)

    return jacobian


def _column(widths: Sequence[int], dtype: npt.DTypeLike) -> Route:
    buffers = [(np.empty(width, dtype), np.empty(width, dtype)) for width in widths[1:-1]]

    def jacobian(weights: Sequence[Array], x: Array) -> Array:
        B, h = weights[0][:, 0], np.tanh(weights[0] @ x[0])
        for W, (next_B, z) in zip(weights[1:-1], buffers[1:], strict=True):
            B = B * (1 - h * h)
            np.dot(W, h, out=z)
            np.dot(W, B, out=next_B)
            B, h = next_B, np.tanh(z, out=z)
        J: Array = weights[-1] @ (B * (1 - h * h))
        return J[None, :, None]

    return jacobian


def _slopes(widths: Sequence[int], n: int, dtype: npt.DTypeLike) -> Callable[[Sequence[Array], Array], list[Array]]:
    buffers = [tuple(np.empty((n, width), dtype) for _ in range(2)) for width in widths[1:-1]]
    ones = [np.ones((n, width), dtype) for width in widths[1:-1]]
    slopes = [s for _, s in buffers]

    def found(weights: Sequence[Array], h: Array) -> list[Array]:
        for W, (z, s), one in zip(weights, buffers, ones, strict=False):  # without W_F
            h = np.tanh(np.dot(h, W.T, out=z), out=z)
            np.multiply(h, h, out=s)
            np.subtract(one, s, out=s)
        return slopes

    return found


def _reverse(widths: Sequence[int], n: int, dtype: npt.DTypeLike) -> Route:
    columns, *hidden, rows = widths
    slopes = _slopes(widths, n, dtype)
    buffers = [np.empty((rows, n, width), dtype) for width in hidden]
    flat = [A.reshape(rows * n, -1) for A in buffers]

    def jacobian(weights: Sequence[Array], x: Array) -> Array:
        s = slopes(weights, x)
        last = len(hidden) - 1
        np.multiply(weights[-1][:, None], s[last], out=buffers[last])
        for index in range(last, 0, -1):
            np.dot(flat[index], weights[index], out=flat[index - 1])
            np.multiply(buffers[index - 1], s[index - 1], out=buffers[index - 1])
        J: Array = np.dot(flat[0], weights[0]).reshape(rows, n, columns).swapaxes(0, 1)
        return J

    return jacobian


def _in_order(tree: Order, widths: Sequence[int], n: int, dtype: npt.DTypeLike) -> Route:
    slopes = _slopes(widths, n, dtype)

    def product(branch: Order, weights: Sequence[Array], s: Sequence[Array]) -> Array:
        if isinstance(branch, int):
            return weights[-1 - branch][None]
        left, right = (product(half, weights, s) for half in branch)
        between = s[-order.span(branch[0])[1]]
        if left.shape[-2] <= right.shape[-1]:
            left = left * between[:, None]
        else:
            right = between[:, :, None] * right
        J: Array = np.matmul(left, right)
        return J

    return lambda weights, x: product(tree, weights, slopes(weights, x))

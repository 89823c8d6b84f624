"""Small problems over the rationals: arrays of `Fraction`, on which `descent` rounds nothing."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from byhand.least_squares.descent import Array


def rational(values: Sequence[Any]) -> Array:
    """An array of Fractions of the same shape, from nested lists of integers, Fractions or strings such as "3/8"."""
    return np.asarray(np.vectorize(Fraction, otypes=[object])(np.array(values, dtype=object)))


def solve(A: Array, b: Array) -> Array:
    """x with Ax = b, by Gauss-Jordan elimination. A: (n, n), b: (n,), both of Fractions.

    Raises:
        ValueError: A is singular.
    """
    size = len(b)
    rows = np.column_stack([A, b])
    for column in range(size):
        pivot = next((row for row in range(column, size) if rows[row, column]), None)
        if pivot is None:
            raise ValueError("the matrix is singular")
        rows[[column, pivot]] = rows[[pivot, column]]
        rows[column] = rows[column] / rows[column, column]
        for row in range(size):
            if row != column:
                rows[row] = rows[row] - rows[row, column] * rows[column]
    return rows[:, size]

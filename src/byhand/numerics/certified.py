"""True values, certified by ball arithmetic, and the errors of computed tensors against them.

A floating-point number is an exact binary fraction. From such inputs Arb computes with balls [midpoint ± radius], each
operation of which encloses the exact result of its operands (Johansson, Arb: efficient arbitrary-precision
midpoint-radius interval arithmetic, IEEE Transactions on Computers 66(8), 2017). The precision is raised until the
radius does not matter, so what is compared is the result itself, not two computations that may err alike.
"""

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import torch
from flint import arb, arb_mat, ctx
from torch import Tensor

from byhand.numerics.rounding import error, unit_roundoff

RELATIVE_BITS = 80
"""An entry is known to within 2⁻⁸⁰ of itself, 2⁻²⁷ ulp of float64 …"""
FLOOR = math.ulp(0.0)
"""… or to within the smallest positive number of float64, which settles entries that are exactly 0."""
FEWEST_BITS, MOST_BITS = 128, 4096
"""The precisions that are tried: from the first, doubled, to the last."""
FOUND = {torch.float32: 1e-2, torch.float64: 1e-6}
"""The errors that a bound must find to be decisive, relative to the largest true entry."""


class Exact(NamedTuple):
    """A true tensor as the unevaluated sum `value` + `remainder` of two float64 tensors, `value` being the nearest."""

    value: Tensor
    remainder: Tensor

    def map(self, function: Callable[[Tensor], Tensor]) -> "Exact":
        """With `function`, which must only move entries, applied to both."""
        return Exact(function(self.value), function(self.remainder))


def matrix(tensor: Tensor) -> arb_mat:
    """A tensor (rows, columns) of float32 or float64, exactly."""
    rows, columns = tensor.shape
    return arb_mat(rows, columns, tensor.double().reshape(-1).tolist())


def each(function: Callable[..., arb], *matrices: arb_mat) -> arb_mat:
    """`function` of the entries of matrices of the same shape."""
    first = matrices[0]
    return arb_mat(first.nrows(), first.ncols(), list(map(function, *(one.entries() for one in matrices))))


def certified(formula: Callable[[], Iterable[arb_mat]]) -> list[Exact]:
    """The matrices of a formula in ball arithmetic, at a precision at which the radius of every entry is negligible.

    Raises:
        ArithmeticError: `MOST_BITS` are not enough, as where a sign is asked for of what is 0 but not known to be.
    """
    bits = FEWEST_BITS
    while bits <= MOST_BITS:
        with ctx.workprec(bits):
            found = [(balls.nrows(), balls.ncols(), balls.entries()) for balls in formula()]
            if all(known(ball) for _, _, entries in found for ball in entries):
                return [
                    Exact(*torch.tensor(list(map(halves, entries)), dtype=torch.float64).T.reshape(2, rows, columns))
                    for rows, columns, entries in found
                ]
        bits *= 2
    raise ArithmeticError(f"not decided with {MOST_BITS} bits: something is 0, or not a number")


def known(ball: arb) -> bool:
    """Whether the radius is negligible."""
    return ball.is_finite() and (ball.rel_accuracy_bits() >= RELATIVE_BITS or bool(ball.rad() < FLOOR))


def halves(ball: arb) -> tuple[float, float]:
    """The midpoint as the nearest float64 and the rest of it, which is exact to 2⁻⁵³ of itself."""
    value = float(ball)
    return value, float(ball.mid() - value)


def judged(ours: Tensor, exact: Exact, allowed: Tensor) -> dict[str, Any]:
    """The certified errors of `ours`, as `error` names them, and whether they are within what is allowed per entry.

    correct_digits: decimal digits of the largest true entry that every entry has right, at most what the precision
    holds. allowed_relative_error: the largest bound over the largest true entry. within: every entry is within its
    bound; NaN never is. decisive: a result within its bounds would leave them if the largest entry, or any as large as
    that, were changed by `FOUND` of it. Where the bound is wider, or the truth is 0, being within it is no evidence:
    zeros might be, too.
    """
    errors = error(ours, *exact)
    scale = exact.value.abs().max().item()
    relative, allowed_relative = (
        largest / scale if scale else math.inf for largest in (errors["absolute_error"], allowed.max().item())
    )
    return {
        **errors,
        "correct_digits": math.log10(1 / min(max(relative, unit_roundoff(ours.dtype)), 1)),
        "allowed_relative_error": allowed_relative,
        "within": bool(((ours.double() - exact.value - exact.remainder).abs() <= allowed).all()),
        "decisive": 2 * allowed_relative < FOUND[ours.dtype],
    }

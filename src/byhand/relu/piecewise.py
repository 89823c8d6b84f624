"""An exact calculus of continuous piecewise-linear functions on ℝ, over the rationals.

Each such function with breakpoints b₁ < … < b_k is, in exactly one way, its leftmost line plus a hinge per breakpoint:

    f(x) = slope·x + intercept + Σᵢ cᵢ ReLU(x − bᵢ),   cᵢ ≠ 0 the change of slope at bᵢ.

The breakpoints, the changes of slope and the leftmost line can all be read off f, so this form is unique: two
functions are equal on all of ℝ if and only if their forms are, and `f == g` is a proof, not a sample of points.
Sums, multiples and compositions are closed forms, and ReLU is a composition; so every ReLU network with one input is
a function of this kind (Arora, Basu, Mianjy and Mukherjee, 2018, theorem 2.1), computed here without rounding.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple


class Piece(NamedTuple):
    """The line slope·x + intercept from `start` to the next piece's; the first piece starts at −∞ (`None`)."""

    start: Fraction | None
    slope: Fraction
    intercept: Fraction


@dataclass(frozen=True)
class PiecewiseLinear:
    """slope·x + intercept + Σ c ReLU(x − b) over `kinks` ((b₁, c₁), …, (b_k, c_k)).

    Raises:
        ValueError: the breakpoints do not ascend strictly, or a change of slope is 0.
    """

    slope: Fraction
    intercept: Fraction
    kinks: tuple[tuple[Fraction, Fraction], ...] = ()

    def __post_init__(self) -> None:
        if any(left >= right for left, right in pairwise(self.breakpoints)):
            raise ValueError("breakpoints must ascend strictly")
        if not all(change for _, change in self.kinks):
            raise ValueError("a breakpoint at which the slope does not change is none")

    @cached_property
    def breakpoints(self) -> tuple[Fraction, ...]:
        """b₁ < … < b_k."""
        return tuple(b for b, _ in self.kinks)

    @cached_property
    def pieces(self) -> tuple[Piece, ...]:
        """The k + 1 lines from left to right."""
        return tuple(_pieces(self.slope, self.intercept, self.kinks))

    @property
    def slopes(self) -> tuple[Fraction, ...]:
        """The k + 1 slopes from left to right."""
        return tuple(piece.slope for piece in self.pieces)

    @property
    def values(self) -> tuple[Fraction, ...]:
        """f(b₁), …, f(b_k)."""
        return tuple(map(self, self.breakpoints))

    def __call__(self, x: Fraction) -> Fraction:
        """The value at x, in O(log k)."""
        piece = self.pieces[bisect_right(self.breakpoints, x)]
        return piece.slope * x + piece.intercept

    def __add__(self, other: "PiecewiseLinear") -> "PiecewiseLinear":
        return combine((Fraction(1), Fraction(1)), (self, other))

    def __sub__(self, other: "PiecewiseLinear") -> "PiecewiseLinear":
        return combine((Fraction(1), Fraction(-1)), (self, other))

    def __rmul__(self, factor: Fraction) -> "PiecewiseLinear":
        return combine((factor,), (self,))


def _pieces(slope: Fraction, intercept: Fraction, kinks: Iterable[tuple[Fraction, Fraction]]) -> Iterator[Piece]:
    """The lines from left to right, by cumulative sums."""
    yield Piece(None, slope, intercept)
    for b, change in kinks:
        slope += change
        intercept -= change * b
        yield Piece(b, slope, intercept)


def line(slope: Fraction | int, intercept: Fraction | int = 0) -> PiecewiseLinear:
    """The function slope·x + intercept, without breakpoints."""
    return PiecewiseLinear(Fraction(slope), Fraction(intercept))


RELU = PiecewiseLinear(Fraction(0), Fraction(0), ((Fraction(0), Fraction(1)),))
"""max(x, 0)."""


def through(
    points: Sequence[tuple[Fraction | float, Fraction | float]],
    *,
    left_slope: Fraction | int,
    right_slope: Fraction | int,
) -> PiecewiseLinear:
    """The function through `points` (x, value), straight between them and with the given slopes beyond the outer two.

    Floats are taken as the exact rationals that they are. Points on a straight line with their neighbours make no
    breakpoint.

    Raises:
        ValueError: no point, or points that do not ascend strictly in x.
    """
    exact = [(Fraction(x), Fraction(value)) for x, value in points]
    if not exact or any(left >= right for (left, _), (right, _) in pairwise(exact)):
        raise ValueError("points must be one or more, ascending strictly")
    slopes = [
        Fraction(left_slope),
        *((there - here) / (right - left) for (left, here), (right, there) in pairwise(exact)),
        Fraction(right_slope),
    ]
    (x, value), slope = exact[0], slopes[0]
    changes = zip((x for x, _ in exact), (right - left for left, right in pairwise(slopes)), strict=True)
    return PiecewiseLinear(slope, value - slope * x, tuple((b, c) for b, c in changes if c))


def combine(
    weights: Iterable[Fraction], functions: Iterable[PiecewiseLinear], bias: Fraction = Fraction(0)
) -> PiecewiseLinear:
    """bias + Σ weightᵢ fᵢ: one unit of a linear layer. The leftmost lines add, and hinges at one place add.

    O(k log k) for k breakpoints in all, however many functions there are.
    """
    slope, intercept, changes = Fraction(0), bias, defaultdict[Fraction, Fraction](Fraction)
    for weight, f in zip(weights, functions, strict=True):
        slope += weight * f.slope
        intercept += weight * f.intercept
        for b, change in f.kinks:
            changes[b] += weight * change
    return PiecewiseLinear(slope, intercept, tuple(sorted((b, c) for b, c in changes.items() if c)))


def compose(outer: PiecewiseLinear, inner: PiecewiseLinear) -> PiecewiseLinear:
    """outer ∘ inner: each piece of `inner` is cut where it crosses a breakpoint of `outer`.

    On a piece t = a·x + c the crossings are x = (b − c)/a for the breakpoints b strictly inside the piece's image; a
    rising piece meets them in ascending order, a falling one in descending order. Between crossings the composition
    is the line of `outer` there, of slope p and intercept q: p·a·x + p·c + q.
    """
    levels = outer.breakpoints
    ends = (*inner.breakpoints, None)
    pieces: list[Piece] = []
    for (start, a, c), end in zip(inner.pieces, ends, strict=True):
        left, right = (None if x is None else a * x + c for x in (start, end))
        if a > 0:
            first = 0 if left is None else bisect_right(levels, left)
            last = len(levels) if right is None else bisect_left(levels, right)
            crossed, passed = range(first, last), range(first, last + 1)
        elif a < 0:
            first = len(levels) if left is None else bisect_left(levels, left)
            last = 0 if right is None else bisect_right(levels, right)
            crossed, passed = range(first - 1, last - 1, -1), range(first, last - 1, -1)
        else:
            crossed, passed = range(0), range(bisect_right(levels, c), bisect_right(levels, c) + 1)
        starts = [start, *((levels[index] - c) / a for index in crossed)]
        for cut, index in zip(starts, passed, strict=True):
            _, p, q = outer.pieces[index]
            pieces.append(Piece(cut, p * a, p * c + q))
    return _joined(pieces)


def relu(f: PiecewiseLinear) -> PiecewiseLinear:
    """max(f, 0)."""
    return compose(RELU, f)


def _joined(pieces: Sequence[Piece]) -> PiecewiseLinear:
    """The function made of continuous `pieces`; neighbours on one line are one piece."""
    kinks = []
    for (_, before, _), (start, after, _) in pairwise(pieces):
        assert start is not None
        if after != before:
            kinks.append((start, after - before))
    return PiecewiseLinear(pieces[0].slope, pieces[0].intercept, tuple(kinks))


def difference(f: PiecewiseLinear, g: PiecewiseLinear) -> tuple[Fraction, Fraction] | None:
    """A point at which f and g differ, and f − g there; None if f = g on all of ℝ.

    If f − g is not 0 everywhere, then it is not 0 at one of its breakpoints or at a point 1 beyond the outer ones,
    because it is straight in between. The one with the largest difference is given, the leftmost among equals.
    """
    gap = f - g
    inner = gap.breakpoints or (Fraction(0),)
    points = (inner[0] - 1, *inner, inner[-1] + 1)
    witness = max(points, key=lambda x: abs(gap(x)))
    return (witness, gap(witness)) if gap(witness) else None

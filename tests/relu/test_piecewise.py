"""The exact calculus: each operation against the pointwise definition, and equality as a proof."""

from fractions import Fraction
from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byhand.relu.piecewise import RELU, PiecewiseLinear, combine, compose, difference, line, relu, through

rationals = st.fractions(min_value=-20, max_value=20, max_denominator=12)
nonzero = rationals.filter(bool)


@st.composite
def functions(draw: st.DrawFn, most: int = 5) -> PiecewiseLinear:
    breakpoints = sorted(draw(st.sets(rationals, max_size=most)))
    return PiecewiseLinear(draw(rationals), draw(rationals), tuple((b, draw(nonzero)) for b in breakpoints))


def telling_points(*fs: PiecewiseLinear) -> list[Fraction]:
    """Every breakpoint, points between, and points beyond."""
    points = sorted({b for f in fs for b in f.breakpoints} | {Fraction(0)})
    between = [(left + right) / 2 for left, right in pairwise(points)]
    return [points[0] - 3, *points, *between, points[-1] + 3]


@given(functions(), functions(), rationals, rationals)
def test_the_operations_are_those_of_the_values(
    f: PiecewiseLinear, g: PiecewiseLinear, a: Fraction, c: Fraction
) -> None:
    combined, composed, cut = combine([a, c], [f, g], a), compose(f, g), relu(f)
    for x in telling_points(f, g, combined, composed, cut):
        assert combined(x) == a + a * f(x) + c * g(x)
        assert composed(x) == f(g(x))
        assert cut(x) == max(f(x), Fraction(0))


@given(functions())
def test_a_function_is_its_hinges_its_pieces_and_its_points(f: PiecewiseLinear) -> None:
    for x in telling_points(f):
        assert f(x) == f.slope * x + f.intercept + sum(c * max(x - b, Fraction(0)) for b, c in f.kinks)
    assert f.values == tuple(map(f, f.breakpoints))
    assert f.slopes == tuple(accumulate((c for _, c in f.kinks), initial=f.slope))
    points = list(zip(f.breakpoints, f.values, strict=True)) or [(Fraction(0), f.intercept)]
    assert through(points, left_slope=f.slope, right_slope=f.slopes[-1]) == f


@given(functions(), functions())
def test_equality_is_decided_and_a_difference_has_a_witness(f: PiecewiseLinear, g: PiecewiseLinear) -> None:
    assert (f + g) - g == f
    assert difference(f, f) is None
    witness = difference(f, g)
    assert (witness is None) == (f == g)
    if witness is not None:
        x, gap = witness
        assert gap == f(x) - g(x) != 0


@given(functions(), functions(), functions())
def test_composition_is_associative_and_the_identity_does_nothing(
    f: PiecewiseLinear, g: PiecewiseLinear, h: PiecewiseLinear
) -> None:
    assert compose(compose(f, g), h) == compose(f, compose(g, h))
    assert compose(f, line(1)) == f == compose(line(1), f)


@given(functions())
def test_relu_keeps_what_is_positive(f: PiecewiseLinear) -> None:
    assert relu(f) - relu(Fraction(-1) * f) == f
    assert relu(relu(f)) == relu(f)


@given(functions(), st.data())
def test_the_smallest_change_is_another_function(f: PiecewiseLinear, data: st.DataObject) -> None:
    tiny = Fraction(1, 2**50)
    assert f + line(0, tiny) != f
    assert f + line(tiny) != f
    if f.kinks:
        index = data.draw(st.integers(0, len(f.kinks) - 1))
        b, c = f.kinks[index]
        assert PiecewiseLinear(f.slope, f.intercept, (*f.kinks[:index], (b + tiny, c), *f.kinks[index + 1 :])) != f


def test_points_on_one_line_make_no_breakpoint() -> None:
    assert through([(0, 0), (1, 2), (5, 10)], left_slope=2, right_slope=2) == line(2)
    assert compose(RELU, line(0, 3)) == line(0, 3)


@pytest.mark.parametrize(
    ("kinks", "reason"),
    [
        (((1, 1), (1, 2)), "breakpoints must ascend strictly"),
        (((2, 1), (1, 2)), "breakpoints must ascend strictly"),
        (((1, 0),), "a breakpoint at which the slope does not change is none"),
    ],
)
def test_what_is_not_in_reduced_form_is_refused(kinks: tuple[tuple[int, int], ...], reason: str) -> None:
    with pytest.raises(ValueError, match=f"^{reason}$"):
        PiecewiseLinear(Fraction(0), Fraction(0), tuple((Fraction(b), Fraction(c)) for b, c in kinks))


@pytest.mark.parametrize("points", [[], [(0, 1), (0, 2)], [(1, 0), (0, 0)]])
def test_points_must_ascend(points: list[tuple[int, int]]) -> None:
    with pytest.raises(ValueError, match=r"^points must be one or more, ascending strictly$"):
        through([(Fraction(x), Fraction(y)) for x, y in points], left_slope=0, right_slope=0)


@pytest.mark.parametrize(
    ("gap", "witness"),
    [
        (line(0, 3), (-1, 3)),  # everywhere the same: the leftmost of −1, 0 and 1
        (line(2, 1), (1, 3)),  # −1, 1 and 3
        (line(2, -1), (-1, -3)),
        (line(2), (-1, -2)),
        (through([(4, 1), (6, 1)], left_slope=2, right_slope=0), (3, -1)),  # −1 at 3, 1 from 4 on: the leftmost
        (through([(4, 1), (6, 1)], left_slope=3, right_slope=0), (3, -2)),
        (through([(4, 1), (6, 1)], left_slope=0, right_slope=3), (7, 4)),
    ],
)
def test_a_difference_is_looked_for_at_the_breakpoints_and_one_beside_the_outer_ones(
    gap: PiecewiseLinear, witness: tuple[int, int]
) -> None:
    f = line(5, 7)
    assert difference(f + gap, f) == tuple(map(Fraction, witness))


def test_as_many_weights_as_functions_are_expected() -> None:
    with pytest.raises(ValueError, match="zip"):
        combine([Fraction(1)], [line(1), line(2)])

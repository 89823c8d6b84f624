"""What a formula may compute, with SymPy: operations on numbers, expressions and explicit matrices, and relations.

A relation is proven for all values of its symbols, refuted, or left undecided: equality by the difference, which is
evaluated at one point and then expanded, and an inequality by the signs of the symbols.
"""

import ast
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from typing import Any

import mpmath
import sympy as sp

Value = Any
"""A SymPy number or expression, an explicit matrix, a Python bool, or a list of these."""


class Undecided(Exception):
    """SymPy can neither prove nor refute it."""


def vector(value: Value) -> bool:
    """Whether it has one column or one row."""
    return isinstance(value, sp.MatrixBase) and 1 in value.shape


def symbolic(value: Value) -> bool:
    """Whether it depends on symbols."""
    return bool(getattr(value, "free_symbols", ()))


def plain(matrix: Value) -> Value:
    """A 1×1 matrix as its entry."""
    return matrix[0, 0] if isinstance(matrix, sp.MatrixBase) and matrix.shape == (1, 1) else matrix


def add(a: Value, b: Value) -> Value:
    """a + b; a number is added to each entry of a vector, and 0 to anything."""
    if a == 0 or b == 0:
        return b if a == 0 else a
    if vector(a) and not isinstance(b, sp.MatrixBase):
        return a.applyfunc(lambda entry: entry + b)
    return add(b, a) if vector(b) and not isinstance(a, sp.MatrixBase) else a + b


def times(a: Value, b: Value) -> Value:
    """a * b, one of them a number.

    Raises:
        sp.ShapeError: both are matrices.
    """
    if isinstance(a, sp.MatrixBase) and isinstance(b, sp.MatrixBase):
        raise sp.ShapeError("* of two matrices; @ is their product, hadamard that of their entries")
    return a * b


def power(a: Value, b: Value) -> Value:
    """a to the power of b; of each entry of a vector."""
    return a.applyfunc(lambda entry: entry**b) if vector(a) else a**b


BINARY: dict[type[ast.operator], Callable[[Value, Value], Value]] = {
    ast.Add: add,
    ast.Sub: lambda a, b: add(a, -b),
    ast.Mult: times,
    ast.MatMult: lambda a, b: plain(a * b),
    ast.Div: lambda a, b: a / b,
    ast.Pow: power,
}


def each(function: Callable[[Value], Value]) -> Callable[[Value], Value]:
    """A function of a number, also of each entry of a matrix."""
    return lambda a: a.applyfunc(function) if isinstance(a, sp.MatrixBase) else function(a)


def below(a: Value, b: Value, *, strictly: bool) -> bool:
    """Whether a < b, or a ≤ b, from the signs of the symbols; |u| < b is −b < u < b."""
    if isinstance(a, sp.Abs):
        return below(a.args[0], b, strictly=strictly) and below(-a.args[0], b, strictly=strictly)
    gap = sp.factor(sp.together(sp.expand(b - a)))
    answer = gap.is_positive if strictly else gap.is_nonnegative
    if answer is None:
        raise Undecided(f"the sign of {gap}")
    return bool(answer)


def equal(a: Value, b: Value) -> bool:
    """Whether two values are the same expression, entry by entry: refuted at one of three points, or proven.

    Raises:
        Undecided: equal at the points, but SymPy finds no proof.
    """
    if isinstance(a, sp.MatrixBase) or isinstance(b, sp.MatrixBase):
        if getattr(a, "shape", ()) != getattr(b, "shape", ()):
            return False
        return all(equal(one, other) for one, other in zip(a, b, strict=True))
    a, b = sp.sympify(a), sp.sympify(b)
    if a == b:
        return True
    free = sorted(a.free_symbols | b.free_symbols, key=str)
    if a.has(sp.Limit, sp.Integral, sp.Derivative) or b.has(sp.Limit, sp.Integral, sp.Derivative):
        raise Undecided(f"whether {a} is {b}")
    sides = sp.lambdify(free, [a, b], "mpmath", cse=True)
    for number in range(3):
        values = point(free, number)
        with mpmath.workdps(40):  # much faster than SymPy's own evaluation
            left, right = sides(*(mpmath.mpf(values[symbol].p) / values[symbol].q for symbol in free))
        if not abs(left - right) < 1e-25:
            return False
    return zero(a - b)


def zero(difference: sp.Expr) -> bool:
    """True if SymPy proves that an expression vanishes.

    Raises:
        Undecided: it does not.
    """
    expanded = sp.expand(difference)
    if expanded == 0 or sp.expand(sp.numer(sp.together(expanded))) == 0:
        return True
    raise Undecided(f"whether {difference} is 0")


def point(free: Iterable[sp.Symbol], number: int) -> dict[sp.Symbol, sp.Rational]:
    """Values for symbols, each with the sign that the symbol has, different for each number up to 5.

    For the first three they are at most about 1, where neither tanh nor the softmax is saturated.
    """
    found = {}
    for index, symbol in enumerate(sorted(free, key=str), 1):
        size = sp.Rational((index + number) * 37 % 101 + 5, 97) * (1, 1, 1, 16, sp.Rational(1, 16), 256)[number]
        size = sp.Integer(index + number + 2) if symbol.is_integer else size
        found[symbol] = -size if symbol.is_nonnegative is None and index * (number + 1) % 7 % 2 else size
    return found


def refuted(relation: Callable[[Value, Value], bool], a: Value, b: Value) -> bool:
    """Whether a relation of two expressions is false at one of six points."""
    a, b = sp.sympify(a), sp.sympify(b)
    points = (point(a.free_symbols | b.free_symbols, number) for number in range(6))
    return any(not relation(a.xreplace(values), b.xreplace(values)) for values in points)


RELATIONS: dict[type[ast.cmpop], Callable[[Value, Value], bool]] = {
    ast.Eq: equal,
    ast.Lt: lambda a, b: below(a, b, strictly=True),
    ast.LtE: lambda a, b: below(a, b, strictly=False),
    ast.Gt: lambda a, b: below(b, a, strictly=True),
    ast.GtE: lambda a, b: below(b, a, strictly=False),
}


def minors(matrix: Value) -> list[Value]:
    """The leading principal minors."""
    return [matrix[:size, :size].det() for size in range(1, matrix.rows + 1)]


def expectation(f: Value, z: sp.Symbol) -> Value:
    """E f(z) for z ~ N(0, 1): exact for polynomials, else by quadrature to 20 digits."""
    density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
    if f.is_polynomial(z):
        return sp.integrate(sp.expand(f) * density, (z, -sp.oo, sp.oo))
    integrand = sp.lambdify(z, f * density, "mpmath")
    with mpmath.workdps(30):
        return sp.Float(mpmath.quad(integrand, [-20, -10, -5, -2, 0, 2, 5, 10, 20]), 20)


def numbers(first: Value, last: Value = None) -> list[sp.Integer]:
    """range(first, last) as SymPy's integers."""
    return [sp.Integer(number) for number in (range(int(first)) if last is None else range(int(first), int(last)))]


def stacked(rows: Sequence[Value]) -> sp.Matrix:
    """Numbers, rows or matrices below one another."""
    return sp.ImmutableMatrix(sp.Matrix([list(row) if isinstance(row, sp.MatrixBase) else [row] for row in rows]))


def onehot(place: Value, size: Value) -> sp.Matrix:
    """A row of zeros with a 1 at `place`."""
    return sp.ImmutableMatrix(1, int(size), lambda _, column: int(column + 1 == place))


def summed(values: Sequence[Value]) -> Value:
    """The sum of numbers or of matrices; 0 if there are none."""
    return reduce(add, values, sp.Integer(0))


def extreme(function: Callable[..., Value]) -> Callable[..., Value]:
    """min or max of several values, or of a list of them."""
    return lambda *values: function(*(values[0] if isinstance(values[0], list) else values))


def symbols(name: str, shape: Sequence[int], **signs: bool) -> Value:
    """A symbol, or a vector (one size) or matrix (two) of symbols, with these signs."""
    if not shape:
        return sp.Symbol(name, **signs)
    rows, columns = (*shape, 1)[:2]
    return sp.ImmutableMatrix(rows, columns, lambda i, j: sp.Symbol(f"{name}[{i + 1},{j + 1}]", **signs))


def derivative(f: Value, v: Value) -> Value:
    """∂f/∂v of a number f, in the shape of v."""
    return v.applyfunc(lambda entry: sp.diff(f, entry)) if isinstance(v, sp.MatrixBase) else sp.diff(f, v)


def jacobian(f: Value, v: Value) -> Value:
    """∂f/∂v of a vector f by a vector v: (entries of f, entries of v)."""
    column = f if isinstance(f, sp.MatrixBase) else sp.Matrix([f])
    return sp.ImmutableMatrix(column.rows, len(v), lambda i, j: sp.diff(column[i], v[j]))


CONSTANTS = {"oo": sp.oo, "pi": sp.pi}

FUNCTIONS: dict[str, Callable[..., Value]] = {
    "tanh": each(sp.tanh),
    "sign": each(sp.sign),
    "abs": each(sp.Abs),
    "relu": each(lambda u: u if not below(u, sp.Integer(0), strictly=False) else sp.Integer(0)),
    "sqrt": sp.sqrt,
    "exp": each(sp.exp),
    "log": each(sp.log),
    "hadamard": lambda a, b: a.multiply_elementwise(b),
    "norm2": lambda v: sum((entry**2 for entry in v), sp.Integer(0)),
    "dot": lambda a, b: sum((x * y for x, y in zip(a, b, strict=True)), sp.Integer(0)),
    "total": lambda v: sum(v, sp.Integer(0)),
    "diag": lambda v: sp.ImmutableMatrix(sp.diag(*v)),
    "eye": lambda size: sp.ImmutableMatrix(sp.eye(int(size))),
    "zeros": lambda *shape: sp.ImmutableMatrix(sp.zeros(*map(int, shape))),
    "ones": lambda *shape: sp.ImmutableMatrix(sp.ones(*map(int, shape))),
    "inverse": lambda a: a.inv(),
    "det": lambda a: a.det(),
    "rank": lambda a: sp.Integer(a.rank()),
    "trace": lambda a: a.trace(),
    "eigenvalues": lambda a: sp.ImmutableMatrix(sorted(sp.Matrix(a).eigenvals(multiple=True))),
    "positive_definite": lambda a: all(below(sp.Integer(0), minor, strictly=True) for minor in minors(a)),
    "limit": sp.limit,
    "integral": lambda f, x, low, high: sp.integrate(f, (x, low, high)),
    "E": expectation,
    "sum": summed,
    "min": extreme(sp.Min),
    "max": extreme(sp.Max),
    "onehot": onehot,
    "mod": lambda a, b: a % b,
    "ceiling": sp.ceiling,
    "range": numbers,
    "rows": stacked,
}
"""What a formula may call, beside its definitions and the derivatives."""

DECLARED: dict[str, dict[str, bool]] = {
    "real": {"real": True},
    "positive": {"positive": True},
    "integer": {"integer": True, "positive": True},
}
"""The definitions that declare symbols: one, or a vector or matrix of them."""

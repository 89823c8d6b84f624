"""The check of each line of a derivation, and the rows that the page shows.

A formula is evaluated on explicit symbols at the small sizes that its definitions name, for every value of its indices
(`each`) and, with `where`, inside the interval and at those of its ends that belong to it: inside, x is written as
(a + bt)/(1 + t), a + t or b − t with t > 0, which makes the sign of a piece provable. A line is `proven` if SymPy
proves it, `checked` if it is true of numbers that are computed with 20 digits, and `wrong` if it is false.
"""

import ast
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import sympy as sp

from byhand.errors import BadInput
from byhand.report.derivations import Derivation, Line
from byhand.report.formulas import Definition, Scope, check_names, definitions, parse
from byhand.report.operations import Undecided, Value, refuted
from byhand.report.typeset import Typesetter

RESIDUAL = "difference of the two sides, relative to the right one"
MARGIN = "distance of the two sides, relative to the right one"


class Check(NamedTuple):
    """What checking a line has shown."""

    verdict: str
    how: str
    residual: float | None = None
    unit: str = ""


class Read(NamedTuple):
    """A line's formulas as syntax trees."""

    formula: ast.expr
    where: ast.Compare | None
    each: dict[str, ast.expr]


def read(line: Line, known: Mapping[str, Definition], place: str) -> Read:
    """The formulas of a line.

    Raises:
        BadInput: one is none, or has an unknown name, or `where` is not a relation.
    """
    each = {index: parse(text, f"{place}: each") for index, text in line.each.items()}
    where = parse(line.where, f"{place}: where") if line.where else None
    formula = parse(line.line, place)
    for tree in (formula, *([where] if where else []), *each.values()):
        check_names(tree, known.keys() | each.keys(), place)
    if not isinstance(where, ast.Compare | None):
        raise BadInput(f"{place}: where: found {line.where!r}, expected a relation such as 0 <= x < 1")
    return Read(formula, where, each)


def rows(exercise: int, derivation: Derivation) -> Iterator[dict[str, Any]]:
    """The definitions that are worth showing, and each line with its check; columns as in `derivations.COLUMNS`."""
    known = definitions(derivation.let, f"exercise {exercise}")
    typeset = Typesetter({name: definition.parameters for name, definition in known.items()})
    shown = {name: definition for name, definition in known.items() if size(definition.formula) is None}
    yield from ({"exercise": exercise, "latex": latex} for latex in typeset.definitions(shown))
    for number, line in enumerate(derivation.lines, 1):
        place = f"exercise {exercise}, line {number}"
        trees = read(line, known, place)
        code, text = next(iter(line.code.items()), ("", ""))
        yield {
            "exercise": exercise,
            "line": number,
            "latex": typeset.line(trees.formula, trees.where, trees.each),
            "says": line.says,
            "code": code,
            "text": text,
            **check(trees, known, line.within, place)._asdict(),
        }


def check(trees: Read, known: Mapping[str, Definition], within: float | None, place: str) -> Check:
    """Check a line.

    Raises:
        BadInput: it is neither proven nor refuted.
    """
    at, gaps = sizes(trees, known), []
    try:
        for scope, local in cases(trees, known):
            if not isinstance(trees.formula, ast.Compare):
                if not scope.value(trees.formula, local):
                    return Check("wrong", method(trees.formula) + at)
                continue
            for relation, a, b in scope.relations(trees.formula, local):
                if within is not None or computed(a) or computed(b):
                    gaps.append(float(abs(sp.N(a - b, 30) / sp.N(b, 30))))
                if not (gaps[-1] <= within if within is not None else true(relation, a, b)):
                    return Check("wrong", method(trees.formula) + at)
    except Undecided as error:
        raise BadInput(f"{place}: is neither proven nor refuted ({error})") from error
    except (ValueError, TypeError, IndexError, AttributeError) as error:
        return Check("wrong", f"does not fit: {error}")
    if gaps:
        return Check("checked", f"with 20 digits{at}", max(gaps), RESIDUAL if within else MARGIN)
    return Check("proven", method(trees.formula) + at)


def computed(value: Value) -> bool:
    """Whether it has been computed with digits."""
    return isinstance(value, sp.Basic) and value.has(sp.Float)


def cases(trees: Read, known: Mapping[str, Definition]) -> Iterator[tuple[Scope, Mapping[str, Value]]]:
    """Each combination of the indices' values, with the names that `where` is about replaced."""
    plain = Scope(known)
    locals_: list[dict[str, Value]] = [{}]
    for index, values in trees.each.items():
        locals_ = [{**local, index: value} for local in locals_ for value in plain.value(values, local)]
    for local in locals_:
        if trees.where is None:
            yield plain, local
        else:
            yield from ((Scope(known, replaced), local) for replaced in inside(trees.where, plain, local))


def inside(where: ast.Compare, scope: Scope, local: Mapping[str, Value]) -> Iterator[dict[str, Value]]:
    """The name in `where` with a value that stands for all of the inside of its interval, and with each end."""
    sides = [where.left, *where.comparators]
    name = ast.unparse(sides[1 if len(sides) > 2 else 0])
    t = sp.Dummy("t", positive=True)
    if isinstance(where.ops[0], ast.Eq):
        yield {name: scope.value(sides[1], local)}
        return
    ends: dict[bool, Value] = {}  # by whether it is the upper one
    for operator, left, right in zip(where.ops, sides[:-1], sides[1:], strict=True):
        upper = isinstance(operator, ast.Lt | ast.LtE) == (ast.unparse(left) == name)
        ends[upper] = scope.value(right if ast.unparse(left) == name else left, local)
        if isinstance(operator, ast.LtE | ast.GtE):
            yield {name: ends[upper]}
    if len(ends) > 1:
        yield {name: (ends[False] + ends[True] * t) / (1 + t)}
    else:
        yield {name: ends[True] - t if True in ends else ends[False] + t}


def true(relation: Callable[[Value, Value], bool], a: Value, b: Value) -> bool:
    """Whether a relation is true for all values of the symbols.

    Raises:
        Undecided: SymPy can neither prove nor refute it.
    """
    try:
        return relation(a, b)
    except Undecided:
        if refuted(relation, a, b):
            return False
        raise


def method(formula: ast.expr) -> str:
    """How such a line is proven or refuted, in a few words."""
    if not isinstance(formula, ast.Compare):
        return "by exact minors"
    if all(isinstance(operator, ast.Eq) for operator in formula.ops):
        return "as an identity"
    return "by the signs of all factors"


def sizes(trees: Read, known: Mapping[str, Definition]) -> str:
    """The sizes at which a line is checked: the whole numbers that its names are defined by."""
    waiting: list[ast.AST] = [tree for tree in (trees.formula, trees.where, *trees.each.values()) if tree]
    reached: set[str] = set()
    while waiting:
        names = {node.id for node in ast.walk(waiting.pop()) if isinstance(node, ast.Name)} & known.keys() - reached
        reached |= names
        waiting += [known[name].formula for name in names]
    found = [(name, size(formula)) for name, (_, formula) in known.items() if name in reached]
    shown = ", ".join(f"{name} = {value}" for name, value in found if value is not None)
    return f" at {shown}" if shown else ""


def size(formula: ast.expr) -> str | None:
    """The whole number, or the list of numbers by an index, that a definition consists of."""
    match formula:
        case ast.Constant(value=int(number)):
            return str(number)
        case ast.Subscript(value=ast.List() as numbers):
            return ast.unparse(numbers)
    return None

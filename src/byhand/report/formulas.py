"""Formulas as data: restricted Python expressions, evaluated by SymPy on explicit entries.

A derivation's names are bound to definitions, which are formulas too: `W1: real(K, D)` declares symbols, `N: 2` is a
size at which the formulas are checked, `z(i): W1 @ x(i) + b1` is a function. Nothing but what is listed here can be
said, so a formula cannot do anything but compute.

`@` is the product of matrices, and a product that is 1×1 is a number. Vectors, which have one column or one row, are
otherwise taken entry by entry, as in the code: 1 − h**2. Entries count from 1: A[1, 2]. diff(J, W1) has the shape of
W1. The derivative by what is defined, such as diff(J, z(i)), is that of J as a function of z(i): everything computed
from it takes it as a variable.
"""

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

import sympy as sp

from byhand.errors import BadInput
from byhand.report.operations import (
    BINARY,
    CONSTANTS,
    DECLARED,
    FUNCTIONS,
    RELATIONS,
    Undecided,
    Value,
    derivative,
    equal,
    jacobian,
    symbolic,
    symbols,
)

ALLOWED = (
    ast.BinOp, ast.UnaryOp, ast.Compare, ast.Call, ast.Name, ast.Constant, ast.Attribute, ast.Subscript, ast.List,
    ast.Tuple, ast.IfExp, ast.GeneratorExp, ast.comprehension, ast.expr_context, ast.USub, ast.Not, *BINARY, *RELATIONS,
)  # fmt: skip
"""The nodes of a formula's syntax tree."""

DERIVATIVES: dict[str, Callable[[Value, Value], Value]] = {"diff": derivative, "jacobian": jacobian}
"""The functions whose second argument may be what is defined."""

CALLED = {*FUNCTIONS, *DERIVATIVES}
"""The functions, all of which may be used in any formula."""


class Definition(NamedTuple):
    """name(parameters): formula."""

    parameters: tuple[str, ...]
    formula: ast.expr


def parse(text: str, place: str) -> ast.expr:
    """The syntax tree of a formula.

    Raises:
        BadInput: it is not an expression, or has what no formula needs; `place` says where it stands.
    """
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except SyntaxError as error:
        raise BadInput(f"{place}: {text!r} is not a formula ({error.msg})") from error
    for node in ast.walk(tree):
        transposed = not isinstance(node, ast.Attribute) or node.attr == "T"
        called = not isinstance(node, ast.Call) or (isinstance(node.func, ast.Name) and not node.keywords)
        number = not isinstance(node, ast.Constant) or type(node.value) in (int, float)
        if not (isinstance(node, ALLOWED) and transposed and called and number):
            raise BadInput(f"{place}: {(ast.unparse(node) or type(node).__name__)!r} is not allowed in a formula")
    return tree


def definitions(let: Mapping[str, str], place: str) -> dict[str, Definition]:
    """The definitions of an exercise, by name.

    Raises:
        BadInput: a key is not a name or name(parameters), or a formula cannot be used.
    """
    found = {}
    for key, text in let.items():
        match = re.fullmatch(r"([A-Za-z]\w*)(?:\((\w+(?:, \w+)*)\))?", key)
        if match is None:
            raise BadInput(f"{place}: let has {key!r}, expected a name or name(parameter, …)")
        parameters = tuple(match[2].split(", ")) if match[2] else ()
        found[match[1]] = Definition(parameters, parse(text, f"{place}: {key}"))
    for name, (parameters, formula) in found.items():
        declares = isinstance(formula, ast.Call) and ast.unparse(formula.func) in DECLARED
        for part in formula.args if isinstance(formula, ast.Call) and declares else [formula]:
            check_names(part, found.keys() | set(parameters), f"{place}: {name}")
    return found


def check_names(tree: ast.expr, known: set[str], place: str) -> None:
    """Refuse names that are neither known, nor bound by a sum, nor those of functions.

    Raises:
        BadInput: there is one.
    """
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name)]
    called = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    bound = {node.id for node in names if isinstance(node.ctx, ast.Store)}
    for node in names:
        if node.id not in known | (CALLED if node in called else bound | CONSTANTS.keys()):
            raise BadInput(f"{place}: unknown name {node.id!r}; known here: {', '.join(sorted(known))}")


Local = Mapping[str, Value]
"""The values of the names that a sum or a definition's parameters bind."""


class Scope:
    """The names of an exercise and their values; `replaced` has values that names take instead."""

    def __init__(self, known: Mapping[str, Definition], replaced: Mapping[str, Value] | None = None) -> None:
        self.known = known
        self.replaced = dict(replaced or {})
        self._variables: dict[tuple[str, tuple[Value, ...]], Value] = {}
        self._cache: dict[tuple[Value, ...], Value] = {}

    def look_up(self, name: str, arguments: tuple[Value, ...] = ()) -> Value:
        """The value of a definition."""
        if not arguments and name in self.replaced:
            return self.replaced[name]
        if (name, arguments) in self._variables:
            return self._variables[name, arguments]
        key = (name, arguments, *self._variables.values())
        if key not in self._cache:
            parameters, formula = self.known[name]
            if len(parameters) != len(arguments):
                raise TypeError(f"{name} takes {len(parameters)} arguments, found {len(arguments)}")
            local = dict(zip(parameters, arguments, strict=True))
            if isinstance(formula, ast.Call) and ast.unparse(formula.func) in DECLARED:
                shape = [int(self.value(size, local)) for size in formula.args]
                label = "".join([name, *(f"({argument})" for argument in arguments)])
                self._cache[key] = symbols(label, shape, **DECLARED[ast.unparse(formula.func)])
            else:
                self._cache[key] = self.value(formula, local)
        return self._cache[key]

    def value(self, tree: ast.expr, local: Local = MappingProxyType({})) -> Value:
        """The value of a formula.

        Raises:
            Undecided: it has a condition that SymPy cannot decide.
            TypeError, ValueError, IndexError, AttributeError: shapes do not fit, or something is no number.
        """
        return getattr(self, f"_{type(tree).__name__.lower()}")(tree, local)

    def _constant(self, tree: ast.Constant, local: Local) -> Value:
        return sp.Rational(str(tree.value))

    def _name(self, tree: ast.Name, local: Local) -> Value:
        if tree.id in CONSTANTS:
            return CONSTANTS[tree.id]
        return local[tree.id] if tree.id in local else self.look_up(tree.id)

    def _binop(self, tree: ast.BinOp, local: Local) -> Value:
        return BINARY[type(tree.op)](self.value(tree.left, local), self.value(tree.right, local))

    def _unaryop(self, tree: ast.UnaryOp, local: Local) -> Value:
        operand = self.value(tree.operand, local)
        return not operand if isinstance(tree.op, ast.Not) else -operand

    def _compare(self, tree: ast.Compare, local: Local) -> Value:
        relations = self.relations(tree, local)
        true = all(relation(a, b) for relation, a, b in relations)
        if not true and any(relation is equal and symbolic(a - b) for relation, a, b in relations):
            raise Undecided(f"whether {ast.unparse(tree)}, which is true of some values")
        return true

    def _ifexp(self, tree: ast.IfExp, local: Local) -> Value:
        return self.value(tree.body if self.value(tree.test, local) else tree.orelse, local)

    def _attribute(self, tree: ast.Attribute, local: Local) -> Value:
        value = self.value(tree.value, local)
        return value.T if isinstance(value, sp.MatrixBase) else value

    def _subscript(self, tree: ast.Subscript, local: Local) -> Value:
        places = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
        indices = [int(self.value(place, local)) - 1 for place in places]
        return self.value(tree.value, local)[tuple(indices) if len(indices) > 1 else indices[0]]

    def _list(self, tree: ast.List, local: Local) -> Value:
        rows = [row.elts if isinstance(row, ast.List) else [row] for row in tree.elts]
        return sp.ImmutableMatrix([[self.value(entry, local) for entry in row] for row in rows])

    def _generatorexp(self, tree: ast.GeneratorExp, local: Local) -> Value:
        return [self.value(tree.elt, inner) for inner in self.bound(tree.generators, local)]

    def _call(self, tree: ast.Call, local: Local) -> Value:
        name = ast.unparse(tree.func)
        if name in DERIVATIVES:
            what, by = tree.args
            return self.differentiated(DERIVATIVES[name], what, by, local)
        values = tuple(self.value(argument, local) for argument in tree.args)
        return FUNCTIONS[name](*values) if name in FUNCTIONS and name not in self.known else self.look_up(name, values)

    def relations(self, tree: ast.Compare, local: Local) -> list[tuple[Callable[[Value, Value], bool], Value, Value]]:
        """The relations of a chain a = b < c, each with its two sides."""
        sides = [self.value(side, local) for side in (tree.left, *tree.comparators)]
        return [
            (RELATIONS[type(operator)], a, b) for operator, a, b in zip(tree.ops, sides[:-1], sides[1:], strict=True)
        ]

    def bound(self, generators: Sequence[ast.comprehension], local: Local) -> Iterator[Local]:
        """`local` with each combination of the values that `for i in range(…) if …` gives."""
        if not generators:
            yield local
            return
        first, *others = generators
        for value in self.value(first.iter, local):
            inner = {**local, ast.unparse(first.target): value}
            if all(self.value(test, inner) for test in first.ifs):
                yield from self.bound(others, inner)

    def differentiated(
        self, function: Callable[[Value, Value], Value], what: ast.expr, by: ast.expr, local: Local
    ) -> Value:
        """The derivative of one formula by another, which is a symbol, symbols, or something that is defined."""
        true_value = self.value(by, local)
        entries = list(true_value) if isinstance(true_value, sp.MatrixBase) else [true_value]
        if all(isinstance(entry, sp.Symbol) for entry in entries):
            return function(self.value(what, local), true_value)
        match by:
            case ast.Name(id=name):
                key: tuple[str, tuple[Value, ...]] = (name, ())
            case ast.Call(func=ast.Name(id=name), args=arguments) if name in self.known:
                key = (name, tuple(self.value(argument, local) for argument in arguments))
            case _:
                raise TypeError(f"the derivative by {ast.unparse(by)}, which is neither a symbol nor defined")
        free = [sp.Dummy(real=True) for _ in entries]
        variable = sp.ImmutableMatrix(*true_value.shape, free) if isinstance(true_value, sp.MatrixBase) else free[0]
        self._variables[key] = variable
        try:
            found = function(self.value(what, local), variable)
        finally:
            del self._variables[key]
        return found.subs(dict(zip(free, entries, strict=True)))

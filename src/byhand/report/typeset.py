"""A formula of a derivation as LaTeX, from the same syntax tree that is checked.

`W1` is W₁, `yhat` is ŷ, `lambda_max` is λ_max, `w_star` is w*, `sigma_squared` is σ². A defined function of one index,
such as delta(i), is shown with a subscript, any other with its arguments. Nothing heavy is imported.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence

GREEK = {
    "alpha", "beta", "gamma", "delta", "epsilon", "eta", "theta", "lambda", "mu", "nu", "xi", "pi", "rho", "sigma",
    "tau", "phi", "chi", "psi", "omega", "Delta", "Sigma", "Lambda", "Phi",
}  # fmt: skip
INDICES = {"i", "j", "k", "l", "m", "n"}
"""The names of parameters that make a function a sequence."""
ABOVE = {"star": "*", "squared": "2"}
SPELLED = {"oo": r"\infty", "lam": r"\lambda", "ell": r"\ell", "Loss": r"\mathcal{L}"}

ADD, HADAMARD, MULTIPLY, POWER, ATOM = range(5)
"""How tightly an operation binds."""

SHOWN = {
    "tanh": r"\tanh(#1)",
    "sign": r"\operatorname{sign}(#1)",
    "abs": r"\left| #1 \right|",
    "relu": r"\operatorname{ReLU}(#1)",
    "sqrt": r"\sqrt{#1}",
    "exp": r"e^{#1}",
    "log": r"\ln(#1)",
    "norm2": r"\left\| #1 \right\|^{2}",
    "dot": r"\langle #1, #2 \rangle",
    "total": r"𝟏^{\top} \, #1",
    "diag": r"\operatorname{diag}(#1)",
    "eye": "I",
    "zeros": "𝟎",
    "ones": "𝟏",
    "det": r"\det(#1)",
    "rank": r"\operatorname{rank}(#1)",
    "trace": r"\operatorname{tr}(#1)",
    "eigenvalues": r"\lambda(#1)",
    "limit": r"\underset{#2 \to #3}{\lim} #1",
    "integral": r"\int_{#3}^{#4} #1 \, d#2",
    "E": r"\mathbb{E}_{#2} [ #1 ]",
    "min": r"\min(#*)",
    "max": r"\max(#*)",
    "onehot": r"\operatorname{onehot}(#1)",
    "mod": r"#1 \bmod #2",
    "ceiling": r"\lceil #1 \rceil",
    "rows": r"(#1)",
    "hadamard": r"#1 \odot #2",
    "positive_definite": r"#1 \succ 0",
    "inverse": r"(#1)^{-1}",
}
"""LaTeX of functions, as a macro of TeX: #1 is the first argument; #* stands for all."""

DOMAINS = {"real": r"\mathbb{R}", "positive": r"\mathbb{R}_{\gt 0}", "integer": r"\mathbb{N}"}
"""What declares symbols, and the numbers that they stand for."""
BINDS = {
    "hadamard": HADAMARD, "limit": MULTIPLY, "integral": MULTIPLY, "total": MULTIPLY, "positive_definite": ADD,
    "mod": ADD, "sqrt": POWER, "exp": POWER,
}  # fmt: skip
"""The functions whose LaTeX is no atom."""
OPEN = {"hadamard", "limit", "integral", "total", "positive_definite", "mod"}
"""Those of them that do not enclose their first argument."""
RELATIONS = {ast.Eq: "=", ast.Lt: r"\lt", ast.LtE: r"\leq", ast.Gt: r"\gt", ast.GtE: r"\geq"}


def name(text: str) -> str:
    r"""W1 as W_{1}, yhat as \hat{y}, lambda_max as \lambda_{\max}, w_star as w^{*}."""
    base, _, below = text.partition("_")
    if match := re.fullmatch(r"([A-Za-z]+?)(\d+)", base):
        base, below = match[1], match[2] + below
    if base.endswith("hat") and base != "hat":
        shown = rf"\hat{{{name(base[:-3])}}}"
    else:
        word = rf"\{base}" if base in GREEK else base if len(base) == 1 else rf"\operatorname{{{base}}}"
        shown = SPELLED.get(base, word)
    if below in ABOVE:
        return f"{shown}^{{{ABOVE[below]}}}"
    if below in ("max", "min") or below in GREEK:
        below = rf"\{below}"
    elif len(below) > 1 and below.isalpha():
        below = rf"\text{{{below}}}"
    return rf"{shown}_{{{below}}}" if below else shown


class Typesetter:
    """LaTeX of formulas, given the parameters of the functions that are defined."""

    def __init__(self, parameters: Mapping[str, Sequence[str]]) -> None:
        self.parameters = parameters

    def latex(self, tree: ast.expr, within: int = ADD) -> str:
        """The formula, in brackets where it binds less tightly than what it stands in."""
        shown, binds = getattr(self, f"_{type(tree).__name__.lower()}")(tree)
        return shown if binds >= within else f"( {shown} )"

    def all(self, trees: Sequence[ast.expr]) -> str:
        """Several formulas with commas between them."""
        return ", ".join(map(self.latex, trees))

    def line(self, formula: ast.expr, where: ast.expr | None, each: Mapping[str, ast.expr]) -> str:
        """A line of a derivation: its formula, then what it is true for."""
        shown = [self.latex(formula)]
        shown += [self.latex(where)] if where else []
        for index, values in each.items():
            shown.append(listed(self.runs_through(index, values)))
        return r", \quad ".join(shown)

    def definitions(self, known: Mapping[str, tuple[Sequence[str], ast.expr]]) -> Iterator[str]:
        """Definitions: first what is declared, all of one kind together, as W and V, matrices of K × D numbers."""
        declared: dict[str, list[str]] = {}
        defined: list[str] = []
        for called, (parameters, formula) in known.items():
            left = (
                self.defined(called, [ast.Name(parameter) for parameter in parameters]) if parameters else name(called)
            )
            kind = ast.unparse(formula.func) if isinstance(formula, ast.Call) else ""
            if kind in DOMAINS and isinstance(formula, ast.Call):
                sizes = r" \times ".join(map(self.latex, formula.args))
                declared.setdefault(rf"{DOMAINS[kind]}^{{{sizes}}}" if sizes else DOMAINS[kind], []).append(left)
            elif kind != "eye":  # I is known as the identity matrix
                defined.append(f"{left} \\coloneqq {self.latex(formula)}")
        yield from (rf"{', '.join(names)} \in {domain}" for domain, names in declared.items())
        yield from defined

    def _constant(self, tree: ast.Constant) -> tuple[str, int]:
        return str(tree.value), ATOM

    def _name(self, tree: ast.Name) -> tuple[str, int]:
        return name(tree.id), ATOM

    def _binop(self, tree: ast.BinOp) -> tuple[str, int]:
        left, right = tree.left, tree.right
        match tree.op:
            case ast.Div():
                return rf"\frac{{{self.latex(left)}}}{{{self.latex(right)}}}", MULTIPLY
            case ast.Pow():
                return self.power(left, self.latex(right)), POWER
            case ast.Add():
                return f"{self.latex(left)} + {self.latex(right)}", ADD
            case ast.Sub():
                return f"{self.latex(left)} - {self.latex(right, MULTIPLY)}", ADD
        grouped = isinstance(right, ast.BinOp) and isinstance(right.op, ast.MatMult)  # A (B C)
        second = self.latex(right, POWER if grouped else HADAMARD if is_sum(right) else MULTIPLY)
        number = isinstance(right, ast.Constant) or (isinstance(right, ast.BinOp) and second[0].isdigit())
        sign = r"\cdot" if number else r"\,"
        return f"{self.latex(left, MULTIPLY)} {sign} {second}", MULTIPLY

    def power(self, base: ast.expr, exponent: str) -> str:
        """A power; that of tanh(z) is tanh²(z)."""
        if isinstance(base, ast.Call) and ast.unparse(base.func) == "tanh":
            return rf"\tanh^{{{exponent}}}({self.all(base.args)})"
        shown = self.latex(base, ATOM)
        bare = "^" not in shown or shown.startswith("( ")
        return f"{shown}^{{{exponent}}}" if bare else f"( {shown} )^{{{exponent}}}"

    def _unaryop(self, tree: ast.UnaryOp) -> tuple[str, int]:
        if isinstance(tree.op, ast.Not):
            return rf"\text{{not }} {self.latex(tree.operand)}", ADD
        return f"-{self.latex(tree.operand, MULTIPLY)}", ADD

    def _compare(self, tree: ast.Compare) -> tuple[str, int]:
        shown = [self.latex(tree.left)]
        for operator, side in zip(tree.ops, tree.comparators, strict=True):
            shown += [RELATIONS[type(operator)], self.latex(side)]
        return " ".join(shown), ADD

    def _ifexp(self, tree: ast.IfExp) -> tuple[str, int]:
        cases = []
        rest: ast.expr = tree
        while isinstance(rest, ast.IfExp):
            cases.append(rf"{self.latex(rest.body)} & {self.latex(rest.test)}")
            rest = rest.orelse
        cases.append(rf"{self.latex(rest)} & \text{{else}}")
        return " ".join([r"\begin{cases}", r" \\ ".join(cases), r"\end{cases}"]), ATOM

    def _attribute(self, tree: ast.Attribute) -> tuple[str, int]:
        return self.power(tree.value, r"\top"), POWER

    def _subscript(self, tree: ast.Subscript) -> tuple[str, int]:
        places = tree.slice.elts if isinstance(tree.slice, ast.Tuple) else [tree.slice]
        base = self.latex(tree.value)
        return f"{base if len(base) == 1 else f'( {base} )'}_{{{self.all(places)}}}", ATOM

    def _list(self, tree: ast.List) -> tuple[str, int]:
        rows = [row.elts if isinstance(row, ast.List) else [row] for row in tree.elts]
        entries = r" \\ ".join(" & ".join(map(self.latex, row)) for row in rows)
        return rf"\begin{{pmatrix}} {entries} \end{{pmatrix}}", ATOM

    def _call(self, tree: ast.Call) -> tuple[str, int]:
        called, arguments = ast.unparse(tree.func), tree.args
        if called in self.parameters:
            return self.defined(called, arguments), ATOM
        if arguments and isinstance(arguments[0], ast.GeneratorExp):
            return self.quantified(called, arguments[0])
        if called in ("diff", "jacobian"):
            return self.derivative(*arguments), MULTIPLY
        binds = BINDS.get(called, ATOM)
        shown = SHOWN[called].replace("#*", self.all(arguments))
        for place, argument in enumerate(arguments, 1):
            within = max(binds, HADAMARD) if called in OPEN and (place == 1 or called == "hadamard") else ADD
            shown = shown.replace(f"#{place}", self.latex(argument, within))
        return shown, binds

    def derivative(self, what: ast.expr, by: ast.expr) -> str:
        """∂J/∂W, or ∂/∂W before what is longer."""
        if isinstance(what, ast.Name) or (isinstance(what, ast.Call) and ast.unparse(what.func) in self.parameters):
            return rf"\frac{{\partial {self.latex(what)}}}{{\partial {self.latex(by)}}}"
        return rf"\frac{{\partial}}{{\partial {self.latex(by)}}} {self.latex(what, MULTIPLY)}"

    def defined(self, called: str, arguments: Sequence[ast.expr]) -> str:
        """What is defined: h_i for h(i), and C(i, j)."""
        base = name(called)
        if len(arguments) == 1 and self.parameters[called][0] in INDICES and "_" not in base:
            return f"{base}_{{{self.all(arguments)}}}"
        return f"{base}({self.all(arguments)})"

    def quantified(self, called: str, tree: ast.GeneratorExp) -> tuple[str, int]:
        """A sum, minimum or maximum, or the rows of a matrix, over what a name runs through."""
        over = [self.runs_through(ast.unparse(loop.target), loop.iter) for loop in tree.generators]
        if called == "sum":
            signs = " ".join(rf"\sum_{{{first}}}" + (f"^{{{last}}}" if last else "") for first, last in over)
            return f"{signs} {self.latex(tree.elt, MULTIPLY)}", HADAMARD
        shown, below = self.latex(tree.elt), ", ".join(map(listed, over))
        if called == "rows":
            return f"( {shown} )_{{{below}}}", ATOM
        return rf"\{called}_{{{below}}} ( {shown} )", MULTIPLY

    def _generatorexp(self, tree: ast.GeneratorExp) -> tuple[str, int]:
        over = [listed(self.runs_through(ast.unparse(loop.target), loop.iter)) for loop in tree.generators]
        return rf"\{{ {self.latex(tree.elt)} : {', '.join(over)} \}}", ATOM

    def runs_through(self, index: str, values: ast.expr) -> tuple[str, str]:
        """For i in range(1, N + 1): i = 1, and N; for a in T: that it is in T, and nothing."""
        if not (isinstance(values, ast.Call) and ast.unparse(values.func) == "range"):
            return rf"{name(index)} \in {self.latex(values)}", ""
        first, last = values.args if len(values.args) > 1 else (ast.Constant(0), values.args[0])
        return f"{name(index)} = {self.latex(first)}", self.latex(before(last))


def listed(over: tuple[str, str]) -> str:
    """What `runs_through` has found, in a row: i = 1, …, N."""
    first, last = over
    return rf"{first}, \ldots, {last}" if last else first


def is_sum(tree: ast.expr) -> bool:
    """Whether it is Σ, which reaches as far to the right as the product that it is a factor of."""
    return isinstance(tree, ast.Call) and ast.unparse(tree.func) == "sum"


def before(tree: ast.expr) -> ast.expr:
    """The whole number before another: N before N + 1, k - 1 before k."""
    match tree:
        case ast.Constant(value=int(number)):
            return ast.Constant(number - 1)
        case ast.BinOp(left=left, op=ast.Add(), right=ast.Constant(value=1)):
            return left
        case ast.BinOp(left=left, op=ast.Add(), right=ast.Constant(value=int(number))):
            return ast.BinOp(left, ast.Add(), ast.Constant(number - 1))
        case ast.BinOp(left=left, op=ast.Sub(), right=ast.Constant(value=int(number))):
            return ast.BinOp(left, ast.Sub(), ast.Constant(number + 1))
    return ast.BinOp(tree, ast.Sub(), ast.Constant(1))

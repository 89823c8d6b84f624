"""Which code a step really uses, as one short hash that changes when, and only when, that code does.

A step's code is its own module and every module of `byhand` that it imports, directly or through others. Each module
counts as its syntax tree without docstrings, written out again, so comments, docstrings, blank lines and line
breaks do not count, and neither does anything outside `src`. Snakemake by itself notices an edit in a script that
it runs, but not in a module that the script imports.

Only the standard library is used: every run of `snakemake` imports this while it reads the Snakefile.
"""

import ast
import hashlib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
PACKAGE = __name__.partition(".")[0]


def code(module: str) -> str:
    """Fingerprint of a step: 16 hexadecimal digits over the code of `module` and of all that it imports.

    Raises:
        ModuleNotFoundError: there is no such module in `src`.
        SyntaxError: one of the modules is not valid Python.
    """
    if _path(module) is None:
        raise ModuleNotFoundError(f"no module {module} under {SOURCE}")
    digest = hashlib.sha256()
    for name in sorted(modules(module)):
        digest.update(f"{name}\0{_normalised(name)}\0".encode())
    return digest.hexdigest()[:16]


def modules(module: str) -> set[str]:
    """The names of all modules of the package that importing `module` brings in, itself and parents included."""
    found: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name not in found and _path(name) is not None:
            found.add(name)
            waiting += _imports(name)
    return found


@cache
def _path(module: str) -> Path | None:
    base = SOURCE.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


@cache
def _tree(module: str) -> ast.Module:
    path = _path(module)
    assert path is not None, module
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@cache
def _imports(module: str) -> list[str]:
    """Every name that might be a module: for `from a.b import c` these are a, a.b and a.b.c."""
    names = [module]
    for node in _blocks(_tree(module)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, module)
            names += [base, *(f"{base}.{alias.name}" for alias in node.names)]
    parts = [name.split(".") for name in names if name.split(".")[0] == PACKAGE]
    return [".".join(part[:length]) for part in parts for length in range(1, len(part) + 1)]


def _blocks(node: ast.AST) -> Iterator[ast.AST]:
    """All statements under a node; expressions, which are most of a tree, hold neither imports nor docstrings."""
    for name in ("body", "orelse", "handlers", "finalbody", "cases"):
        for inner in getattr(node, name, ()):
            yield inner
            yield from _blocks(inner)


def _absolute(node: ast.ImportFrom, module: str) -> str:
    if not node.level:
        return node.module or ""
    path = _path(module)
    package = module.split(".") if path is not None and path.name == "__init__.py" else module.split(".")[:-1]
    package = package[: len(package) - node.level + 1]
    return ".".join([*package, *([node.module] if node.module else [])])


@cache
def _normalised(module: str) -> str:
    tree = _tree(module)
    for node in [tree, *_blocks(tree)]:
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and (
            ast.get_docstring(node, clean=False) is not None
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)

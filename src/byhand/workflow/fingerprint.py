"""Which code a step really uses, as one short hash that changes when, and only when, that code does.

A step's code is its own module and every module of `byhand` that it imports, directly or through others. (A module
that is imported by a computed name must be passed to `code` as well.) Each module
counts as its syntax tree without docstrings, written out again, so comments, docstrings, blank lines and line
breaks do not count, and neither does anything outside `src`. Snakemake by itself notices an edit in a script that
it runs, but not in a module that the script imports.

Only the standard library is used: every run of `snakemake` imports this while it reads the Snakefile.
"""

import ast
import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
PACKAGE = __name__.partition(".")[0]
CACHE = Path(".snakemake", "fingerprints.json")
"""The analysis of each file under the checksum of its content, since parsing all code at every start takes too long."""


def code(*of: str) -> str:
    """Fingerprint of modules, such as a step: 16 hexadecimal digits over their code and that of all that they import.

    Raises:
        ModuleNotFoundError: there is no such module in `src`.
        SyntaxError: one of the modules is not valid Python.
    """
    if missing := [module for module in of if _path(module) is None]:
        raise ModuleNotFoundError(f"no module {missing[0]} under {SOURCE}")
    digest = hashlib.sha256()
    for name in sorted(modules(*of)):
        digest.update(f"{name}\0{_analysed(name)[0]}\0".encode())
    return digest.hexdigest()[:16]


def code_if_any(module: str) -> str:
    """The fingerprint of a module that a step imports by a computed name; empty if there is none."""
    return code(module) if _path(module) else ""


def of_notebook(path: Path) -> list[str]:
    """The fingerprints of all that the code of a Jupyter notebook imports from the package."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code_cells = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
    return [code(name) for name in sorted(set(_imports(ast.parse("\n".join(code_cells)), ""))) if _path(name)]


def modules(*of: str) -> set[str]:
    """The names of all modules of the package that importing these brings in, themselves and parents included."""
    reached: set[str] = set()
    waiting = list(of)
    while waiting:
        name = waiting.pop()
        if name not in reached and _path(name) is not None:
            reached.add(name)
            waiting += _analysed(name)[1]
    return reached


def save() -> None:
    """Keep the analysis for the next start, if any of it is new. Where nothing can be written, nothing is kept."""
    if _known().keys() != _used.keys():
        temporary = CACHE.with_name(f"{CACHE.name}.{os.getpid()}")
        with contextlib.suppress(OSError):
            temporary.write_text(json.dumps(_used), encoding="utf-8")
            temporary.replace(CACHE)


@cache
def _path(module: str) -> Path | None:
    base = SOURCE.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


_used: dict[str, tuple[str, list[str]]] = {}


@cache
def _known() -> dict[str, tuple[str, list[str]]]:
    try:
        kept = json.loads(CACHE.read_text(encoding="utf-8"))
        return {key: (str(checksum), list(imports)) for key, (checksum, imports) in kept.items()}
    except (OSError, ValueError, TypeError, AttributeError):  # none yet, or not what was written
        return {}


@cache
def _analysed(module: str) -> tuple[str, list[str]]:
    """The checksum of a module's code, and every name in it that might be an imported module."""
    path = _path(module)
    assert path is not None, module
    source = path.read_bytes()
    # The same text may be parsed differently by another Python, or by another version of this module.
    key = hashlib.sha256(b"\0".join([module.encode(), _reader(), source])).hexdigest()
    if key in _known():
        _used[key] = _known()[key]
    else:
        tree = ast.parse(source, filename=str(path))
        imports = sorted(set(_imports(tree, module)))
        _used[key] = hashlib.sha256(_normalised(tree).encode()).hexdigest(), imports
    return _used[key]


@cache
def _reader() -> bytes:
    return f"{sys.version_info}".encode() + Path(__file__).read_bytes()


def _imports(tree: ast.Module, module: str) -> list[str]:
    """For `from a.b import c` these are a, a.b and a.b.c."""
    names = [module]
    for node in _blocks(tree):
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


def _normalised(tree: ast.Module) -> str:
    for node in [tree, *_blocks(tree)]:
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and (
            ast.get_docstring(node, clean=False) is not None
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)

"""The configuration, checked once against its schema; what is wrong is said in one line.

Imported while Snakemake reads the Snakefile, so nothing heavy is imported here.
"""

import difflib
import math
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError, best_match

from byhand.errors import BadInput

P = ParamSpec("P")
T = TypeVar("T")

FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's loader where it is installed: every run of Snakemake waits for it."""

DATA_HOME = "BYHAND_DATA_HOME"
"""Environment variable that takes precedence over `data.home`."""


def validated(config: Mapping[str, Any], schema: Path) -> dict[str, Any]:
    """The configuration, if it is one that the schema allows.

    Raises:
        BadInput: the first thing that is wrong: which key, what was found, what is allowed.
    """
    allowed = yaml.load(schema.read_text(encoding="utf-8"), FAST)  # noqa: S506  it is a SafeLoader
    if (error := best_match(Draft202012Validator(allowed).iter_errors(config))) is not None:
        raise BadInput(f"config: {_told(error, allowed['$defs'])}")
    for key, value in _leaves(config):
        if isinstance(value, float) and not math.isfinite(value):  # JSON Schema has no word for it
            raise BadInput(f"config: {_key(key)}: found {value}, expected a finite number")
    return dict(config)


def or_exit(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call the function; end the process with the one line of `BadInput` where a traceback would bury it."""
    try:
        return function(*args, **kwargs)
    except BadInput as error:
        sys.exit(str(error))


def data_home(config: Mapping[str, Any]) -> str:
    """The folder of the data sets' caches: the environment variable, else `data.home`; empty if neither names one.

    Raises:
        BadInput: there is no such folder, or its name has braces.
    """
    variable = os.environ.get(DATA_HOME)
    home = os.path.expanduser(variable or config["data"]["home"] or "")
    if home and not os.path.isdir(home):
        raise BadInput(
            f"{DATA_HOME if variable else 'config: data.home'}: found {home!r}, expected a folder that exists"
        )
    check_name(Path(home))
    return home


def check_name(folder: Path) -> None:
    """Refuse a folder in whose name Snakemake would look for wildcards.

    Raises:
        BadInput: its name has braces.
    """
    if set("{}") & set(str(folder)):
        raise BadInput(f"{folder}: expected a folder's name without braces, which are wildcards to Snakemake")


def check_file(path: Path) -> None:
    """Refuse a configuration file that YAML would misread or reject at length.

    Raises:
        BadInput: no such file, no YAML, no mapping, or a key twice in one mapping (YAML keeps the last, silently).
    """
    try:
        found = yaml.load(path.read_text(encoding="utf-8"), _UniqueKeys)  # noqa: S506  it is a SafeLoader
    except OSError as error:
        raise BadInput(f"{path.name}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path.name}: byte {error.start} is not UTF-8 text") from error
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise BadInput(f"{path.name}: {line}{error.problem}") from error
    except yaml.YAMLError as error:
        raise BadInput(f"{path.name}: {' '.join(str(error).split())}") from error
    if not isinstance(found, dict):
        raise BadInput(f"{path.name}: found {_short(found)}, expected a mapping of sections to their values")


class _UniqueKeys(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            if key_node.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key_node.value} stands here a second time", problem_mark=key_node.start_mark
                )
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)


def _told(error: ValidationError, definitions: Mapping[str, Any]) -> str:
    """One line: key, found, expected."""
    key = _key(error.absolute_path)
    instance: Any = error.instance
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    allowed: Any = error.validator_value
    match error.validator:
        case "additionalProperties":
            known = list(schema.get("properties", {}))
            unknown = next(name for name in instance if name not in known)
            close = difflib.get_close_matches(str(unknown), known, n=1)
            guess = f" (did you mean {close[0]}?)" if close else ""
            return f"{_key([*error.absolute_path, unknown])}: unknown key{guess}; known here: {', '.join(known)}"
        case "required":
            missing = next(name for name in allowed if name not in instance)
            about = schema["properties"][missing]
            about = definitions[about["$ref"].rpartition("/")[2]] if "$ref" in about else about
            return f"{_key([*error.absolute_path, missing])}: missing, expected {about['description']}"
        case _:
            expected = schema.get("description") or f"{error.validator} {_short(allowed)}"
            return f"{key}: found {_short(instance)}, expected {expected}"


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    items: Iterable[tuple[Any, Any]] = ()
    if isinstance(value, Mapping):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    else:
        yield path, value
    for key, item in items:
        yield from _leaves(item, (*path, key))


def _key(path: Sequence[Any] | Iterator[Any]) -> str:
    """A path of the document in the form a.b[2].c; `(top level)` for the document itself."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.lstrip(".") or "(top level)"


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."

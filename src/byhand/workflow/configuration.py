"""The configuration, checked once against the rooms' models; what is wrong is said in one line.

Imported while Snakemake reads the Snakefile, so nothing heavy is imported here.
"""

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import yaml
from pydantic import ValidationError

from byhand.data.settings import Data
from byhand.errors import BadInput
from byhand.gradients.settings import Gradients
from byhand.housing.settings import Housing
from byhand.initialization.settings import Initialization
from byhand.jacobian.settings import Jacobian
from byhand.least_squares.settings import LeastSquares
from byhand.relu.settings import Relu
from byhand.workflow.settings import Section, first_error, short

P = ParamSpec("P")
T = TypeVar("T")

FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's loader where it is installed: every run of Snakemake waits for it."""

DATA_HOME = "BYHAND_DATA_HOME"
"""Environment variable that takes precedence over `data.home`."""


class Configuration(Section):
    """All of `config.yaml`, a section for each room."""

    data: Data
    gradients: Gradients
    housing: Housing
    jacobian: Jacobian
    relu: Relu
    initialization: Initialization
    least_squares: LeastSquares


def validated(config: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the configuration in the order of the model, if it allows them.

    Raises:
        BadInput: the first thing that is wrong: which key, what was found, what is allowed.
    """
    try:
        return _in_order(config, Configuration.model_validate(config).model_dump())
    except ValidationError as error:
        raise BadInput(f"config: {first_error(error, Configuration)}") from error


def _in_order(values: Mapping[str, Any], of: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they were written, in the order of the model: the order in a file is nothing that reruns a step."""
    return {key: _in_order(values[key], inner) if isinstance(inner, dict) else values[key] for key, inner in of.items()}


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
        content = yaml.load(path.read_text(encoding="utf-8"), _UniqueKeys)  # noqa: S506  it is a SafeLoader
    except OSError as error:
        raise BadInput(f"{path.name}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path.name}: byte {error.start} is not UTF-8 text") from error
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise BadInput(f"{path.name}: {line}{error.problem}") from error
    except yaml.YAMLError as error:
        raise BadInput(f"{path.name}: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise BadInput(f"{path.name}: found {short(content)}, expected a mapping of sections to their values")


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

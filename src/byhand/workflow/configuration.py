"""The configuration, checked once against the rooms' models; errors are reported in one line.

Imported while Snakemake reads the Snakefile, so nothing heavy is imported here.
"""

import contextlib
import datetime
import json
import os
import re
import shlex
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from pydantic import ValidationError, create_model
from snakemake.utils import update_config

from byhand.data import layout
from byhand.errors import BadInput
from byhand.workflow.registry import ROOMS
from byhand.workflow.setting_types import Section, first_error
from byhand.workflow.yaml_files import read_yaml

P = ParamSpec("P")
T = TypeVar("T")

DATA_HOME = "BYHAND_DATA_HOME"
"""Environment variable that takes precedence over `data.home`."""


SECTIONS: Any = {name: (room.settings, ...) for name, room in ROOMS.items() if room.settings}
Configuration: type[Section] = create_model(
    "Configuration", __base__=Section, __doc__="All of `config.yaml`, a section for each room.", **SECTIONS
)


def validated(config: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the configuration in the order of the model, if it allows them.

    Raises:
        BadInput: the first thing that is wrong: which key, what was found, what is allowed.
    """
    config = plain(config)
    try:
        return _in_order(config, Configuration.model_validate(config).model_dump())
    except ValidationError as error:
        raise BadInput(f"config: {first_error(error, Configuration)}") from error


def complete(config: Mapping[str, Any], defaults: Path) -> dict[str, Any]:
    """The configuration, with defaults for what it leaves out, as when another workflow uses this one as a module.

    Raises:
        BadInput: the first thing that is wrong with it.
    """
    values = read_yaml(defaults)
    update_config(values, plain(config))
    return validated(values)


def plain(value: Any) -> Any:
    """The value as it was meant, where YAML 1.1 or Snakemake's `--config` read it as something else.

    `1e-3` is text to YAML 1.1, and so is every number inside a value of `--config`; 1000-10-10, a shape, is a date.
    """
    if isinstance(value, Mapping):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, str) and re.fullmatch(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?", value):
        return int(value) if re.fullmatch(r"[-+]?\d+", value) else float(value)
    return None if value == "null" else value


def _in_order(values: Mapping[str, Any], of: Mapping[str, Any]) -> dict[str, Any]:
    """The values as they were written, in the order of the model, so that reordering a file reruns no step.

    What a model lets one leave out stays left out.
    """
    return {
        key: _in_order(values[key], inner) if isinstance(inner, dict) else values[key]
        for key, inner in of.items()
        if key in values
    }


def differences(config: Mapping[str, Any], assignment: Path) -> list[str]:
    """Which settings differ from those in `assignment`, a partial configuration, in words."""
    return list(_differences(config, read_yaml(assignment), ""))


def _differences(
    values: Mapping[str, Any], wanted: Mapping[str, Any], prefix: str, owner: str = "the assignment's is"
) -> Iterator[str]:
    for key, value in wanted.items():
        if isinstance(value, Mapping):
            yield from _differences(values.get(key, {}), value, f"{prefix}{key}.", owner)
        elif key in values and values[key] != value:
            yield f"{prefix}{key} is {values[key]}, {owner} {value}"


def changes(config: Mapping[str, Any], results: Path) -> list[str]:
    """Which settings differ from those that the page in `results` was made with, in words; none if there is no page."""
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        record = json.loads((results / "report.json").read_text(encoding="utf-8"))
        before = json.loads(record["settings"]["configuration"])
        return list(_differences(config, before, "", "was"))
    return []


def or_exit(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call the function; end the process with the one line of `BadInput` where a traceback would bury it."""
    try:
        return function(*args, **kwargs)
    except BadInput as error:
        sys.exit(str(error))


def data_home(config: Mapping[str, Any], wanted: bool = True) -> str:
    """The folder of the data sets' caches: the environment variable, else `data.home`; empty if there is neither.

    Also empty if it is not `wanted`: a job on another machine may not see that folder, and does not need it.

    Raises:
        BadInput: there is no such folder, its name has braces, or a file in it is dated in the future.
    """
    if not wanted:
        return ""
    variable = os.environ.get(DATA_HOME)
    home = os.path.expanduser(variable or config["data"]["home"] or "")
    if home and not os.path.isdir(home):
        raise BadInput(
            f"{DATA_HOME if variable else 'config: data.home'}: found {home!r}, expected a folder that exists"
        )
    check_name(Path(home))
    sources = [*config["data"]["images"], *config["data"]["housing"]]
    check_clock(map(Path, layout.cached(sources, home)))
    for line in layout.missing(sources, home):
        print(line, file=sys.stderr)
    return home


def check_name(folder: Path) -> None:
    """Refuse a folder in whose name Snakemake would look for wildcards.

    Raises:
        BadInput: its name has braces.
    """
    if set("{}") & set(str(folder)):
        raise BadInput(f"{folder}: expected a folder's name without braces, which are wildcards to Snakemake")


def check_clock(paths: Iterable[Path], now: float | None = None) -> None:
    """Refuse files that are dated in the future: Snakemake would take every new result for older, and delete it.

    Raises:
        BadInput: a file was last changed more than ten seconds after `now`, by default the current time.
    """
    now = time.time() if now is None else now
    for path in paths:
        with contextlib.suppress(OSError):
            if (ahead := path.stat().st_mtime - now) > 10:
                raise BadInput(
                    f"{path}: dated {ahead:,.0f} seconds in the future, expected a date in the past; correct the clock,"
                    f" or the date with: touch {shlex.quote(str(path))}"
                )

"""What rules are made of: the parameters of a step, its files, and the command line built from both."""

import contextlib
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping
from itertools import product
from pathlib import Path
from typing import Any

from snakemake.io import local, report
from snakemake.sourcecache import LocalSourceFile

from byhand.data.layout import cached, checksums
from byhand.workflow import configuration, yaml_files
from byhand.workflow.fingerprint import code
from byhand.workflow.records import keep_with_results
from byhand.workflow.registry import ROOMS

__all__ = [
    "at_most", "cached_data", "constrained", "download_flags", "each", "environment", "figure", "files",
    "files_and_results", "flags", "often", "prepare", "recorded", "seen_from_here", "step", "version", "written_by",
]  # fmt: skip

ARCHIVED = ".git_archival.txt"
"""The file into which `git archive` writes the commit."""

SENT = ("Snakefile", "workflow", "src", "assignment", "notebooks", "config.yaml", "environment.yml", "pyproject.toml")
"""What a job needs of the project."""

SEALED = {"PYTHONNOUSERSITE": "1", "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"}
"""Nothing in the user's or the working folder is imported in place of a package; output may hold any character."""

UNSET = ("PYTHONHOME", "PYTHONSTARTUP", "PYTHONOPTIMIZE", "PYTHONWARNINGS", "MATPLOTLIBRC", "BASH_ENV")
"""Variables that would change what a step does."""


def prepare(workflow: Any, project: Path) -> None:
    """Check the project's folder and the files of configuration, then keep Snakemake's records with the results.

    With an object store, the project's files are added to the sources that Snakemake sends to jobs that share no file
    system; by itself it sends them only if they are a Git repository.

    Raises:
        BadInput: the folder's name has braces, or a file of configuration cannot be used.
    """
    configuration.check_name(project)
    for path in [project / "config.yaml", *map(Path, workflow.overwrite_configfiles)]:
        yaml_files.check_file(path)
    if workflow.is_main_process and workflow.storage_settings.default_storage_provider is not None:
        for path in (path for name in SENT for path in [project / name, *(project / name).rglob("*")]):
            if path.is_file() and "__pycache__" not in path.parts:
                workflow._included[str(path)] = LocalSourceFile(str(path))
    if Path("results", ".snakemake").is_dir():  # else there are no records, and a dry run must leave nothing behind
        keep_with_results(Path.cwd())


def version(project: Path) -> str:
    """The project's version, and the commit if it is known; with a plus if the folder has uncommitted changes.

    It is known in a clone and in an archive that Git made, but not in a job without a shared disk.
    """
    with (project / "pyproject.toml").open("rb") as file:
        number = str(tomllib.load(file)["project"]["version"])
    describe = ["git", "-C", str(project), "describe", "--always", "--exclude=*", "--dirty=+", "--abbrev=10"]
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(describe, capture_output=True, text=True, check=False, timeout=5)
        if done.returncode == 0 and (project / ".git").exists():
            return f"{number}, commit {done.stdout.strip()}"
    with contextlib.suppress(OSError):
        archived = (project / ARCHIVED).read_text(encoding="utf-8").strip()
        return number if "$" in archived else f"{number}, commit {archived}"
    return number


def environment(project: Path, deployment: Iterable[Any], version_text: str) -> str:
    """Shell commands that set the environment of a step.

    Steps run the code in `src` of the project, installed or not, with this Snakemake's own Python, activated or not
    (unless conda is to deploy the software: `snakemake --sdm conda`). Rules of a workflow that uses this one are not
    affected.
    """
    exports = {"PYTHONPATH": str(project / "src"), "BYHAND_VERSION": version_text, **SEALED}
    words = [f"{name}={shlex.quote(value)}" for name, value in exports.items()]
    if not any("conda" in str(method).lower() for method in deployment):
        words.append(f"PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH")
    return f"unset {' '.join(UNSET)}; export {' '.join(words)};"


def seen_from_here(project: Path, path: str | Path) -> str:
    """A project file as a path relative to the working directory, which need not be the project's folder.

    It is local wherever the results are: on an object store, or below another workflow's prefix.
    """
    here: str = local(os.path.relpath(project / path))
    return here


def each(outputs: Any, cells: Iterable[Any] = (), **values: Iterable[Any]) -> list[Any]:
    """A rule's outputs for each of these values of its wildcards: `expand`, also where they lie on an object store.

    `cells` are named tuples with the values of all wildcards at once. Nothing is listed twice.
    """
    patterns: Iterable[Any] = [outputs] if isinstance(outputs, str) else outputs
    combinations = [cell._asdict() for cell in cells] or [
        dict(zip(values, combination, strict=True)) for combination in product(*values.values())
    ]
    filled = [pattern.apply_wildcards(wildcards) for pattern in patterns for wildcards in combinations]
    return list({str(path): path for path in filled}.values())


def step(
    name: str,
    *sections: Mapping[str, Any],
    arguments: Iterable[str] = (),
    also: Iterable[str] = (),
    settings: Callable[[Any], list[str]] | None = None,
) -> dict[str, Any]:
    """The parameters of a rule that runs `byhand.<name>` with the values of these sections of the configuration.

    `also` names the modules that the step imports by a computed name. `settings` gives the flags instead, where they
    depend on the wildcards.
    """
    values = {key: value for section in sections for key, value in section.items()}
    return {
        "step": f"byhand.{name}",
        "code": code(f"byhand.{name}", *also),
        "settings": settings or [*flags(values), *arguments],
    }


def at_most(mem_mb: int = 1500, runtime: int = 30) -> dict[str, Callable[..., int]]:
    """Resources: memory in MB and time in minutes at the first attempt, twice as much at the second, and so on.

    A job that was ended because it took too much may need more on a larger configuration, and would end in the same way
    if it were tried again with the same limit.
    """
    return {
        "mem_mb": lambda wildcards, attempt: mem_mb * attempt,
        "runtime": lambda wildcards, attempt: runtime * attempt,
    }


def files(wildcards: Any, input: Any, output: Any) -> list[str]:
    """The wildcards and the named files of a rule as flags.

    Files without a name are only waited for, and provenance is written beside each output without being named.
    """
    named = {**dict(wildcards.items()), **dict(input.items()), **dict(output.items())}
    return flags({name: value for name, value in named.items() if name != "provenance"})


def files_and_results(wildcards: Any, input: Any, output: Any) -> list[str]:
    """The same, and the folder of all results, for steps that find their many inputs by name.

    That folder is where the first input lies: with an object store, its local copy.
    """
    folder = next(folder for folder in Path(input[0]).parents if folder.name == "results")
    return [*files(wildcards, input, output), "--results", str(folder)]


def constrained(name: str, values: Iterable[str]) -> str:
    """A wildcard that takes only these values; `wildcard_constraints` do not reach files on an object store."""
    return f"{{{name},{'|'.join(map(re.escape, dict.fromkeys(values)))}}}"


def recorded(**outputs: str) -> dict[str, Any]:
    """Outputs, and the provenance that is written beside each."""
    return {**outputs, "provenance": [str(Path(path).with_suffix(".json")) for path in outputs.values()]}


def figure(room: str, name: str) -> dict[str, Any]:
    """The outputs of a rule that draws `results/<room>/figure_<name>`, shown in Snakemake's own report."""
    stem = f"results/{room}/figure_{name}"
    svg = report(f"{stem}.svg", caption=f"../../src/byhand/{room}/figures/{name}.rst", category=ROOMS[room].title)
    return {"figure": [svg, f"{stem}.png"], "provenance": f"{stem}.json"}


def written_by(rules: Iterable[Any], room: str, benchmarks: bool = False) -> list[Any]:
    """What a room's rules without wildcards write: its benchmarks, or all others.

    By where it lies, since another workflow may give the rules other names.
    """
    own = re.compile(rf"(^|/)results/{room}[/.]")
    written = [
        path.apply_wildcards({})  # a copy
        for rule in rules
        if not rule.has_wildcards() and ("benchmark" in rule.name) == benchmarks
        for path in rule.output
        if own.search(path)
    ]
    for path in written:
        path.flags.pop("report", None)  # whoever reads a figure does not show it once more
        path.flags.pop("update", None)  # … and does not add to a table
    return written


def download_flags(section: Mapping[str, Any]) -> Callable[[Any], list[str]]:
    """The flags of a download by its wildcard `kind`, from the section `data`."""

    def of_kind(wildcards: Any) -> list[str]:
        sources = section[wildcards.kind]
        mirrors = {f"{name}_mirrors": urls for name, urls in section["mirrors"].items() if urls and name in sources}
        return flags({**section["download"], "sources": sources, **mirrors})

    return of_kind


def cached_data(section: Mapping[str, Any], home: str) -> Callable[[Any], dict[str, str]]:
    """The checksums of the files in the cache `home` that a download by its wildcard `kind` would read.

    What the data are counts, and not where they lie. Where there are none now, those that the present result was made
    from, so that a shell or a machine without the cache makes nothing again from other data.
    """

    def of_kind(wildcards: Any) -> dict[str, str]:
        if found := checksums(cached(section[wildcards.kind], home)):
            return found
        with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
            record = Path("results", "data", f"{wildcards.kind}.json").read_text(encoding="utf-8")
            return dict(json.loads(record)["cached"])
        return {}

    return of_kind


def often(section: Mapping[str, Any], printed: Callable[[Any], bool]) -> Callable[[Any], list[str]]:
    """The flags of a training: more runs where figures were `printed`, which is asked of the wildcards.

    Args:
        section: with `training` and `exact_test`.
        printed: whether there are printed figures to test.
    """
    reruns = {"seeds": section["exact_test"]["reruns"]}
    return lambda wildcards: flags({**section["training"], **(reruns if printed(wildcards) else {})})


def flags(values: Mapping[str, Any]) -> list[str]:
    """Values as a step's flags: lists as several values, mappings as `name=value` pairs."""
    words: list[str] = []
    for name, value in values.items():
        words.append("--" + name.replace("_", "-"))
        if isinstance(value, Mapping):
            words += [f"{key}={item}" for key, item in value.items()]
        elif isinstance(value, str) or not hasattr(value, "__iter__"):
            words.append(str(value))
        else:
            words += map(str, value)
    return words

"""What rules are made of: the parameters of a step, its files, and the command line built from both."""

import contextlib
import os
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from snakemake.io import report

from byhand.data.layout import in_use
from byhand.workflow import configuration
from byhand.workflow.fingerprint import code
from byhand.workflow.records import keep_with_results
from byhand.workflow.titles import TITLES

SEALED = {"PYTHONNOUSERSITE": "1", "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"}
"""Nothing in the user's or the working folder is imported in place of a package; output may hold any character."""

UNSET = ("PYTHONHOME", "PYTHONSTARTUP", "PYTHONOPTIMIZE", "PYTHONWARNINGS", "MATPLOTLIBRC", "BASH_ENV")
"""Variables that would change what a step does."""


def prepare(workflow: Any, project: Path) -> None:
    """Check the project's folder and the files of configuration, then keep Snakemake's records with the results.

    Raises:
        BadInput: the folder's name has braces, or a file of configuration cannot be used.
    """
    configuration.check_name(project)
    for path in [project / "config.yaml", *map(Path, workflow.overwrite_configfiles)]:
        configuration.check_file(path)
    if Path("results", ".snakemake").is_dir():  # else there are no records, and a dry run must leave nothing behind
        keep_with_results(Path.cwd())


def version(project: Path) -> str:
    """The project's version, and the commit if the folder is a clone; with a plus if it has uncommitted changes."""
    with (project / "pyproject.toml").open("rb") as file:
        number = str(tomllib.load(file)["project"]["version"])
    describe = ["git", "-C", str(project), "describe", "--always", "--exclude=*", "--dirty=+", "--abbrev=10"]
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        done = subprocess.run(describe, capture_output=True, text=True, check=False, timeout=5)
        if done.returncode == 0 and (project / ".git").exists():
            return f"{number}, commit {done.stdout.strip()}"
    return number


def environment(project: Path, deployment: Iterable[Any]) -> str:
    """Shell commands that set the environment of a step.

    Steps run the code in `src` of the project, installed or not, with this Snakemake's own Python, activated or not
    (unless conda is to deploy the software: `snakemake --sdm conda`). Rules of a workflow that uses this one are not
    affected.
    """
    exports = {"PYTHONPATH": str(project / "src"), "BYHAND_VERSION": version(project), **SEALED}
    words = [f"{name}={shlex.quote(value)}" for name, value in exports.items()]
    if not any("conda" in str(method).lower() for method in deployment):
        words.append(f"PATH={shlex.quote(str(Path(sys.executable).parent))}:$PATH")
    return f"unset {' '.join(UNSET)}; export {' '.join(words)};"


def seen_from_here(project: Path, path: str | Path) -> str:
    """A project file as a path relative to the working directory, which need not be the project's folder."""
    return os.path.relpath(project / path)


def step(name: str, *sections: Mapping[str, Any], arguments: Iterable[str] = ()) -> dict[str, Any]:
    """The parameters of a rule that runs `byhand.<name>` with the values of these sections of the configuration."""
    values = {key: value for section in sections for key, value in section.items()}
    return {"step": f"byhand.{name}", "code": code(f"byhand.{name}"), "settings": [*flags(values), *arguments]}


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


def recorded(**outputs: str) -> dict[str, Any]:
    """Outputs, and the provenance that is written beside each."""
    return {**outputs, "provenance": [str(Path(path).with_suffix(".json")) for path in outputs.values()]}


def figure(room: str, name: str) -> dict[str, Any]:
    """The outputs of a rule that draws `results/<room>/figure_<name>`, shown in Snakemake's own report."""
    stem = f"results/{room}/figure_{name}"
    svg = report(f"{stem}.svg", caption=f"../report/{room}_figure_{name}.rst", category=TITLES[room])
    return {"figure": [svg, f"{stem}.png"], "provenance": f"{stem}.json"}


def written_by(rules: Iterable[Any], room: str, benchmarks: bool = False) -> list[str]:
    """What a room's rules without wildcards write: its benchmarks, or all others."""
    return [
        str(path)
        for rule in rules
        if rule.name.startswith(f"{room}_") and not rule.has_wildcards() and ("benchmark" in rule.name) == benchmarks
        for path in rule.output
    ]


def download_flags(section: Mapping[str, Any], home: str) -> Callable[[Any], list[str]]:
    """The flags of a download by its wildcard `kind`, from the section `data`; a home that holds nothing is not named.

    A function of the wildcards alone: Snakemake does not compare a parameter that asks for inputs or outputs.
    """

    def of_kind(wildcards: Any) -> list[str]:
        sources = section[wildcards.kind]
        mirrors = {f"{name}_mirrors": urls for name, urls in section["mirrors"].items() if urls and name in sources}
        return flags(
            {**section["download"], "sources": sources, **({"home": home} if in_use(sources, home) else {}), **mirrors}
        )

    return of_kind


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

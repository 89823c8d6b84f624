"""Run everything twice, on one core and on two, in two new folders, and compare the results byte for byte.

What a benchmark has timed, and whatever rests on that, is alike in no two runs; it is counted and left aside.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from byhand import files, step
from byhand.errors import BadInput

CORES = (1, 2)
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", ".snakemake", "results", "data", "logs", "mutants", ".*_cache")
"""What lies at the top of a project and is no part of it. The same names deeper down are, such as src/byhand/data."""
TIMED = ("benchmark", "page", "lecture")
"""Last names of the steps that write down how long something took: the page and the notebook say so too."""


def copy(project: Path, folder: Path) -> None:
    """A new folder with the project alone: neither results nor downloads nor environments."""
    ignored = NOT_COPIED(str(project), os.listdir(project))
    shutil.copytree(project, folder, ignore=lambda inside, _: ignored if Path(inside) == project else set())


def run(project: Path, folder: Path, cores: int, arguments: list[str]) -> Path:
    """A copy of the project in `folder`, run on so many cores; the folder of its results.

    Raises:
        BadInput: the run failed.
    """
    copy(project, folder)
    home = os.environ.get("BYHAND_DATA_HOME") or str(project / "data")  # what was downloaded once will do
    command = [sys.executable, "-m", "snakemake", "--no-hooks", "--cores", str(cores), *arguments]
    done = subprocess.run(command, cwd=folder, env={**os.environ, "BYHAND_DATA_HOME": home}, check=False)
    if done.returncode:
        raise BadInput(f"{folder}: the run on {cores} cores failed; its output is above")
    return folder / "results"


def outputs(results: Path) -> tuple[dict[str, str], set[str]]:
    """The SHA-256 of every result that has provenance, by name, and the names of those that hold times."""
    records = [
        json.loads(path.read_text(encoding="utf-8"))
        for path in results.rglob("*.json")
        if ".snakemake" not in path.parts
    ]
    made = {name: files.sha256(results.parent / name) for record in records for name in record["outputs"]}
    timed: set[str] = set()
    found = -1
    while len(timed) > found:
        found = len(timed)
        for record in records:
            if record["step"].rpartition(".")[2] in TIMED or timed & record["inputs"].keys():
                timed |= record["outputs"].keys()
    return made, timed


def differences(first: Path, second: Path) -> tuple[int, int, list[str]]:
    """Of two folders of results: how many are compared, how many hold times, and the names of those that differ."""
    (made, timed), (again, timed_again) = outputs(first), outputs(second)
    compared = (made.keys() | again.keys()) - timed - timed_again
    return (
        len(compared),
        len(timed | timed_again),
        sorted(name for name in compared if made.get(name) != again.get(name)),
    )


def main(arguments: argparse.Namespace) -> None:
    """Say that all is alike, or what is not."""
    with tempfile.TemporaryDirectory(prefix="byhand-") as temporary:
        first, second = (
            run(Path.cwd(), Path(temporary, f"cores-{cores}"), cores, arguments.snakemake) for cores in CORES
        )
        compared, timed, different = differences(first, second)
    for name in different:
        print(name)
    if different:
        raise BadInput(f"{len(different)} of {compared} results differ between one core and two")
    print(f"{compared} results are the same bytes on one core and on two; {timed} hold times and were not compared")


if __name__ == "__main__":
    parser = step.parser(__doc__)
    parser.add_argument("snakemake", nargs="*", help="arguments for Snakemake, after --")
    step.run(main, parser)

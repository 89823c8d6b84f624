"""Run everything twice, on one core and on two, in two new folders, and compare the results byte for byte.

Benchmark times, and everything that depends on them, differ from run to run; they are counted but not compared.

With `--older-processor` both runs use two cores, and in the second the libraries are told to avoid AVX-512, as
they would on an older processor. Bytes may then differ, so the output says how far apart the tables' numbers are.
"""

import argparse
import math
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pandas as pd

from byhand import step
from byhand.errors import BadInput
from byhand.step import files, provenance
from byhand.workflow import configuration

CORES = (1, 2)
NOT_COPIED = shutil.ignore_patterns(".git", ".venv", ".snakemake", "results", "data", "logs", "mutants", ".*_cache")
"""Top-level names that are not part of the project. Deeper down the same names are, as in src/byhand/data."""
OLDER = {
    "OPENBLAS_CORETYPE": "Haswell",
    "MKL_ENABLE_INSTRUCTIONS": "AVX2",
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "ATEN_CPU_CAPABILITY": "avx2",
    "NPY_DISABLE_CPU_FEATURES": "X86_V4 AVX512_ICL AVX512_SPR",
}
"""Environment variables that make the libraries compute as on a processor without AVX-512."""
TIMED = ("benchmark", "page", "lecture")
"""Last parts of the names of steps whose output includes times, as the page and the notebook do."""


def copy(project: Path, folder: Path) -> None:
    """Copy the project alone into a new folder, without results, downloads or environments."""
    ignored = NOT_COPIED(str(project), os.listdir(project))
    shutil.copytree(project, folder, ignore=lambda inside, _: ignored if Path(inside) == project else set())


def run(
    project: Path, folder: Path, cores: int, arguments: list[str], variables: Mapping[str, str] = MappingProxyType({})
) -> Path:
    """Run a copy of the project in `folder` on this many cores with extra `variables`; return its results folder.

    Raises:
        BadInput: the run failed.
    """
    copy(project, folder)
    command = [sys.executable, "-m", "snakemake", "--cores", str(cores), *arguments]
    environment = {**os.environ, **variables}
    downloaded = project / "data"
    if downloaded.is_dir():  # no need to download again
        environment.setdefault(configuration.DATA_HOME, str(downloaded))
    done = subprocess.run(command, cwd=folder, env=environment, check=False)
    if done.returncode:
        raise BadInput(f"{folder}: the run on {cores} cores failed; its output is above")
    return folder / "results"


def outputs(results: Path) -> tuple[dict[str, str], set[str]]:
    """The SHA-256 of every result that has provenance, by name, and the names of those that contain times."""
    records = list(map(provenance.read, provenance.files_in(results)))
    checksums = {name: files.sha256(results.parent / name) for record in records for name in record["outputs"]}
    timed: set[str] = set()
    before = -1
    while len(timed) > before:
        before = len(timed)
        for record in records:
            if record["step"].rpartition(".")[2] in TIMED or timed & record["inputs"].keys():
                timed |= record["outputs"].keys()
    return checksums, timed


def differences(first: Path, second: Path) -> tuple[int, int, list[str]]:
    """For two results folders: how many results are compared, how many contain times, and which ones differ."""
    (checksums, timed), (again, timed_again) = outputs(first), outputs(second)
    compared = (checksums.keys() | again.keys()) - timed - timed_again
    return (
        len(compared),
        len(timed | timed_again),
        sorted(name for name in compared if checksums.get(name) != again.get(name)),
    )


def apart(first: Path, second: Path) -> pd.DataFrame:
    """How far apart the numbers in two tables of the same shape are: one row for each column with differences.

    `ulp` is the largest distance in units of the last place of the larger number, in float64.

    Raises:
        BadInput: their columns or numbers of rows differ.
    """
    here, there = pd.read_csv(first), pd.read_csv(second)
    if list(here) != list(there) or len(here) != len(there):
        raise BadInput(f"{first} and {second}: found tables of another shape, expected the same columns and rows")
    rows = []
    for column in here:
        a, b = here[column], there[column]
        differ = (a != b) & ~(a.isna() & b.isna())
        if not differ.any():
            continue
        row = {"column": column, "values": len(a), "differ": int(differ.sum()), "ulp": math.nan, "relative": math.nan}
        if pd.api.types.is_float_dtype(a) and pd.api.types.is_float_dtype(b):
            x, y = a[differ].to_numpy(), b[differ].to_numpy()
            larger = np.maximum(np.abs(x), np.abs(y))
            row |= {
                "ulp": float(np.max(np.abs(x - y) / np.spacing(larger))),
                "relative": float(np.max(np.abs(x - y) / larger)),
            }
        rows.append(row)
    return pd.DataFrame(rows)


def elsewhere(first: Path, second: Path) -> None:
    """Print how far apart the tables in two results folders are."""
    (checksums, timed), (again, timed_again) = outputs(first), outputs(second)
    tables = sorted(name for name in checksums.keys() - timed - timed_again if name.endswith(".csv"))
    different = [name for name in tables if checksums[name] != again.get(name)]
    for name in different:
        print(f"{name}\n{apart(first.parent / name, second.parent / name).to_string(index=False)}\n")
    print(f"{len(tables) - len(different)} of {len(tables)} tables are the same bytes without AVX-512")


def main(arguments: argparse.Namespace) -> None:
    """Report that all results are the same, or which are not."""
    if arguments.older_processor:
        with tempfile.TemporaryDirectory(prefix="byhand-") as temporary:
            here = run(Path.cwd(), Path(temporary, "here"), max(CORES), arguments.snakemake)
            elsewhere(here, run(Path.cwd(), Path(temporary, "older"), max(CORES), arguments.snakemake, OLDER))
        return
    if arguments.folders:
        compare("in the two folders", *arguments.folders)
        return
    with tempfile.TemporaryDirectory(prefix="byhand-") as temporary:
        first, second = (
            run(Path.cwd(), Path(temporary, f"cores-{cores}"), cores, arguments.snakemake) for cores in CORES
        )
        compare("on one core and on two", first, second)


def compare(where: str, first: Path, second: Path) -> None:
    """Print the names of the results that differ between two folders.

    Raises:
        BadInput: some results differ, or there are none to compare.
    """
    compared, timed, different = differences(first, second)
    for name in different:
        print(name)
    if different or not compared:
        raise BadInput(f"{len(different)} of {compared} results differ {where}")
    print(f"{compared} results are the same bytes {where}; {timed} hold times and were not compared")


if __name__ == "__main__":
    parser = step.parser(__doc__)
    parser.add_argument("--older-processor", action="store_true", help="compare with a run without AVX-512")
    parser.add_argument(
        "--folders", type=Path, nargs=2, metavar=("BEFORE", "AFTER"), help="only compare two folders of results"
    )
    parser.add_argument("snakemake", nargs="*", help="arguments for Snakemake, after --")
    step.command(main, parser)

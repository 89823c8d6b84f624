"""Changes planted one at a time in the tables, the code and the print of a real run, and the verdicts that they flip.

Each entry of `planted_changes.yaml` has

    change   what was planted
    edits    in files of the project: [file, old text, new text]
    tables   in tables of the run: table, rows (a pandas query) and set, values by column (pandas expressions; a text
             that is none is taken as it is); with copy, the table first becomes a copy of that other one
    targets  results that are made again first, by the rule made_by
    rules    rules that run then; what all others have made is taken as it is
    flips    the verdicts that must change, and to what; all others must stay

They start from a finished run of the default configuration on the real data, in `results`.
"""

import os
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from byhand.report import claims
from byhand.report.judgement import judge_claim
from byhand.step import tables
from tests.conftest import REAL_DATA, ROOT
from tests.workflow.conftest import Project

CHANGES = yaml.safe_load(Path(__file__).with_name("planted_changes.yaml").read_text(encoding="utf-8"))
NAMES = ("Snakefile", "config.yaml", "environment.yml", "pyproject.toml", "README.md")
FOLDERS = ("workflow", "src", "profiles", "assignment", "notebooks")


def run(project: Project, *arguments: str) -> None:
    done = project.snakemake("--cores", "1", *arguments, data_home=REAL_DATA)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def results() -> Path:
    """The results of a finished run of the default configuration on the real data."""
    folder = Path(os.environ.get("BYHAND_TEST_RESULTS", ROOT / "results"))
    found = folder / "report/claims.csv"
    if not found.is_file() or not pd.read_csv(found)["as_expected"].all():
        pytest.skip(f"no finished run on the real data in {folder}: run `make` with them first")
    return folder


def project(results: Path, path: Path) -> Project:
    """A copy of the project with these results."""
    path.mkdir()
    for name in NAMES:
        shutil.copy2(ROOT / name, path)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(results, path / "results")
    shutil.copytree(results.parent / ".snakemake/metadata", path / ".snakemake/metadata")
    return Project(path)


def changed(results: Path, table: str, rows: str = "", copy: str = "", **values: Any) -> pd.DataFrame:
    """A table under `results` with values set in those rows."""
    found = tables.read(results / (copy or table), [])
    chosen = found.query(rows, engine="python").index if rows else found.index
    assert len(chosen), f"{table} has no rows {rows!r}"
    before = found.astype(object)
    for column, value in values["set"].items():
        new = value
        if isinstance(value, str):
            with suppress(Exception):  # a text, and no expression
                new = found.loc[chosen].eval(value, engine="python")
        found = found.astype({column: object})
        found.loc[chosen, column] = new
        found = found.infer_objects()
    assert copy or not before.equals(found.astype(object)), f"{table} is so already"
    return found


def verdicts(results: Path, instead: dict[str, pd.DataFrame]) -> dict[str, str]:
    """The verdict on each claim, with some tables taken instead of those under `results`."""

    def read(name: str) -> pd.DataFrame:
        return instead[name] if name in instead else tables.read(results / name, [])

    known = claims.load(ROOT / "assignment/claims.yaml")
    return {name: judge_claim(name, claim, read).verdict for name, claim in known.items()}


@pytest.mark.planted
@pytest.mark.parametrize("change", CHANGES, ids=[str(change["change"]) for change in CHANGES])
def test_a_planted_change_flips_exactly_the_verdicts_that_it_should(
    results: Path, tmp_path: Path, change: dict[str, Any]
) -> None:
    before, instead, folder = verdicts(results, {}), {}, results
    if change.keys() & {"edits", "rules"}:
        copy = project(results, tmp_path / "project")
        folder = copy.path / "results"
        for edit in change.get("edits", []):
            copy.edit(*edit)
        for target in change.get("targets", []):
            run(copy, "--allowed-rules", change["made_by"], "--", f"results/{target}")
        for table in change.get("tables", []):
            tables.write(changed(folder, **table), folder / table["table"])
        run(copy, "--allowed-rules", "report_judge", *change["rules"], "--", "results/report/claims.csv")
    else:
        instead = {table["table"]: changed(results, **table) for table in change["tables"]}
    after = verdicts(folder, instead)
    assert {name: after[name] for name in after if after[name] != before[name]} == change["flips"]


def test_each_change_is_planted_once() -> None:
    names = [change["change"] for change in CHANGES]
    assert len(set(names)) == len(names)
    for change in CHANGES:
        assert change.keys() <= {"change", "edits", "tables", "targets", "made_by", "rules", "flips"}, change
        assert change["flips"], "a change that flips nothing shows nothing"
        for name, old, _ in change.get("edits", []):
            assert old in (ROOT / name).read_text(encoding="utf-8"), f"{change['change']}: {name} has no {old!r}"

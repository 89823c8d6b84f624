"""Changes planted one at a time in the tables, the code and the print of a real run, and the verdicts that they flip.

Each entry of `planted_changes.yaml` has

    change   what was planted
    edits    in files of the project: [file, old text, new text]
    tables   in tables of the run: table, rows (a pandas query) and set, values by column (pandas expressions; a text
             that is none is taken as it is); with copy, the table first becomes a copy of that other one
    targets  results that are made again first, by the rule made_by
    rules    rules that run then, besides the one that judges; what all others have made is taken as it is
    flips    the verdicts that must change, and to what; all others must stay

They start from a finished run of the default configuration on the real data, in `results`.
"""

import os
import shutil
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from tests.conftest import REAL_DATA, ROOT
from tests.workflow.conftest import Project

CHANGES = yaml.safe_load(Path(__file__).with_name("planted_changes.yaml").read_text(encoding="utf-8"))
NAMES = ("Snakefile", "config.yaml", "environment.yml", "pyproject.toml", "README.md")
FOLDERS = ("workflow", "src", "profiles", "assignment", "notebooks")


def run(project: Project, *arguments: str) -> None:
    done = project.snakemake("--cores", "1", *arguments, data_home=REAL_DATA)
    assert done.returncode == 0, done.stdout + done.stderr


def verdicts(project: Project) -> dict[str, str]:
    table = pd.read_csv(project.path / "results/report/claims.csv", keep_default_na=False)
    return dict(zip(table["claim"], table["verdict"], strict=True))


@pytest.fixture
def real(tmp_path: Path) -> Project:
    """A copy of the project with the results of its run on the real data."""
    results = Path(os.environ.get("BYHAND_TEST_RESULTS", ROOT / "results"))
    claims = results / "report/claims.csv"
    if not claims.is_file() or not pd.read_csv(claims)["as_expected"].all():
        pytest.skip(f"no finished run on the real data in {results}: run `make` with them first")
    path = tmp_path / "project"
    path.mkdir()
    for name in NAMES:
        shutil.copy2(ROOT / name, path)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(results, path / "results")
    shutil.copytree(results.parent / ".snakemake/metadata", path / ".snakemake/metadata")
    return Project(path)


def change_table(folder: Path, table: str, rows: str = "", copy: str = "", **values: Any) -> None:
    """Set values in those rows of a table under `results`."""
    path = folder / table
    changed = pd.read_csv(folder / (copy or table), keep_default_na=False, na_values=[""])
    chosen = changed.query(rows, engine="python").index if rows else changed.index
    assert len(chosen), f"{table} has no rows {rows!r}"
    for column, value in values["set"].items():
        part = changed.loc[chosen]
        try:
            new = part.eval(value, engine="python") if isinstance(value, str) else value
        except Exception:  # a text
            new = value
        before = changed[column].copy()
        changed[column] = changed[column].astype(object)
        changed.loc[chosen, column] = new
        assert copy or not before.astype(object).equals(changed[column]), f"{table}: {column} is {value!r} already"
    changed.to_csv(path, index=False)


@pytest.mark.planted
@pytest.mark.parametrize("change", CHANGES, ids=[str(change["change"]) for change in CHANGES])
def test_a_planted_change_flips_exactly_the_verdicts_that_it_should(real: Project, change: dict[str, Any]) -> None:
    before = verdicts(real)
    for edit in change.get("edits", []):
        real.edit(*edit)
    targets = change.get("targets", [])
    if targets:
        made_by = change["made_by"]
        run(real, "--allowed-rules", made_by, "--", *(f"results/{target}" for target in targets))
    for table in change.get("tables", []):
        change_table(real.path / "results", **table)
    run(real, "--allowed-rules", "report_judge", *change.get("rules", []), "--", "results/report/claims.csv")
    after = verdicts(real)
    assert {name: after[name] for name in after if after[name] != before[name]} == change["flips"]


def test_each_change_is_planted_once() -> None:
    names = [change["change"] for change in CHANGES]
    assert len(set(names)) == len(names)
    for change in CHANGES:
        assert change.keys() <= {"change", "edits", "tables", "targets", "made_by", "rules", "flips"}, change
        assert change["flips"], "a change that flips nothing shows nothing"
        for name, old, _ in change.get("edits", []):
            assert old in (ROOT / name).read_text(encoding="utf-8"), f"{change['change']}: {name} has no {old!r}"

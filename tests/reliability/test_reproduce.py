"""`make reproduce` finds a result that is not the same twice, and sets aside what was timed."""

import math
from pathlib import Path

import pandas as pd
import pytest

from byhand.commands import reproduce
from byhand.errors import BadInput
from tests.conftest import ROOT, Step
from tests.workflow.conftest import Project

TIMED = {
    "results/jacobian/times_cpu.csv",
    "results/jacobian/assignment.csv",
    "results/report/claims.csv",
    "results/report/findings.csv",
    "results/report.html",
    "results/report/lecture.ipynb",
}


def test_the_whole_project_is_copied_and_nothing_that_was_made(tmp_path: Path) -> None:
    project = tmp_path / "project"
    code = ["Snakefile", "src/byhand/data/steps/download.py", "tests/data/test_download.py", "workflow/rules/data.smk"]
    made = [".venv/bin/python", ".snakemake/log", "data/MNIST", "results/data/images.npz", "logs/data/images.log"]
    for name in code + made:
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text("", encoding="utf-8")
    assert all((ROOT / name).is_file() for name in code)
    reproduce.copy(project, tmp_path / "copy")
    copied = [path.relative_to(tmp_path / "copy") for path in (tmp_path / "copy").rglob("*") if path.is_file()]
    assert sorted(map(str, copied)) == sorted(code)


def test_a_project_that_has_downloaded_nothing_can_be_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BYHAND_DATA_HOME", raising=False)
    reproduce.copy(ROOT, tmp_path / "project")
    results = reproduce.run(tmp_path / "project", tmp_path / "again", 1, ["--dry-run", "--quiet"])
    assert results == tmp_path / "again/results"


def test_two_runs_are_compared_but_for_what_was_timed(finished: Project, project: Project) -> None:
    made, timed = reproduce.outputs(finished.path / "results")
    assert timed == TIMED
    found = reproduce.differences(finished.path / "results", project.path / "results")
    assert found == (len(made) - len(timed), len(timed), [])


def test_a_changed_and_a_missing_result_are_named(finished: Project, project: Project) -> None:
    with (project.path / "results/relu/curves.csv").open("a") as table:
        table.write("\n")
    (project.path / "results/relu/depth.json").unlink()
    different = reproduce.differences(finished.path / "results", project.path / "results")[2]
    assert "results/relu/curves.csv" in different
    assert any(name.startswith("results/relu/depth") for name in different)
    assert all(name.startswith("results/relu/") for name in different)


def test_two_folders_are_compared_without_a_run(finished: Project, project: Project, step: Step) -> None:
    folders = finished.path / "results", project.path / "results"
    same = step("commands.reproduce", "--folders", *folders)
    assert same.returncode == 0, same.stderr
    assert "results are the same bytes in the two folders" in same.stdout
    with (project.path / "results/relu/curves.csv").open("a") as table:
        table.write("\n")
    other = step("commands.reproduce", "--folders", *folders)
    assert (other.returncode, other.stdout) == (1, "results/relu/curves.csv\n")
    nothing = step("commands.reproduce", "--folders", project.path / "none", project.path / "none")
    assert nothing.returncode == 1


def test_numbers_that_differ_are_counted_in_units_of_their_last_place(tmp_path: Path) -> None:
    table = pd.DataFrame({"name": ["a", "b"], "x": [1.0, 3.0], "same": [0.1, math.nan], "count": [1, 2]})
    table.to_csv(tmp_path / "first.csv", index=False)
    other = table.assign(x=[1 + 2**-51, 3.0], count=[1, 3], name=["a", "c"])
    other.to_csv(tmp_path / "second.csv", index=False)
    found = reproduce.apart(tmp_path / "first.csv", tmp_path / "second.csv").set_index("column")
    assert set(found.index) == {"name", "x", "count"}
    assert found.loc["x", "differ"] == 1
    assert found.loc["x", "ulp"] == 2
    assert found.loc["x", "relative"] == pytest.approx(2**-51, rel=1e-12, abs=0)
    table.iloc[:1].to_csv(tmp_path / "second.csv", index=False)
    with pytest.raises(BadInput, match="expected the same columns and rows"):
        reproduce.apart(tmp_path / "first.csv", tmp_path / "second.csv")

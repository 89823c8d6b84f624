"""`make status` tells what Snakemake knows."""

import base64
import os
import subprocess
import sys
from pathlib import Path

from byhand.commands.status import counts, handed_out
from tests.workflow.conftest import Project


def status(project: Project) -> dict[str, list[str]]:
    """The table that is printed: for each rule the number of files in each state."""
    done = subprocess.run(
        [sys.executable, "-m", "byhand.commands.status"],
        cwd=project.path,
        env={**os.environ, "PYTHONPATH": "src"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    table, _, _ = done.stdout.partition("\n\n")
    header, *rows = [line.split() for line in table.splitlines()]
    assert header == ["files", "done", "running", "failed", "stale", "to", "do"]
    return {name: numbers for name, *numbers in rows}


def test_of_a_finished_project_only_the_sum_is_told(project: Project) -> None:
    table = status(project)
    assert table.keys() == {"everything"}
    assert table["everything"][1:] == ["-"] * 4


def test_what_is_not_done_is_told_by_rule(project: Project) -> None:
    project.edit("src/byhand/housing/figures/bugs.py", "capsize=2", "capsize=3")  # stale: two pictures, provenance
    project.configure("initialization", "grids", "tanh", "depths", value=[1, 2, 3])  # one more network: four files
    (project.path / "assignment/printed/gradient_check.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert project.snakemake("results/gradients/assignment.csv").returncode != 0
    table = status(project)
    assert table["housing_figure_bugs"] == ["-", "-", "-", "3", "-"]
    assert table["initialization_train"] == ["20", "-", "-", "-", "4"]
    assert table["gradients_assignment"] == ["-", "-", "4", "-", "-"]


def test_a_configuration_that_is_refused_is_told(project: Project) -> None:
    project.configure("housing", "training", "seeds", value=-1)
    done = subprocess.run(
        [sys.executable, "-m", "byhand.commands.status"],
        cwd=project.path, env={**os.environ, "PYTHONPATH": "src"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode != 0
    assert "housing.training.seeds" in done.stderr


def test_a_file_that_was_handed_out_counts_as_running(tmp_path: Path) -> None:
    short, long = "results/a.csv", f"results/{'b' * 300}.csv"
    for name in (short, long):
        mark = base64.urlsafe_b64encode(name.encode()).decode()
        parts = [mark[i : i + 254] for i in range(0, len(mark), 254)]
        path = tmp_path.joinpath(*("@" + part for part in parts[:-1]), parts[-1])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert handed_out(tmp_path) == {short, long}
    summary = (
        "output_file\tdate\trule\tlog-file(s)\tstatus\tplan\nresults/a.csv\t-\tmake_a\t-\tmissing\tupdate pending\n"
    )
    assert counts(summary, {short})["make_a"] == {"running": 1}
    assert counts(summary, set())["make_a"] == {"to do": 1}


def test_results_of_another_configuration_are_named(project: Project) -> None:
    project.configure("initialization", "grids", "tanh", "depths", value=[1])
    project.configure("initialization", "assignment", "initializations", value=["uniform_0.1"])
    done = subprocess.run(
        [sys.executable, "-m", "byhand.commands.status"],
        cwd=project.path, env={**os.environ, "PYTHONPATH": "src"}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "results are of another configuration, and no rule makes them now:" in done.stdout
    assert "results/initialization/propagation/xavier_uniform/tanh.csv" in done.stdout
    assert "README.md" not in done.stdout

"""Whole runs: the same bytes however many cores there are, and failures that are told and lose nothing."""

import json
from pathlib import Path

from tests.workflow.conftest import Project

COMPARED = (".csv", ".npz", ".svg", ".png")
TIMED = ("jacobian/times_cpu.csv", "jacobian/assignment.csv")


def contents(project: Project, endings: tuple[str, ...] = COMPARED) -> dict[str, bytes]:
    """Every result by its name, but for what was timed, which no two runs have alike."""
    results = project.path / "results"
    return {
        str(path.relative_to(results)): path.read_bytes()
        for path in sorted(results.rglob("*"))
        if path.suffix in endings and ".snakemake" not in path.parts and str(path.relative_to(results)) not in TIMED
    }


def test_each_table_and_figure_has_its_provenance(finished: Project) -> None:
    recorded: set[str] = set()
    for path in (finished.path / "results").rglob("*.json"):
        if ".snakemake" not in path.parts:
            recorded |= json.loads(path.read_text(encoding="utf-8"))["outputs"].keys()
    pages = {"results/report.html", "results/report/lecture.ipynb"}
    assert {f"results/{name}" for name in (*contents(finished), *TIMED)} | pages == recorded


def test_bad_data_without_a_fallback_is_told_and_leaves_earlier_results(project: Project, california: Path) -> None:
    project.configure("data", "housing", value=["california_housing"])
    project.configure("data", "download", "attempts", value=1)
    project.configure("data", "mirrors", "california_housing", value=["http://127.0.0.1:9/"])
    (california / "cal_housing_py3.pkz").write_bytes(b"<html>Please log in</html>")
    before = contents(project, (*COMPARED, ".json"))
    done = project.snakemake("--cores", "2", "results/housing/bugs.csv", data_home=california)
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert f"refused, and not used: {california}/cal_housing_py3.pkz: expected scikit-learn's cache" in said
    assert "byhand.data.steps.download: error: no data: california_housing: " in said
    assert "Traceback" not in said
    assert contents(project, (*COMPARED, ".json")) == before


def test_a_step_that_fails_shows_its_log_in_the_terminal(project: Project) -> None:
    (project.path / "assignment/printed/gradient_check.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    done = project.snakemake("--cores", "2")
    assert done.returncode != 0
    line = "assignment/printed/gradient_check.csv: lacks the column parameter; it has a, b"
    assert line in done.stdout + done.stderr
    assert line in (project.path / "logs/gradients/assignment.log").read_text(encoding="utf-8")
    assert "Traceback" not in done.stdout + done.stderr


def test_the_run_ends_by_saying_where_the_results_are_and_on_which_data(project: Project) -> None:
    project.configure("data", "housing", value=["california_housing", "diabetes"])
    project.configure("data", "download", "attempts", value=1)
    project.configure("data", "mirrors", "california_housing", value=["http://127.0.0.1:9/"])
    done = project.snakemake("--cores", "2", "results/data/housing.npz")
    assert done.returncode == 0, done.stderr
    assert "BUNDLED DATA: diabetes, which ships inside scikit-learn, is used in place of california_housing" in (
        done.stdout + done.stderr
    )
    assert f"Results: {project.path}/results" in done.stdout
    assert (
        "Data, housing: diabetes  <- BUNDLED DATA in place of california housing, which was unavailable" in done.stdout
    )
    assert "Data, images: digits\n" in done.stdout

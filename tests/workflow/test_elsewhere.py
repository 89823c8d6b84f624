"""The workflow runs from any folder, and as a part of another workflow."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pandas as pd

from tests.workflow.conftest import Project, fresh
from tests.workflow.test_runs import contents

TARGETS = ("results/gradients/assignment.csv", "results/relu/figure_depth.svg")


def snakemake(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    variables = {key: value for key, value in os.environ.items() if key not in ("BYHAND_DATA_HOME", "PYTHONPATH")}
    return subprocess.run(
        [sys.executable, "-m", "snakemake", "--cores", "2", *arguments],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
    )


def test_results_go_to_the_working_folder_and_nothing_to_the_projects(finished: Project, tmp_path: Path) -> None:
    project = fresh(tmp_path / "project")
    before = contents(project)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "mine.yaml").write_text("relu: {depth: {grid_points: 5}}\n", encoding="utf-8")
    where = ("-s", str(project.path / "Snakefile"), "--directory", str(tmp_path / "mine"))
    planned = snakemake(tmp_path, *where, "--dry-run", "--configfile", str(tmp_path / "mine" / "mine.yaml"))
    assert planned.returncode == 0, planned.stderr
    assert not (tmp_path / "mine" / "results").exists()
    done = snakemake(tmp_path, *where, *TARGETS)
    assert done.returncode == 0, done.stdout + done.stderr
    for target in TARGETS:
        assert (tmp_path / "mine" / target).read_bytes() == (finished.path / target).read_bytes()
    assert contents(project) == before
    assert not (project.path / "results").exists()


def test_another_workflow_uses_it_as_a_module_and_keeps_its_own_environment(finished: Project, tmp_path: Path) -> None:
    project = fresh(tmp_path / "project")
    outer = tmp_path / "outer"
    outer.mkdir()
    (outer / "Snakefile").write_text(
        f"""
module byhand:
    snakefile: {str(project.path / "Snakefile")!r}
    prefix: "inner"
    config: {{"relu": {{"depth": {{"compositions": 3}}}}}}

use rule * from byhand as byhand_*

rule all:
    default_target: True
    input: "own.txt", {", ".join(repr(f"inner/{target}") for target in TARGETS)}

rule own:
    output: "own.txt"
    shell: "echo ${{{{PYTHONPATH-unset}}}} ${{{{BYHAND_VERSION-unset}}}} > {{output}}"
""",
        encoding="utf-8",
    )
    done = snakemake(outer)
    assert done.returncode == 0, done.stdout + done.stderr
    for target in TARGETS:
        assert (outer / "inner" / target).read_bytes() == (finished.path / target).read_bytes()
    assert (outer / "own.txt").read_text(encoding="utf-8") == "unset unset\n"
    assert not (outer / "results").exists()


def test_an_experiment_of_ones_own_is_not_judged_as_the_assignments(finished: Project) -> None:
    """The small configuration of the tests is one."""
    claims = pd.read_csv(finished.path / "results/report/claims.csv").set_index("claim")
    printed = claims.loc["printed_training"]
    assert printed["verdict"] == "not judged"
    assert printed["why_not"] == "initialization.assignment.depth is 2, the assignment's is 8"
    assert claims.loc["derivatives_in_code", "verdict"] != "not judged"  # its settings are the assignment's


def test_each_record_names_the_version_and_the_commit(finished: Project) -> None:
    for path in (finished.path / "results").rglob("*.json"):
        if ".snakemake" not in path.parts:
            assert json.loads(path.read_text(encoding="utf-8"))["project"].startswith("0.1.0"), path

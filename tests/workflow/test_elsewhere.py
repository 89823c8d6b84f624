"""The workflow runs from any folder, and as a part of another workflow."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

from tests.conftest import ROOT
from tests.workflow.conftest import Project, fresh
from tests.workflow.test_runs import contents

TARGETS = ("results/gradients/assignment.csv", "results/relu/figure_depth.svg")


def snakemake(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return Project(folder).snakemake("--cores", "2", *arguments)


def module(
    folder: Path, snakefile: str, *, config: dict[str, Any] | None = None, prefix: str = "", names: str = ""
) -> Path:
    """A folder with a workflow that uses this one as a module, under a prefix and with other rule names if given."""
    folder.mkdir(exist_ok=True)
    (folder / "Snakefile").write_text(
        f"""
module byhand:
    snakefile: {snakefile!r}
    {f"prefix: {prefix!r}" if prefix else ""}
    config: {config or {}!r}

use rule * from byhand {names}
""",
        encoding="utf-8",
    )
    return folder


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
    config = {"relu": {"depth": {"compositions": 3}}}
    outer = module(
        tmp_path / "outer", str(project.path / "Snakefile"), config=config, prefix="inner", names="as byhand_*"
    )
    with (outer / "Snakefile").open("a", encoding="utf-8") as file:
        file.write(f"""
rule all:
    default_target: True
    input: "own.txt", {", ".join(repr(f"inner/{target}") for target in TARGETS)}

rule own:
    output: "own.txt"
    shell: "echo ${{{{PYTHONPATH-unset}}}} ${{{{BYHAND_VERSION-unset}}}} > {{output}}"
""")
    done = snakemake(outer)
    assert done.returncode == 0, done.stdout + done.stderr
    for target in TARGETS:
        assert (outer / "inner" / target).read_bytes() == (finished.path / target).read_bytes()
    assert (outer / "own.txt").read_text(encoding="utf-8") == "unset unset\n"
    assert not (outer / "results").exists()


def test_an_experiment_of_ones_own_is_not_judged_as_the_assignments(finished: Project) -> None:
    """The small configuration of the tests is one."""
    claims = pd.read_csv(finished.path / "results/report/claims.csv").set_index("claim")
    printed = claims.loc["printed_xavier"]
    assert printed["verdict"] == "not judged"
    assert printed["why_not"] == "initialization.assignment.depth is 2, the assignment's is 8"
    assert claims.loc["derivatives_in_code", "verdict"] != "not judged"  # its settings are the assignment's


def test_each_record_names_the_version_and_the_commit(finished: Project) -> None:
    for path in (finished.path / "results").rglob("*.json"):
        if ".snakemake" not in path.parts:
            assert json.loads(path.read_text(encoding="utf-8"))["project"].startswith("0.1.0"), path


def committed(folder: Path) -> Project:
    """A Git repository with the project in its only commit, tagged v1."""
    project = fresh(folder)
    shutil.copy(ROOT / ".git_archival.txt", folder)
    (folder / ".gitattributes").write_text(".git_archival.txt export-subst\n", encoding="utf-8")
    who = ("-c", "user.name=a", "-c", "user.email=a@b.invalid")
    for command in (["init", "-q"], ["add", "-A"], [*who, "commit", "-qm", "all"], ["tag", "v1"]):
        subprocess.run(["git", "-C", str(folder), *command], check=True)
    return project


def test_another_workflow_takes_it_from_a_git_repository(finished: Project, tmp_path: Path) -> None:
    """As `github(…)` does in what `snakedeploy` writes, without a network; the commit is in the records."""
    project = committed(tmp_path / "repository")
    outer = module(tmp_path / "outer", f"git+file://{project.path}/workflow/Snakefile@v1")
    commit = subprocess.check_output(["git", "-C", str(project.path), "rev-parse", "HEAD"], text=True)
    shutil.rmtree(project.path / "src")  # only what was committed counts
    done = snakemake(outer, *TARGETS)
    assert done.returncode == 0, done.stdout + done.stderr
    for target in TARGETS:
        assert (outer / target).read_bytes() == (finished.path / target).read_bytes()
    record = json.loads((outer / "results/gradients/assignment.json").read_text(encoding="utf-8"))
    number, _, short = record["project"].partition(", commit ")
    assert number == "0.1.0"
    assert commit.startswith(short)
    assert len(short) >= 7


def test_a_folder_of_a_larger_workflow_may_hold_it(finished: Project, tmp_path: Path) -> None:
    fresh(tmp_path / "tools/byhand")
    module(tmp_path, "tools/byhand/Snakefile", prefix="inner")
    done = snakemake(tmp_path, f"inner/{TARGETS[0]}")  # its input is a printed table in the sub-folder
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "inner" / TARGETS[0]).read_bytes() == (finished.path / TARGETS[0]).read_bytes()


@pytest.mark.storage
def test_the_whole_of_it_under_a_prefix(finished: Project, tmp_path: Path) -> None:
    project = fresh(tmp_path / "project")
    config = yaml.safe_load((project.path / "config.yaml").read_text(encoding="utf-8"))
    module(tmp_path, str(project.path / "Snakefile"), config=config, prefix="inner")
    done = snakemake(tmp_path, "inner/results/report.html")
    assert done.returncode == 0, done.stdout + done.stderr
    made = tmp_path / "inner/results/report/claims.csv"
    assert made.read_bytes() == (finished.path / "results/report/claims.csv").read_bytes()


def test_the_wheel_is_complete(finished: Project, tmp_path: Path) -> None:
    """Templates, captions and styles are in it: the page is made from it, away from the project."""
    source = fresh(tmp_path / "source").path
    shutil.copy(ROOT / "README.md", source)
    shutil.copy(ROOT / "LICENSE", source)
    built = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(built, cwd=source, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(tmp_path / "installed")
        shipped = {name for name in packed.namelist() if name.startswith("byhand/")}
    own = {
        path.relative_to(ROOT / "src").as_posix()
        for path in (ROOT / "src/byhand").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert shipped == own
    made = [str(path.relative_to(finished.path)) for path in (finished.path / "results").glob("*/figure_*.svg")]
    command = [sys.executable, "-m", "byhand.report.steps.page", "--results", "results", "--configuration", "{}"]
    command += ["--assignment", "assignment/assignment.yaml", "--page", str(tmp_path / "page.html"), "--benchmarks"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed"), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        [*command, "--made", *made], cwd=finished.path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.count("<figure id=") == len(made)


def test_what_snakedeploy_writes_around_it_can_be_run(tmp_path: Path) -> None:
    """Its `github(…)` is replaced by the same repository on this machine."""
    project = committed(tmp_path / "repository")
    outer = tmp_path / "deployed"
    (outer / "workflow").mkdir(parents=True)
    shutil.copytree(ROOT / "config", outer / "config")
    shutil.copytree(ROOT / "profiles", outer / "profiles")
    (outer / "workflow/Snakefile").write_text(
        f"""
from snakemake.utils import min_version

min_version("6.10.0")

configfile: "config/config.yaml"

module byhand:
    snakefile:
        "git+file://{project.path}/workflow/Snakefile@v1"
    config:
        config

use rule * from byhand
""",
        encoding="utf-8",
    )
    done = snakemake(outer, "--dry-run")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "report_page " in done.stdout + done.stderr


def test_results_of_another_configuration_are_not_replaced_without_a_word(project: Project) -> None:
    project.configure("relu", "curves", "threshold", value=0.25)
    done = project.snakemake("--cores", "1", "results/relu/curves.csv")
    assert done.returncode == 0, done.stderr
    assert "relu.curves.threshold is 0.25, was 0.5: what depends on it is replaced" in done.stderr
    assert "is replaced" not in project.snakemake("--cores", "1", "--dry-run", "results/relu/curves.csv").stderr

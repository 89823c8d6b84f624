"""Storage that fails: full, read-only, or changed behind the pipeline's back. One line, and nothing that looks whole.

The disk is full for one step after another here: an operating system's limit on the size of a file ends every write
that goes beyond it, at the first byte or in the middle. `make soak` tries all rules, `make test` a few.
"""

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.reliability.test_killed import files
from tests.workflow.conftest import Project, fresh
from tests.workflow.test_runs import contents

# Around every write of a result: the log, which says so, goes on being written.
YIELD, FINALLY = "        yield temporary\n", "    finally:\n"
LIMIT = "        import resource\n        resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, -1))\n"
RULES = sorted(
    name
    for path in (ROOT / "workflow/rules").glob("*.smk")
    for name in re.findall(
        r"^(?:use rule \w+ as (?=\w+ with)|    \"(?=\w+\": {))(\w+)", path.read_text(encoding="utf-8"), re.M
    )
    if "benchmark" not in name and "cuda" not in name and name != "strict"  # which writes no table
)
ALWAYS = ("relu_prove", "report_page")


CASES = [  # the limit, in bytes, goes round: at the first byte of every write, or in the middle of one
    pytest.param(rule, (0, 100, 1000)[k % 3], marks=() if rule in ALWAYS else pytest.mark.soak)
    for k, rule in enumerate(RULES)
]


@pytest.mark.parametrize(("rule", "limit"), CASES)
def test_a_disk_that_is_full_for_a_step_is_told_and_nothing_half_written_stays(
    project: Project, finished: Project, rule: str, limit: int
) -> None:
    writing = (project.path / "src/byhand/step/files.py").read_text(encoding="utf-8")
    project.edit("src/byhand/step/files.py", YIELD, LIMIT.format(limit=limit) + YIELD)
    project.edit("src/byhand/step/files.py", FINALLY, FINALLY + LIMIT.format(limit=-1))
    arguments = ("--cores", "2", "--rerun-triggers", "mtime", "--forcerun", rule, "--until", rule)
    failed = project.snakemake(*arguments)
    said = failed.stdout + failed.stderr
    assert failed.returncode != 0
    assert re.search(r"byhand\.\S+: error: \S+: cannot be written \(File too large\)", said), said
    assert "Traceback" not in said
    whole = contents(finished)
    found = contents(project)
    assert [name for name in found if found[name] != whole[name]] == []
    assert files(project) <= files(finished)  # with no temporary file; an output that is updated in place stays
    (project.path / "src/byhand/step/files.py").write_text(writing, encoding="utf-8")
    again = project.snakemake("--cores", "2")
    assert again.returncode == 0, again.stdout + again.stderr
    assert contents(project) == whole
    assert project.jobs() == {}


@contextlib.contextmanager
def mounted(folder: Path, *options: str) -> Iterator[None]:
    """Mount a file system; skip the test where that is not allowed."""
    done = subprocess.run(["mount", *options, str(folder)], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.soak
@pytest.mark.parametrize("megabytes", [1, 3])
def test_a_file_system_that_fills_up_in_mid_run_can_be_made_larger_and_the_run_goes_on(
    finished: Project, tmp_path: Path, megabytes: int
) -> None:
    folder = tmp_path / "project"
    folder.mkdir()
    with mounted(folder, "-t", "tmpfs", "-o", f"size={2 + megabytes}m", "tmpfs"):
        project = fresh(folder)
        full = project.snakemake("--cores", "2")
        assert full.returncode != 0
        assert "No space left on device" in full.stdout + full.stderr
        subprocess.run(["mount", "-o", "remount,size=1g", str(folder)], check=True)
        done = project.snakemake("--cores", "2")
        assert done.returncode == 0, done.stdout + done.stderr
        assert contents(project) == contents(finished)


AFTER_CURVES = ("relu_figure_constructions", "relu_figure_depth", "report_figure_steps", "report_page")


def test_results_that_cannot_be_written_stay_as_they_are_and_are_told_in_a_line(
    project: Project, finished: Project
) -> None:
    results = project.path / "results"
    subprocess.run(["mount", "--bind", str(results), str(results)], check=False)
    with mounted(results, "-o", "remount,ro,bind"):
        same = project.snakemake("--cores", "2")
        assert same.returncode == 0, same.stdout + same.stderr
        project.edit("src/byhand/relu/steps/curves.py", "def ", "def added() -> None:\n    pass\n\n\ndef ")
        refused = project.snakemake("--cores", "2")
        said = refused.stdout + refused.stderr
        assert refused.returncode != 0
        (protected,) = re.findall(r"Write-protected output files for rule (\w+):", said)
        assert protected in ("relu_curves", *AFTER_CURVES)
        assert "Traceback" not in said
        assert contents(project) == contents(finished)


def folder_in_place(path: Path) -> None:
    path.unlink()
    path.mkdir()


FAULTS: dict[str, Callable[[Path], object]] = {
    "one bit": lambda path: path.write_bytes(bytes([path.read_bytes()[0] ^ 1]) + path.read_bytes()[1:]),
    "truncated": lambda path: os.truncate(path, path.stat().st_size // 2),
    "emptied": lambda path: os.truncate(path, 0),
    "a folder": folder_in_place,
}


@pytest.mark.parametrize(
    "fault", [pytest.param(fault, marks=() if fault == "one bit" else pytest.mark.soak) for fault in FAULTS]
)
def test_a_changed_result_is_named_and_made_again_by_the_command_that_is_told(
    project: Project, finished: Project, fault: str
) -> None:
    path = project.path / "results/relu/curves.csv"
    before = path.stat()
    FAULTS[fault](path)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    verify = [sys.executable, "-m", "byhand.commands.verify"]
    environment = {**os.environ, "PYTHONPATH": str(project.path / "src")}
    told = subprocess.run(verify, cwd=project.path, env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 1
    assert told.stdout.startswith("results/relu/curves.csv: ")
    snakemake, *command = told.stderr.partition("`")[2].partition("`")[0].split()
    assert snakemake == "snakemake"
    done = project.snakemake("--cores", "2", *command)
    assert done.returncode == 0, done.stdout + done.stderr
    assert contents(project) == contents(finished)

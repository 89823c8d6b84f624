"""On a real Slurm: the same bytes as on this machine, and faults that cost a job and never a result.

`make test-slurm` runs these; `make test` leaves them out, and CI the faults, which take long.
"""

import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from byhand.housing.bugs import PROTOCOLS
from tests.workflow.cluster import PATIENCE, SNAKEMAKE, Slurm, kill_all_that_name, missing, running, wait_until
from tests.workflow.conftest import Project, fresh
from tests.workflow.test_runs import contents

pytestmark = [
    pytest.mark.slurm,
    pytest.mark.skipif(bool(missing()), reason=f"not installed: {missing()} (Debian: slurm-wlm, munge)"),
]

# What every step does first in these tests: note that it started, take memory, wait. Only if a test has asked for it.
PROLOGUE = """
    import os, time
    with open("starts", "a") as starts:
        starts.write(arguments.prog + chr(10))
    if os.path.exists(f"take {arguments.prog}"):
        taken = b"x" * (int(open(f"take {arguments.prog}").read()) * 10**6)
    while os.path.exists(f"hold {arguments.prog}"):
        time.sleep(0.1)
"""
STEPS = {"byhand.gradients.steps.check": 1, "byhand.gradients.steps.assignment": 1, "byhand.gradients.figures.check": 1}
ASSIGNMENT = "byhand.gradients.steps.assignment"


@pytest.fixture(scope="session")
def _slurm() -> Iterator[Slurm]:
    # Not among pytest's folders: the path of a socket has 108 bytes at the most.
    with tempfile.TemporaryDirectory(prefix="slurm-") as folder, running(Path(folder)) as slurm:
        yield slurm


@pytest.fixture
def slurm(_slurm: Slurm, monkeypatch: pytest.MonkeyPatch) -> Slurm:
    """Slurm as every command of the test finds it."""
    for name, value in _slurm.environment.items():
        monkeypatch.setenv(name, value)
    return _slurm


class Run:
    """The room `gradients` on Slurm, in a project whose steps can be held: three jobs, two of them at once."""

    def __init__(self, project: Project, slurm: Slurm) -> None:
        self.project, self.slurm = project, slurm
        shutil.rmtree(project.path / "results/gradients")
        parse = "    parsed = arguments.parse_args()\n"
        project.edit("src/byhand/step/command_line.py", parse, parse + PROLOGUE)

    def start(self) -> None:
        with (self.project.path / "snakemake.out").open("a") as output:
            self.snakemake = subprocess.Popen(
                [sys.executable, "-m", "snakemake", *SNAKEMAKE, "gradients"],
                cwd=self.project.path,
                stdout=output,
                stderr=output,
            )

    def hold(self, step: str) -> None:
        (self.project.path / f"hold {step}").touch()

    def release(self, step: str) -> None:
        (self.project.path / f"hold {step}").unlink()

    def start_and_wait_in(self, step: str) -> None:
        """Start, with this step held; come back when it alone still runs."""
        self.hold(step)
        self.start()
        wait_until(lambda: self.starts()[step] and self.starts()["byhand.gradients.steps.check"], "the steps start")
        wait_until((self.project.path / "results/gradients/check.json").exists, "the other step ends")
        wait_until(lambda: len(self.slurm.jobs()) == 1, "the other job ends")

    def job(self) -> str:
        (job,) = self.slurm.jobs()
        return job

    def starts(self) -> Counter[str]:
        path = self.project.path / "starts"
        return Counter(path.read_text(encoding="utf-8").splitlines() if path.exists() else [])

    def end(self) -> int:
        return self.snakemake.wait(180)

    def said(self) -> str:
        return (self.project.path / "snakemake.out").read_text(encoding="utf-8")

    def completed(self) -> list[dict[str, str]]:
        return [job for job in self.slurm.accounting(self.project) if job["JobState"] == "COMPLETED"]

    def states(self) -> list[str]:
        return [job["JobState"] for job in self.slurm.accounting(self.project)]


@pytest.fixture
def run(project: Project, slurm: Slurm) -> Iterator[Run]:
    run = Run(project, slurm)
    yield run
    if run.snakemake.poll() is None:
        run.snakemake.kill()
        run.snakemake.wait()
    slurm.ask("scancel", "--full", *slurm.jobs())
    # A Snakemake that its node's fall asked to end may wait for itself for ever. A cluster's cgroups would kill it;
    # these nodes have none.
    kill_all_that_name(project.path)


def complete(run: Run, finished: Project) -> None:
    """All of the room is there, as a local run makes it, and nothing is left to do."""
    expected = {name: bytes_ for name, bytes_ in contents(finished).items() if name.startswith("gradients/")}
    found = {name: bytes_ for name, bytes_ in contents(run.project).items() if name.startswith("gradients/")}
    assert len(expected) == 5
    assert found == expected, run.said()
    left = run.project.snakemake("--dry-run", "gradients")
    assert "Nothing to be done" in left.stdout + left.stderr


# Each with the steps that run here, and the jobs that share a submission with another one.
SHARED = len(PROTOCOLS) - 1
PIPELINES = [
    pytest.param(["gradients", "housing"], 1, SHARED, id="two rooms"),  # a download
    # Two downloads and the report's five steps; five trainings, all protocols and two propagations.
    pytest.param([], 7, SHARED + (5 - 1) + (2 - 1), id="all", marks=pytest.mark.soak),
]


@pytest.mark.parametrize(("targets", "here", "shared"), PIPELINES)
def test_the_pipeline_gives_the_same_bytes_as_on_this_machine(
    finished: Project, slurm: Slurm, tmp_path: Path, targets: list[str], here: int, shared: int
) -> None:
    project = fresh(tmp_path / "project")
    done = project.snakemake(*SNAKEMAKE, *targets)
    assert done.returncode == 0, done.stdout + done.stderr
    beginnings = (*targets, "data/housing") if targets else ("",)
    expected = {name: bytes_ for name, bytes_ in contents(finished).items() if name.startswith(beginnings)}
    found = contents(project)
    assert found.keys() == expected.keys()
    assert [name for name in found if found[name] != expected[name]] == []
    jobs = slurm.accounting(project)
    assert {job["JobState"] for job in jobs} == {"COMPLETED"}
    assert {job["NodeList"] for job in jobs} == {"node1", "node2"}
    steps = len(list((project.path / "logs").rglob("*.log")))
    assert len(jobs) == steps - here - shared
    left = project.snakemake("--dry-run", *targets)
    assert "Nothing to be done" in left.stdout + left.stderr


@pytest.mark.soak
def test_a_cancelled_job_runs_again(run: Run, finished: Project) -> None:
    run.start_and_wait_in(ASSIGNMENT)
    run.slurm.ask("scancel", run.job())
    run.release(ASSIGNMENT)
    assert run.end() == 0, run.said()
    assert run.starts() == Counter(STEPS | {ASSIGNMENT: 2})
    assert Counter(run.states()) == {"COMPLETED": 3, "CANCELLED": 1}
    complete(run, finished)


@pytest.mark.soak
def test_a_job_over_its_time_runs_again_with_twice_the_time(run: Run, finished: Project) -> None:
    run.start_and_wait_in(ASSIGNMENT)
    run.slurm.ask("scontrol", "update", f"JobId={run.job()}", "TimeLimit=0:01")
    wait_until(lambda: "TIMEOUT" in run.states(), "Slurm ends the job")
    run.release(ASSIGNMENT)
    assert run.end() == 0, run.said()
    assert run.starts() == Counter(STEPS | {ASSIGNMENT: 2})
    assert "TIMEOUT" in run.states()
    limits = Counter(job["TimeLimit"] for job in run.completed())
    assert limits == {"20": 2, "10": 1}  # the check's own, the second attempt's; the figure's
    complete(run, finished)


@pytest.mark.soak
def test_a_job_over_its_memory_runs_again_with_twice_the_memory(run: Run, finished: Project) -> None:
    (run.project.path / f"take {ASSIGNMENT}").write_text("1000", encoding="utf-8")
    run.start_and_wait_in(ASSIGNMENT)
    wait_until(lambda: run.starts()[ASSIGNMENT] == 2, "the second attempt")
    run.release(ASSIGNMENT)
    assert run.end() == 0, run.said()
    assert run.starts() == Counter(STEPS | {ASSIGNMENT: 2})
    assert Counter(job["Tres"].split(",")[1] for job in run.completed()) == {"mem=1500M": 2, "mem=3000M": 1}
    complete(run, finished)


@pytest.mark.soak
def test_a_job_whose_node_goes_down_runs_again_on_the_other(run: Run, finished: Project) -> None:
    run.start_and_wait_in(ASSIGNMENT)
    node = run.slurm.ask("squeue", "--noheader", "--format=%N", "--jobs", run.job()).strip()
    run.slurm.ask("scontrol", "update", f"NodeName={node}", "State=DOWN", "Reason=test")
    try:
        # Slurm itself lets two minutes go by before it starts the job anew, in case the node was only out of reach.
        wait_until(lambda: run.starts()[ASSIGNMENT] == 2, "the second start", patience=2 * PATIENCE)
    finally:
        run.slurm.ask("scontrol", "update", f"NodeName={node}", "State=RESUME")
        run.release(ASSIGNMENT)
    assert run.end() == 0, run.said()
    assert run.starts() == Counter(STEPS | {ASSIGNMENT: 2})
    ended = [(job["JobState"], job["NodeList"]) for job in run.slurm.accounting(run.project)]
    (other,) = {"node1", "node2"} - {node}
    assert ("NODE_FAIL", node) in ended
    assert ("COMPLETED", other) in ended
    complete(run, finished)


@pytest.mark.soak
def test_a_controller_that_restarts_loses_nothing(run: Run, finished: Project) -> None:
    run.start_and_wait_in(ASSIGNMENT)
    run.slurm.stop("slurmctld")
    run.slurm.start_controller()
    run.release(ASSIGNMENT)
    assert run.end() == 0, run.said()
    assert run.starts() == Counter(STEPS)
    complete(run, finished)


@pytest.mark.soak
def test_a_snakemake_that_is_asked_to_end_waits_for_its_jobs_and_the_next_goes_on(run: Run, finished: Project) -> None:
    run.start_and_wait_in(ASSIGNMENT)
    run.snakemake.send_signal(signal.SIGTERM)
    run.release(ASSIGNMENT)
    assert run.end() != 0
    run.start()
    assert run.end() == 0, run.said()
    assert run.starts() == Counter(STEPS)
    complete(run, finished)


@pytest.mark.soak
def test_a_snakemake_that_is_killed_loses_only_what_was_not_finished(run: Run, finished: Project) -> None:
    run.start_and_wait_in(ASSIGNMENT)
    wait_until(lambda: "(Rule: gradients_check)" in run.said(), "Snakemake takes note of what is finished")
    run.snakemake.kill()
    run.end()
    run.slurm.ask("scancel", run.job())
    run.release(ASSIGNMENT)
    assert run.project.snakemake("--unlock").returncode == 0
    run.start()
    assert run.end() == 0, run.said()
    assert run.starts()["byhand.gradients.steps.check"] == 1
    assert run.starts()[ASSIGNMENT] == 2
    complete(run, finished)

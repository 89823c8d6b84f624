"""Killed at any moment: the results are those of a run that was left alone, and no lock stays that nobody explains.

A chain of kills goes through one run: it is killed, started again, killed again, and at last left to end. `make soak`
kills a hundred times in ten chains, in each of the nine ways eleven times; `make test` four times, in two rooms.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from itertools import cycle, islice
from pathlib import Path

import numpy as np
import pytest

from tests.workflow.conftest import Project, fresh
from tests.workflow.test_runs import contents

WAYS = [
    (victim, number)
    for number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
    for victim in ("all", "snakemake", "job")
]
CHAINS, KILLS = 10, 10
PATIENCE = 300.0
"""Seconds until something that must happen counts as not happening."""


class Run:
    """A project that is run, killed and run again."""

    def __init__(self, project: Project, cores: int) -> None:
        self.project, self.cores = project, cores
        self.locked = False
        self.snakemake: subprocess.Popen[bytes] | None = None
        self.sessions: set[int] = set()

    def go_on(self) -> subprocess.Popen[bytes]:
        """The snakemake that runs, or a new one."""
        if self.snakemake is not None and self.snakemake.poll() is None:
            return self.snakemake
        if self.locked:
            self.unlock()
        with (self.project.path / "snakemake.out").open("ab") as output:
            self.snakemake = subprocess.Popen(
                [sys.executable, "-m", "snakemake", "--cores", str(self.cores)],
                cwd=self.project.path,
                env={key: value for key, value in os.environ.items() if key not in ("BYHAND_DATA_HOME", "PYTHONPATH")},
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        self.sessions.add(self.snakemake.pid)
        return self.snakemake

    def unlock(self) -> None:
        """Do as the error says that a snakemake meets after one that was killed with SIGKILL."""
        if self.locks():  # else it was killed before it had locked anything
            refused = self.project.snakemake("--cores", str(self.cores))
            assert "cannot be locked" in refused.stderr
            assert "--unlock" in refused.stderr.strip().splitlines()[-1]
            assert self.project.snakemake("--unlock").returncode == 0
        self.locked = False

    def locks(self) -> list[Path]:
        return list((self.project.path / ".snakemake/locks").glob("*"))

    def jobs(self) -> list[int]:
        """The processes of the steps that run, those of a snakemake that was killed included."""
        listed = subprocess.run(["ps", "-axo", "pid=,args="], capture_output=True, text=True, check=True).stdout
        found = []
        for line in listed.splitlines():
            pid, _, command = line.strip().partition(" ")
            with contextlib.suppress(ProcessLookupError):
                if command.startswith("python -m byhand.") and os.getsid(int(pid)) in self.sessions:
                    found.append(int(pid))
        return found

    def kill(self, victim: str, number: signal.Signals) -> None:
        """Send a signal to snakemake, to one of its steps, or to all; wait for the end of a snakemake that got one."""
        snakemake = self.go_on()
        with contextlib.suppress(ProcessLookupError):  # it ended just now
            if victim == "job":
                end = time.monotonic() + PATIENCE
                while not (jobs := self.jobs()) and snakemake.poll() is None:
                    assert time.monotonic() < end
                    time.sleep(0.02)
                for job in jobs[:1]:
                    os.kill(job, number)
            elif victim == "all":
                os.killpg(snakemake.pid, number)
            else:
                snakemake.send_signal(number)
        if victim != "job":
            snakemake.wait(PATIENCE)
            self.locked = number == signal.SIGKILL

    def made(self) -> int:
        """How many steps have left their results."""
        paths = (self.project.path / "results").rglob("*.json")
        return sum(".snakemake" not in path.parts for path in paths)


def files(project: Project) -> set[str]:
    """Everything in the folder of results, hidden or not, but for Snakemake's records."""
    results = project.path / "results"
    return {str(path.relative_to(results)) for path in results.rglob("*") if ".snakemake" not in path.parts}


def survives(
    ways: list[tuple[str, signal.Signals]], project: Project, finished: Project, cores: int, seed: int
) -> None:
    randomness = np.random.default_rng(seed)
    run = Run(project, cores)
    there, steps = run.made(), Run(finished, cores).made()
    for k, (victim, number) in enumerate(ways):
        end = time.monotonic() + PATIENCE
        while run.made() < there + (steps - there) * k / len(ways) and run.go_on().poll() is None:
            assert time.monotonic() < end, f"stuck after {ways[:k]}"
            time.sleep(0.05)
        run.go_on()
        time.sleep(randomness.uniform(0, 4))
        run.kill(victim, number)
    if run.snakemake is not None:
        run.snakemake.wait(PATIENCE)
    if run.locked:
        run.unlock()
    done = run.project.snakemake("--cores", str(cores))
    assert done.returncode == 0, done.stdout + done.stderr
    while run.jobs():  # of a snakemake that was killed
        time.sleep(0.1)
    expected, found = contents(finished), contents(run.project)
    assert [name for name in expected if expected[name] != found.get(name)] == []
    assert files(run.project) == files(finished)
    assert not run.locks()
    assert run.project.jobs() == {}


def test_a_run_that_is_killed_four_times_ends_in_the_same_bytes_on_one_core(
    finished: Project, project: Project
) -> None:
    ways = [
        ("all", signal.SIGKILL), ("snakemake", signal.SIGKILL), ("all", signal.SIGINT), ("job", signal.SIGTERM),
    ]  # fmt: skip
    shutil.rmtree(project.path / "results/relu")
    survives(ways, project, finished, cores=1, seed=0)


@pytest.mark.soak
@pytest.mark.parametrize("chain", range(CHAINS))
def test_a_run_that_is_killed_ten_times_ends_in_the_same_bytes(finished: Project, tmp_path: Path, chain: int) -> None:
    ways = list(islice(cycle(WAYS), chain * KILLS, (chain + 1) * KILLS))
    survives(ways, fresh(tmp_path / "project"), finished, cores=2, seed=chain)

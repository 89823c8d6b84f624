"""Whether the machine is quiet while something is timed, and how sure a ratio is."""

import math
import subprocess
import sys
import time
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd
import psutil
import pytest

from byhand.numerics import timing


class Machine(NamedTuple):
    user: float
    system: float
    idle: float
    iowait: float
    guest: float


class Process(NamedTuple):
    user: float
    system: float


class Stub:
    """One process without children that has used `seconds` so far."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def cpu_times(self) -> Process:
        return Process(self._seconds, 0.0)

    def children(self, *, recursive: bool) -> list["Stub"]:
        return [] if recursive else [self]


@pytest.mark.parametrize(("busy", "own", "share"), [(8.0, 8.0, 0.0), (8.0, 2.0, 0.3), (20.0, 0.0, 1.0)])
def test_what_others_use_is_a_share_of_all_cores_time(
    monkeypatch: pytest.MonkeyPatch, busy: float, own: float, share: float
) -> None:
    clock, used, mine = iter([100.0, 110.0]), iter([50.0, 50.0 + busy]), iter([7.0, 7.0 + own])
    monkeypatch.setattr(time, "perf_counter", lambda: next(clock))
    monkeypatch.setattr(psutil, "cpu_count", lambda: 2)
    monkeypatch.setattr(psutil, "cpu_times", lambda: Machine(next(used), 1.0, 99.0, 3.0, 2.0))
    monkeypatch.setattr(psutil, "Process", lambda: Stub(next(mine)))
    assert timing.Others().share() == pytest.approx(share)


@pytest.mark.parametrize(
    ("probes", "share", "machine"),
    [
        ([1.0] * 9, 0.0, "quiet"),
        ([1.0] * 9, 0.09, "quiet"),
        ([1.0] * 9, 0.1, "busy"),
        ([1.0, 1.02] * 5, 0.0, "quiet"),
        ([1.0, 1.1] * 5, 0.0, "quiet"),
        ([1.0, 1.2] * 5, 0.0, "busy"),
        (list(np.linspace(1, 1.6, 25)), 0.0, "quiet"),  # a clock that slows down
    ],
)
def test_a_machine_is_quiet_if_others_take_little_of_it_and_fixed_work_takes_the_same_time(
    monkeypatch: pytest.MonkeyPatch, probes: list[float], share: float, machine: str
) -> None:
    times = [time for probe in [9.0, *probes] for time in (probe + 1, probe, probe + 1, probe + 1, probe + 1)]
    monkeypatch.setattr(timing.Others, "share", lambda _: share)
    monkeypatch.setattr(timing, "timed", lambda _: times.pop(0))
    watch = timing.Watch()
    for _ in probes:
        watch.probe()
    found = watch.found()
    assert (found["machine"], found["busy_share"], times) == (machine, share, [])
    assert found["probe_spread"] == timing.probe_spread(probes)


def test_a_machine_that_is_busy_on_purpose_is_found_busy(capsys: pytest.CaptureFixture[str]) -> None:
    spin = [sys.executable, "-c", "print(flush=True)\nwhile True: pass"]
    spinning = [subprocess.Popen(spin, stdout=subprocess.PIPE, start_new_session=True) for _ in range(4)]
    try:
        for process in spinning:
            assert process.stdout is not None
            process.stdout.readline()
        # They are children of this process, whose time would count as our own.
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(psutil.Process, "children", lambda *_, **__: [])
            _, found = timing.interleaved({"sleep": lambda: timing.timed(lambda: time.sleep(0.05))}, 9)
    finally:
        for process in spinning:
            process.kill()
            process.communicate()
    assert found["machine"] == "busy"
    assert "the machine was busy, so these times say little" in capsys.readouterr().out


def test_the_probe_is_timed_in_every_repetition(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def noted(name: str) -> float:
        said.append(name)
        return 1.0

    def probe(watch: timing.Watch) -> None:
        watch._probes.append(noted("probe"))

    monkeypatch.setattr(timing.Watch, "probe", probe)
    timing.interleaved({name: partial(noted, name) for name in "ab"}, 9)
    turns = said[said.index("probe") + 1 :]
    assert [len(turns), turns[::3]] == [27, ["probe"] * 9]
    assert all(set(turns[place + 1 : place + 3]) == {"a", "b"} for place in range(0, 27, 3))


def test_as_many_repetitions_as_are_said_tell_a_ratio_of_1_01_from_1_in_four_of_five_runs() -> None:
    random = np.random.default_rng(0)
    spread = 0.02
    needed = timing.repetitions_to_tell(pd.Series(np.exp(random.normal(0, spread, 10**5))))
    assert needed == pytest.approx(math.pi / 2 * (2.802 * spread / math.log(1.01)) ** 2, rel=0.03)
    medians = np.median(random.normal(math.log(1.01), spread, (4000, needed)), axis=1)
    standard_error = np.median(random.normal(0, spread, (4000, needed)), axis=1).std()
    assert (medians > 1.96 * standard_error).mean() == pytest.approx(0.8, abs=0.03)
    assert timing.repetitions_to_tell(pd.Series([1.0, 1.0, 1.0])) == 1

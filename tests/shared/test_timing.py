"""How busy other processes keep the machine while something is timed."""

import time
from typing import NamedTuple

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

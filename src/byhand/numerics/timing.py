"""Times of rival methods, side by side: each repetition times every method once, in a new random order.

A ratio of two times is taken within each repetition, so that what slows a whole repetition cancels. Times and ratios
are summarised by their median and quartiles. A `Watch` tells whether the machine was quiet meanwhile; if it was not,
nothing is concluded from the times.
"""

import math
import random
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import numpy as np
import pandas as pd
import psutil
from tqdm import tqdm

Name = TypeVar("Name", bound=Hashable)

BUSY = 0.1
"""A machine is busy if other processes take this share of it …"""
UNSTEADY = 0.3
"""… or if the probe varies by this. On an idle virtual machine it varied by 0.06 to 0.22."""


class Others:
    """How busy others keep the machine from when this is made: other processes, and other virtual machines (steal)."""

    def __init__(self) -> None:
        self._before = self._busy()
        self._started = time.perf_counter()

    def share(self) -> float:
        """Their processor time as a share of all cores' time, in [0, 1], without this process and its children."""
        whole = (time.perf_counter() - self._started) * (psutil.cpu_count() or 1)
        return min(1.0, max(0.0, self._busy() - self._before) / whole)

    @staticmethod
    def _busy() -> float:
        machine = psutil.cpu_times()  # on Linux, `user` includes `guest`
        idle = machine.idle + getattr(machine, "iowait", 0) + getattr(machine, "guest", 0)
        own = psutil.Process()
        mine = [each.cpu_times() for each in (own, *own.children(recursive=True))]
        return float(sum(machine) - idle - sum(each.user + each.system for each in mine))


class Watch:
    """Whether the machine is quiet while something is timed, which begins when this is made.

    The probe is fixed work that takes some milliseconds, the fastest of five: one core's arithmetic, and reading
    memory. The ratio of successive probes is 1 on a quiet machine; the distance between the quartiles of this ratio
    says how much a ratio of equal times varies. A clock that changes slowly cancels, as it does in every ratio.
    """

    def __init__(self) -> None:
        self._numbers, self._memory = np.linspace(0, 1, 2**16), np.ones(2**21)
        self._probes: list[float] = []
        self.probe()
        self._probes.clear()  # the first one warms up
        self._others = Others()

    def probe(self) -> None:
        """Time the probe, once in every repetition."""
        self._probes.append(min(timed(lambda: (np.tanh(self._numbers), self._memory.sum())) for _ in range(5)))

    def found(self) -> dict[str, float | str]:
        """`machine` (quiet or busy), `busy_share` (of all cores' time) and `probe_spread` so far."""
        share, spread = self._others.share(), probe_spread(self._probes)
        return {
            "machine": "quiet" if share < BUSY and spread < UNSTEADY else "busy",
            "busy_share": share,
            "probe_spread": spread,
        }


def probe_spread(probes: Sequence[float]) -> float:
    """Distance between the quartiles of the ratio of each time to the one before it."""
    times = pd.Series(probes, dtype=float)
    lower, upper = (times / times.shift()).quantile([0.25, 0.75])
    return float(upper - lower)


def rounds(names: Iterable[Name], repetitions: int, seed: str | int = 0) -> Iterator[list[Name]]:
    """All names once for each repetition, in an order that the seed determines."""
    order, known = random.Random(seed), list(names)  # noqa: S311  an order, not a secret
    for _ in range(repetitions):
        yield order.sample(known, len(known))


def timed(function: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def interleaved(
    seconds: Mapping[Name, Callable[[], float]], repetitions: int
) -> tuple[pd.DataFrame, dict[str, float | str]]:
    """Time every method; the first call of each warms it up. Says so if the machine was busy.

    Args:
        seconds: by name, a function that runs a method once and returns how long that took.
        repetitions: how often each method is timed.

    Returns:
        Wall seconds, one row per repetition and one column per method; and what `Watch.found` says.
    """
    for measure in seconds.values():
        measure()
    table = pd.DataFrame(index=range(repetitions), columns=list(seconds), dtype=float)
    turns = tqdm(rounds(seconds, repetitions), total=repetitions, desc="times", mininterval=2)
    watch = Watch()
    for repetition, names in enumerate(turns):
        watch.probe()
        for name in names:
            table.at[repetition, name] = seconds[name]()
    if (found := watch.found())["machine"] == "busy":
        print(f"the machine was busy, so these times say little: {found}")
    return table, found


def quartiles(values: pd.Series, name: str, prefix: str = "") -> dict[str, float]:
    """The median as `name`, the quartiles as `<prefix>lower_quartile` and `<prefix>upper_quartile`."""
    return {
        name: float(values.median()),
        f"{prefix}lower_quartile": float(values.quantile(0.25)),
        f"{prefix}upper_quartile": float(values.quantile(0.75)),
    }


def repetitions_to_tell(ratios: pd.Series, least: float = 1.01) -> int:
    """How many repetitions tell a median ratio of `least` from 1 when single ratios vary as these do.

    With 5 % false alarms and 80 % power. The logarithms have the standard deviation s = (q₃ − q₁)/1.349 by their
    quartiles, and the median of n of them has the standard error s √(π/2n), as for normal ones; so

        n = (π/2) ((1.960 + 0.842) s / log least)².

    It knows of no difference between one run and the next, which more repetitions in one run do not average out.
    """
    lower, upper = (float(np.log(ratios.quantile(share))) for share in (0.25, 0.75))
    errors = (1.960 + 0.842) * (upper - lower) / 1.349 / math.log(least)
    return max(1, math.ceil(math.pi / 2 * errors**2))


def compared(times: pd.Series, reference: pd.Series, unit: str, reference_name: str) -> dict[str, float]:
    """A method's times, and how many times faster it is than the reference."""
    return {**quartiles(times, unit), **faster(times, reference, reference_name)}


def faster(times: pd.Series, reference: pd.Series, reference_name: str) -> dict[str, float]:
    """How many times faster a method is than the reference: above 1 it is faster."""
    name = f"times_faster_than_{reference_name}"
    return quartiles(reference / times, name, f"{name}_")

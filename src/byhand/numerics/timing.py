"""Times of rival methods, side by side: each repetition times every method once, in a new random order.

A ratio of two times is taken within each repetition, so that what slows a whole repetition cancels. Times and ratios
are summarised by their median and quartiles.
"""

import random
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from typing import TypeVar

import pandas as pd
import psutil
from tqdm import tqdm

Name = TypeVar("Name", bound=Hashable)


class Others:
    """How busy other processes have kept the machine since this was made."""

    def __init__(self) -> None:
        self._before = self._busy()
        self._started = time.perf_counter()

    def share(self) -> float:
        """Their processor time as a share of all cores' time, in [0, 1], without this process and its children."""
        whole = (time.perf_counter() - self._started) * (psutil.cpu_count() or 1)
        return max(0.0, self._busy() - self._before) / whole

    @staticmethod
    def _busy() -> float:
        machine = psutil.cpu_times()  # on Linux, `user` includes `guest`
        idle = machine.idle + getattr(machine, "iowait", 0) + getattr(machine, "guest", 0)
        own = psutil.Process()
        mine = [each.cpu_times() for each in (own, *own.children(recursive=True))]
        return float(sum(machine) - idle - sum(each.user + each.system for each in mine))


def rounds(names: Iterable[Name], repetitions: int, seed: str | int = 0) -> Iterator[tuple[int, Name]]:
    """(repetition, name): every name once in each repetition, in an order that the seed determines."""
    order, known = random.Random(seed), list(names)  # noqa: S311  an order, not a secret
    for repetition in range(repetitions):
        for name in order.sample(known, len(known)):
            yield repetition, name


def timed(function: Callable[[], object]) -> float:
    """Wall seconds of one call."""
    started = time.perf_counter()
    function()
    return time.perf_counter() - started


def interleaved(seconds: Mapping[Name, Callable[[], float]], repetitions: int) -> pd.DataFrame:
    """Wall seconds: one row per repetition, one column per method. The first call of each method warms it up.

    Args:
        seconds: by name, a function that runs a method once and returns how long that took.
        repetitions: how often each method is timed.
    """
    for measure in seconds.values():
        measure()
    table = pd.DataFrame(index=range(repetitions), columns=list(seconds), dtype=float)
    turns = tqdm(rounds(seconds, repetitions), total=repetitions * len(seconds), desc="times", mininterval=2)
    for repetition, name in turns:
        table.at[repetition, name] = seconds[name]()
    return table


def quartiles(values: pd.Series, name: str, prefix: str = "") -> dict[str, float]:
    """The median as `name`, the quartiles as `<prefix>lower_quartile` and `<prefix>upper_quartile`."""
    return {
        name: float(values.median()),
        f"{prefix}lower_quartile": float(values.quantile(0.25)),
        f"{prefix}upper_quartile": float(values.quantile(0.75)),
    }


def compared(times: pd.Series, reference: pd.Series, unit: str, reference_name: str) -> dict[str, float]:
    """A method's times, and how many times faster it is than the reference: above 1 it is faster."""
    faster = quartiles(reference / times, f"times_faster_than_{reference_name}", "times_faster_")
    return {**quartiles(times, unit), **faster}

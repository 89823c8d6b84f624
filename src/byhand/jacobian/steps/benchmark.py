"""Time every way to compute the Jacobian on one device, after checking that all agree; one row for each observation.

Each library computes in a process of its own, because idle threads of one would slow the next. The processes take
turns, one contender at a time, in a new random order in each repetition, so ratios can be taken within repetitions. Two
contenders that make identical calls (the cheapest order may be that of reverse mode) are measured as one. A turn
begins with calls that are not timed, unless one call is far longer than a turn. A contender that takes more than
`slow_seconds` for a call takes part in the first `slow_repetitions` only. On a GPU, CUDA events are read after
synchronising. The number of threads is set, and they are confined to as many cores.
"""

import os
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from byhand import step
from byhand.errors import BadInput
from byhand.jacobian import cost, numpy_route
from byhand.jacobian.settings import BenchmarkStep
from byhand.jacobian.shapes import parsed
from byhand.jacobian.timed_methods import LIBRARIES, Contender, problem
from byhand.numerics import timing
from byhand.step import tables

AGREEMENT = 1e-4
"""Largest relative error (Frobenius) in float32 against float64; on Xavier weights rounding leaves some 1e-6."""


class Worker:
    """One library's process. It is sent the names of contenders; J and times come back over a pipe."""

    def __init__(self, library: str, device: str, threads: int) -> None:
        spawn = get_context("spawn")
        self.pipe, theirs = spawn.Pipe()
        self.process = spawn.Process(target=serve, args=(theirs, library, device, threads), daemon=True)
        before = dict(os.environ)
        os.environ.update({key: value for key, value in numpy_route.kernels().items() if key not in os.environ})
        self.process.start()  # NumPy reads the environment when it is imported there
        os.environ.clear()
        os.environ.update(before)

    def ask(self, *question: Any) -> Any:
        """Send a question and wait.

        Raises:
            BadInput: the process could not answer.
        """
        try:
            self.pipe.send(question)
            answer = self.pipe.recv()
        except (EOFError, BrokenPipeError) as error:
            raise BadInput("a process of the benchmark has ended without an answer") from error
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def close(self) -> None:
        """End the process."""
        self.process.terminate()
        self.process.join()


def serve(pipe: Connection, library: str, device: str, threads: int) -> None:
    """Answer ("shape", name, only) with {contender: J or why not}, ("time", contender, warm-up, calls) with seconds."""
    if hasattr(os, "sched_setaffinity"):  # JAX takes every core it may use
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    contenders: dict[str, Contender] = {}
    while True:
        try:
            question = pipe.recv()
        except EOFError:  # the benchmark has ended
            return
        try:
            if question[0] == "shape":
                _, name, only = question
                known = LIBRARIES[library](*parsed(name), device)
                contenders = {name: each for name, each in known.items() if name in only or not only}
                step.use_threads(threads)
                pipe.send(
                    {name: (result_or_reason(contender), cost_of(contender)) for name, contender in contenders.items()}
                )
            else:
                _, name, warm, calls = question
                pipe.send(seconds(contenders[name].run, warm, calls, device))
        except (ImportError, BadInput) as error:
            pipe.send(BadInput(str(error)))


def cost_of(contender: Contender) -> tuple[str | None, int, int, str]:
    """The parts of a contender that can be sent over a pipe."""
    return contender.mode, contender.operations, contender.bytes, contender.measured_as


def result_or_reason(contender: Contender) -> Any:
    """J as a float64 array, or one line that says why there is none (no compiler, for example)."""
    try:
        result = contender.run()
    except Exception as error:  # a contender that fails is left out, whatever its library raises
        return (str(error).splitlines() or [type(error).__name__])[0]
    if contender.mode is None:
        return None
    return np.asarray(result.detach().cpu() if hasattr(result, "detach") else result, np.float64)


def seconds(run: Any, warm: int, calls: int, device: str) -> float:
    """Mean wall time of a call, over `calls` calls in a row after `warm` that are not timed."""
    for _ in range(warm):
        run()
    if device == "cuda":
        import torch  # noqa: PLC0415

        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))
        torch.cuda.synchronize()
        start.record()
        for _ in range(calls):
            run()
        end.record()
        torch.cuda.synchronize()
        return float(start.elapsed_time(end)) / 1e3 / calls
    started = time.perf_counter()
    for _ in range(calls):
        run()
    return (time.perf_counter() - started) / calls


def reference(name: str) -> Any:
    """J of a shape in float64, in the cheapest order."""
    widths, batch = parsed(name)
    weights, x = problem(widths, batch)
    route = numpy_route.prepared(cost.ORDERS["cheapest"](widths[::-1]), widths, batch, np.float64)
    return route([W.astype(np.float64) for W in weights], x.astype(np.float64))


def rows(
    settings: BenchmarkStep, name: str, only: Sequence[str], workers: dict[str, Worker], threads: int
) -> Iterator[dict[str, Any]]:
    """The observations for one shape, of the contenders `only`, or of all if it is empty.

    Raises:
        BadInput: two contenders do not agree, so times would be meaningless.
    """
    widths, batch = parsed(name)
    expected = reference(name)
    entrants: dict[tuple[str, str], dict[str, Any]] = {}
    for library, worker in workers.items():
        for contender, (answer, (mode, *amounts, measured_as)) in worker.ask("shape", name, only).items():
            if isinstance(answer, str):
                print(f"{name}: {contender} is left out: {answer}")
                continue
            error, doing = None, tuple(amounts)
            if mode is not None:
                error = float(np.linalg.norm(answer - expected) / np.linalg.norm(expected))
                if not error < AGREEMENT:
                    raise BadInput(f"{name}: {contender} is off by {error:.1e}, expected less than {AGREEMENT:.0e}")
                price = cost.jacobian(mode, widths, batch or 1)
                doing = (2 * price.products, 4 * price.entries)
            entrants[library, contender] = {
                "shape": name,
                "depth": len(widths) - 2,
                "inputs": batch or 1,
                "library": library,
                "contender": contender,
                "measured_as": measured_as or contender,
                "mode": mode,
                "operations": doing[0],
                "bytes": doing[1],
                "relative_error": error,
                "threads": threads,
            }
    of: dict[tuple[str, str], list[dict[str, Any]]] = {}  # the facts of all contenders that share one time
    for (library, contender), facts in entrants.items():
        if (library, facts["measured_as"]) not in entrants:  # that contender takes no part
            facts["measured_as"] = contender
        of.setdefault((library, facts["measured_as"]), []).append(facts)
    first = {(library, each): workers[library].ask("time", each, 0, 1) for library, each in of}
    for repetition, key in timing.rounds(of, settings.repetitions, name):
        once = first[key]
        if once > settings.slow_seconds and repetition >= settings.slow_repetitions:
            continue
        library, contender = key
        calls = max(1, round(settings.turn_seconds / once))
        warm = 1 + calls // 4 if once < 10 * settings.turn_seconds else 0  # a long call needs no warm-up
        took = workers[library].ask("time", contender, warm, calls)
        for facts in of[key]:
            yield {**facts, "repetition": repetition, "calls": calls, "wall_seconds": took}


def main(files: step.Files, settings: BenchmarkStep) -> step.Facts:
    """Write the table."""
    observations: list[dict[str, Any]] = []
    others = timing.Others()
    with ExitStack() as stack:
        workers, reasons = {}, []
        for library in LIBRARIES:
            if library == "numpy" and settings.device != "cpu":
                continue
            worker = stack.enter_context(closing(Worker(library, settings.device, files.threads)))
            try:
                if worker.ask("shape", settings.shapes[0], settings.contenders):
                    workers[library] = worker
            except BadInput as error:
                reasons.append(f"{library} takes no part: {error}")
                print(reasons[-1])
        for name in tqdm(settings.shapes, desc="shapes", mininterval=2):
            observations += rows(settings, name, settings.contenders, workers, files.threads)
        busy = others.share()
    if not observations:
        named = f"--contenders {' '.join(settings.contenders)}: nothing could be timed by these names"
        raise BadInput("; ".join([named, *reasons]))
    table = pd.DataFrame(observations)
    table.insert(0, "device", settings.device)
    table["busy_share"] = busy
    tables.write(table, files.table)
    return {"kernels": numpy_route.kernels()}


if __name__ == "__main__":
    step.run(main, outputs={"table": "the table to write (.csv)"})

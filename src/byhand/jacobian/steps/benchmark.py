"""Time every way to compute the Jacobian on one device, after checking that all agree; one row for each observation.

Each library computes in a process of its own, because idle threads of one would slow the next. The processes take
turns, one contender at a time, in a new random order in each repetition, so ratios can be taken within repetitions. Two
contenders that make identical calls (the cheapest order may be that of reverse mode) are measured as one. A turn
begins with calls that are not timed, unless one call is far longer than a turn. A contender that takes more than
`slow_seconds` for a call takes part in the fewest repetitions that are allowed. Every call is waited for (its latency);
where a library returns before it has finished, as many calls are then made in a row and waited for once (throughput).
All multiply in full float32 unless `precision` says otherwise, which the record states, with the GPU's name. The number
of threads is set, and they are confined to as many cores. A `Watch` tells for each shape whether the machine was quiet.

Columns of the table: device, shape, depth L, inputs (the batch), library, contender, measured_as (the contender whose
time this is), mode, precision, operations and bytes (of the mode's formula, or what a limit does), relative_error (of J
against float64), peak_bytes and allocations (of a call that is not timed: at the peak, with J and without the weights;
empty where a library does not tell, and of a slow contender), threads, repetition, calls (in this turn), wall_seconds
(of a call, waited for: the median of the turn), throughput_seconds (per call of many), reason, machine (quiet or busy),
busy_share (of other processes), probe_spread. A contender that could not run, or whose J is off, has a row without a
time: `reason` says why.
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
import psutil
from tqdm import tqdm

from byhand import step
from byhand.errors import BadInput
from byhand.jacobian import cost, numpy_route
from byhand.jacobian.settings import BenchmarkStep
from byhand.jacobian.shapes import parsed
from byhand.jacobian.timed_methods import LIBRARIES, Contender, problem, ready
from byhand.numerics import timing
from byhand.step import tables
from byhand.workflow.setting_types import LEAST_REPETITIONS

AGREEMENT = {"float32": 1e-4, "tf32": 1e-2, "bfloat16": 1e-1}
"""Largest relative error (Frobenius) against float64; on Xavier weights rounding leaves some 1e-6 in float32."""


class Worker:
    """One library's process. It is sent the names of contenders; J and times come back over a pipe."""

    def __init__(self, library: str, device: str, threads: int) -> None:
        spawn = get_context("spawn")
        self.pipe, theirs = spawn.Pipe()
        self.process = spawn.Process(target=serve, args=(theirs, library, device, threads), daemon=True)
        before = dict(os.environ)
        for variables in (environment(device), before):
            os.environ.clear()
            os.environ.update(variables)
            if self.process.pid is None:
                self.process.start()  # NumPy and JAX read the environment when they are imported there

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


def environment(device: str) -> dict[str, str]:
    """The variables that a process starts with: the best kernels, unless others are asked for, and limits for JAX.

    A JAX built for a GPU would compute there although the CPU is timed, and would reserve three quarters of its memory.
    The variable of NVIDIA's libraries that allows or forbids TF32 everywhere is left out: each contender says itself.
    Torch's profiler would write a line for each use.
    """
    jax = {"XLA_PYTHON_CLIENT_PREALLOCATE": "false", **({"JAX_PLATFORMS": "cpu"} if device == "cpu" else {})}
    asked = {name: value for name, value in os.environ.items() if name != "NVIDIA_TF32_OVERRIDE"}
    return {**numpy_route.kernels(), "KINETO_LOG_LEVEL": "99", **asked, **jax}


def serve(pipe: Connection, library: str, device: str, threads: int) -> None:
    """Answer the questions of `Worker.ask` until the benchmark ends.

    ("ready",): what the record says of the library. ("shape", name, only): {contender: (J or why not, `cost_of`)}.
    ("memory", contender): what a call takes, or why that is not known. ("time", contender, warm-up, calls): its
    `seconds`, or why there are none.
    """
    if hasattr(os, "sched_setaffinity"):  # JAX takes every core it may use
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    contenders: dict[str, Contender] = {}
    while True:
        try:
            question, *details = pipe.recv()
        except EOFError:  # the benchmark has ended
            return
        try:
            if question == "ready":
                pipe.send(ready(library, device))
            elif question == "shape":
                name, only = details
                known = LIBRARIES[library](*parsed(name), device)
                contenders = {name: each for name, each in known.items() if name in only or not only}
                step.use_threads(threads)
                pipe.send({name: (or_reason(result, each), cost_of(each)) for name, each in contenders.items()})
            elif question == "memory":
                pipe.send(or_reason(contenders[details[0]].memory))
            else:
                name, warm, calls = details
                pipe.send(or_reason(seconds, contenders[name], warm, calls))
        except (ImportError, RuntimeError, BadInput) as error:  # a RuntimeError is a GPU's, which may lack memory
            pipe.send(BadInput(one_line(error)))


def cost_of(contender: Contender) -> tuple[str | None, int, int, str, str]:
    """The parts of a contender that can be sent over a pipe."""
    return contender.mode, contender.operations, contender.bytes, contender.measured_as, contender.precision


def or_reason(function: Any, *arguments: Any) -> Any:
    """What the function returns, or one line that says why it cannot (no compiler, no memory), whatever is raised."""
    try:
        return function(*arguments)
    except Exception as error:
        return one_line(error)


def one_line(error: Exception) -> str:
    """The first line of an error's text, or its type if it has none."""
    return (str(error).splitlines() or [type(error).__name__])[0]


def result(contender: Contender) -> Any:
    """J as a float64 array, after the contender's first call; None for a limit."""
    found = contender.run()
    if contender.mode is None:
        return None
    return np.asarray(found.detach().cpu().double() if hasattr(found, "detach") else found, np.float64)


def seconds(contender: Contender, warm: int, calls: int) -> tuple[float, float]:
    """Median wall time of `calls` calls, each waited for, and the mean of as many that are waited for together.

    Both follow `warm` calls that are not timed. Where a call has finished when it returns, the median is both.
    """
    run, wait = contender.run, contender.wait
    each = run if wait is None else lambda: wait(run())
    for _ in range(warm):
        each()
    latency = float(np.median([timing.timed(each) for _ in range(calls)]))
    if wait is None:
        return latency, latency
    started = time.perf_counter()
    for _ in range(calls):
        last = run()
    wait(last)
    return latency, (time.perf_counter() - started) / calls


def reference(name: str) -> Any:
    """J of a shape in float64, in the cheapest order."""
    widths, batch = parsed(name)
    weights, x = problem(widths, batch)
    route = numpy_route.prepared(cost.ORDERS["cheapest"](widths[::-1]), widths, batch, np.float64)
    return route([W.astype(np.float64) for W in weights], x.astype(np.float64))


def entrants(name: str, only: Sequence[str], workers: dict[str, Worker], threads: int) -> Iterator[dict[str, Any]]:
    """A row without a time for each contender, or each of `only`; its `reason`, if any, forbids to time it."""
    widths, batch = parsed(name)
    expected = reference(name)
    for library, worker in workers.items():
        for contender, (answer, (mode, *amounts, measured_as, precision)) in worker.ask("shape", name, only).items():
            reason = answer if isinstance(answer, str) else None
            error, (operations, size) = None, amounts
            if mode is not None:
                price = cost.jacobian(mode, widths, batch or 1)
                operations, size = 2 * price.products, 4 * price.entries
                if reason is None:
                    error = float(np.linalg.norm(answer - expected) / np.linalg.norm(expected))
                    if not error < AGREEMENT[precision]:
                        reason = f"off by {error:.1e}, expected less than {AGREEMENT[precision]:.0e}"
            yield {
                "shape": name,
                "depth": len(widths) - 2,
                "inputs": batch or 1,
                "library": library,
                "contender": contender,
                "measured_as": measured_as or contender,
                "mode": mode,
                "precision": precision,
                "operations": operations,
                "bytes": size,
                "relative_error": error,
                "peak_bytes": None,
                "allocations": None,
                "threads": threads,
                "repetition": None,
                "calls": None,
                "wall_seconds": None,
                "throughput_seconds": None,
                "reason": reason,
            }


def rows(
    settings: BenchmarkStep, name: str, only: Sequence[str], workers: dict[str, Worker], threads: int
) -> list[dict[str, Any]]:
    """The rows of the table for one shape, of the contenders `only`, or of all if it is empty."""
    found = []
    of: dict[tuple[str, str], list[dict[str, Any]]] = {}  # the facts of all contenders that share one time
    sound: dict[tuple[str, str], dict[str, Any]] = {}
    for facts in entrants(name, only, workers, threads):
        if facts["reason"] is None:
            sound[facts["library"], facts["contender"]] = facts
        else:
            found.append(facts)
    for (library, contender), facts in sound.items():
        if (library, facts["measured_as"]) not in sound:  # that contender takes no part
            facts["measured_as"] = contender
        of.setdefault((library, facts["measured_as"]), []).append(facts)
    first = {(library, each): workers[library].ask("time", each, 0, 1) for library, each in of}
    for (library, contender), shared in of.items():
        once = first[library, contender]
        if shared[0]["mode"] is None or isinstance(once, str) or once[0] > settings.slow_seconds:
            continue
        taken = workers[library].ask("memory", contender)
        for facts in shared:
            facts["peak_bytes"], facts["allocations"] = (None, None) if isinstance(taken, str) else taken
    watch = timing.Watch()
    for repetition, keys in enumerate(timing.rounds(of, settings.repetitions, name)):
        watch.probe()
        for library, contender in keys:
            found += turn(settings, repetition, workers[library], contender, of[library, contender], first)
    quiet = watch.found()
    failed = {key: answer for key, answer in first.items() if isinstance(answer, str)}
    found = [facts for facts in found if (facts["library"], facts["measured_as"]) not in failed]
    found += [{**facts, "reason": answer} for key, answer in failed.items() for facts in of[key]]
    return [{**facts, **quiet} for facts in found]


def turn(
    settings: BenchmarkStep,
    repetition: int,
    worker: Worker,
    contender: str,
    shared: Sequence[dict[str, Any]],
    first: dict[tuple[str, str], Any],
) -> list[dict[str, Any]]:
    """One turn of a contender, as a row for each of those that share its time; none if it is too slow or has failed.

    `first` has the seconds of its first call, or why there are none; a failure is noted there.
    """
    key = (shared[0]["library"], contender)
    if isinstance(first[key], str):
        return []
    once = sum(first[key]) / 2
    if once > settings.slow_seconds and repetition >= LEAST_REPETITIONS:
        return []
    calls = max(1, round(settings.turn_seconds / once))
    warm = 1 + calls // 4 if once < 10 * settings.turn_seconds else 0  # a long call needs no warm-up
    took = worker.ask("time", contender, warm, calls)
    if isinstance(took, str):
        first[key] = took
        return []
    times = dict(zip(("wall_seconds", "throughput_seconds"), took, strict=True))
    return [{**facts, "repetition": repetition, "calls": calls, **times} for facts in shared]


def main(files: step.Files, settings: BenchmarkStep) -> step.Facts:
    """Write the table."""
    observations: list[dict[str, Any]] = []
    load = [psutil.getloadavg()[0]]
    with ExitStack() as stack:
        workers, said, missing = {}, {}, []
        for library in LIBRARIES:
            if library == "numpy" and settings.device != "cpu":
                continue
            worker = stack.enter_context(closing(Worker(library, settings.device, files.threads)))
            try:
                said[library] = worker.ask("ready")
                workers[library] = worker
            except BadInput as error:
                missing.append(f"{library} takes no part: {error}")
                print(missing[-1])
        for name in tqdm(settings.shapes, desc="shapes", mininterval=2):
            observations += rows(settings, name, settings.contenders, workers, files.threads)
    load.append(psutil.getloadavg()[0])
    left_out = [f"{each['shape']}: {each['contender']}: {each['reason']}" for each in observations if each["reason"]]
    if len(left_out) == len(observations):
        named = f"--contenders {' '.join(settings.contenders)}: nothing could be timed by these names"
        raise BadInput("; ".join([named, *missing, *left_out]))
    for line in left_out:
        print(f"left out: {line}")
    whole = dict.fromkeys(("peak_bytes", "allocations", "repetition", "calls"), "Int64")
    table = pd.DataFrame(observations).astype(whole)
    table.insert(0, "device", settings.device)
    if len(busy := table[table["machine"] == "busy"]["shape"].unique()):
        print(f"the machine was busy, so nothing is concluded from the times of {', '.join(busy)}")
    tables.write(table, files.table)
    return {
        "kernels": numpy_route.kernels(),
        "gpu": next((each["gpu"] for each in said.values() if each["gpu"]), None),
        "float32_products": {library: said[library]["float32_products"] for library in table["library"].unique()},
        "libraries": {library: said[library]["version"] for library in table["library"].unique()},
        "load_before_and_after": load,
    }


if __name__ == "__main__":
    step.run(main, outputs={"table": "the table to write (.csv)"})

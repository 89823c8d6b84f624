"""Time a training step: the assignment's loop, eager torch, JAX where it is installed, and ours, interleaved.

All on one thread and on all that the step may use. Agreement is checked first. JAX has its own processes, so that its
threads do not disturb the others.
"""

import importlib.util
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import torch

from byhand import step
from byhand.data.arrays import Images, load_images
from byhand.errors import BadInput
from byhand.initialization import network, notebook, training
from byhand.initialization.activations import tanh
from byhand.initialization.initializations import xavier_uniform
from byhand.initialization.optimizers import sgd
from byhand.initialization.settings import BenchmarkStep
from byhand.numerics import timing
from byhand.numerics.fast_ops import matmul
from byhand.numerics.randomness import generator
from byhand.step import tables


def start(images: Images, settings: BenchmarkStep, seeds: range) -> network.Parameters:
    """The Xavier initialisation for these seeds."""
    layer_widths = network.widths(images.pixels, settings.hidden_width, settings.depth, images.classes)
    streams = [generator("initialization/benchmark", seed) for seed in seeds]
    return network.initial(xavier_uniform.INITIALIZATION, layer_widths, streams)


def by_hand(rows: training.Rows, parameters: network.Parameters, settings: BenchmarkStep) -> network.Parameters:
    """The steps of one repetition, by hand: one short epoch of `training.train` without its test."""
    short, one = rows[: settings.steps * settings.batch_size], rows[: settings.batch_size]
    method = network.Method(tanh.ACTIVATION, sgd.OPTIMIZER, settings.learning_rate)
    return next(training.train(short, one, parameters, method, batch_size=settings.batch_size, order=None)).parameters


def products_alone(rows: training.Rows, parameters: network.Parameters, settings: BenchmarkStep) -> None:
    """The matrix products of the steps of one repetition, and nothing else: a lower bound for any such training."""
    runs, batch = len(parameters.layers[0]), settings.batch_size
    a = [torch.rand(runs, theta.shape[2], batch) for theta in parameters.layers]
    delta = [torch.rand(runs, theta.shape[1], batch) for theta in parameters.layers]
    for number in range(settings.steps):
        a[0] = rows.x[number * batch : (number + 1) * batch].mT
        for layer, theta in enumerate(parameters.layers):
            matmul(theta, a[layer])
            matmul(delta[layer], a[layer].mT)
            if layer:
                matmul(theta[..., :-1].mT, delta[layer])


OURS = {"by_hand": by_hand, "products_alone": products_alone}


class Jax:
    """`byhand.initialization.jax_scan` in its own process."""

    def __init__(
        self, rows: training.Rows, parameters: network.Parameters, settings: BenchmarkStep, threads: int
    ) -> None:
        count = settings.steps * settings.batch_size
        self._folder = tempfile.TemporaryDirectory()
        path = Path(self._folder.name, "start.npz")
        arrays: dict[str, Any] = {f"W{layer}": W.mT.numpy() for layer, W in enumerate(parameters.weights)}
        arrays["x"] = rows.pixels[:count].reshape(settings.steps, settings.batch_size, -1).numpy()
        arrays["labels"] = rows.labels[:count].view(settings.steps, settings.batch_size).numpy()
        np.savez(path, **arrays)
        command = [sys.executable, "-m", "byhand.initialization.jax_scan", "--start", str(path)]
        command += ["--learning-rate", str(settings.learning_rate), "--threads", str(threads)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def __call__(self, runs: int) -> tuple[float, float]:
        """The seconds of one repetition's steps for this many runs, and the norm of the first run's W¹ after them."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(runs, file=self._process.stdin, flush=True)
        seconds, norm = self._process.stdout.readline().split()
        return float(seconds), float(norm)

    def seconds(self, runs: int) -> float:
        """The time alone."""
        return self(runs)[0]

    def close(self) -> None:
        """End the process."""
        self._process.communicate()
        self._folder.cleanup()


def agreed(images: Images, settings: BenchmarkStep, jax: Jax | None) -> float:
    """The largest relative difference in a weight matrix between ours and the notebook's loop, after one repetition.

    Raises:
        BadInput: the methods do not agree, so times would be meaningless.
    """
    parameters = start(images, settings, range(1))
    rows = training.batches(images, "train", torch.float64)
    ours = by_hand(rows, parameters.map(torch.Tensor.double), settings)
    loop = notebook.steps(
        notebook.resident(rows, settings.batch_size), parameters.map(torch.Tensor.double), settings.learning_rate
    )
    *_, last = islice(loop, settings.steps)
    theirs = [parameter.detach() for parameter in list(last.model.parameters())[::2]]
    pairs = list(zip(ours.weights, theirs, strict=True))
    difference = max(((mine[0] - other).abs().max() / other.abs().max()).item() for mine, other in pairs)
    if not difference < 1e-10:
        raise BadInput(
            f"the two ways differ by {difference:.1e} after {settings.steps} steps, expected less than 1e-10"
        )
    if jax is not None:
        norm = ours.weights[0][0].norm().item()
        _, found = jax(settings.seeds[0])
        if not abs(found - norm) < 1e-4 * norm:
            raise BadInput(f"JAX comes to a first layer of norm {found}, ours to {norm}")
    return difference


def contenders(
    images: Images, settings: BenchmarkStep, threads: int
) -> Iterator[tuple[str, int, Callable[[], object]]]:
    """Name, number of runs, and the function that does the steps of one repetition for them."""
    rows = training.batches(images, "train")
    one = start(images, settings, range(1))
    pictures = notebook.loaded(images, settings.batch_size)
    resident = notebook.resident(rows, settings.batch_size)
    loops = {"notebook": pictures, "eager_torch_on_a_resident_tensor": resident}
    for name, batches in loops.items():
        yield name, 1, partial(advanced, notebook.steps(batches, one, settings.learning_rate), settings.steps)
    yield "notebook_loader_alone", 1, partial(advanced, pictures, settings.steps)
    pool = ThreadPoolExecutor(threads)
    for seeds in settings.seeds:
        shares = [range(share, seeds, threads) for share in range(min(threads, seeds))]
        parts = [start(images, settings, share) for share in shares]
        for name, way in OURS.items():
            yield name, seeds, partial(side_by_side, pool, [partial(way, rows, part, settings) for part in parts])


def advanced(iterator: Iterator[object], count: int) -> None:
    """Take this many items."""
    for _ in range(count):
        next(iterator)


def side_by_side(pool: ThreadPoolExecutor, ways: list[Callable[[], object]]) -> None:
    """Run all at once, one thread each, as the workflow does with one job each."""
    for done in [pool.submit(way) for way in ways]:
        done.result()


def main(files: step.Files, settings: BenchmarkStep) -> step.Facts:
    """Write the table and print it."""
    images = load_images(files.data)
    train_rows = training.batches(images, "train")
    epoch = training.whole_batches(train_rows, settings.batch_size, "training")
    if epoch < settings.steps:  # a small data set, such as the bundled one
        print(f"{epoch} steps a repetition instead of {settings.steps}: there are no more whole batches")
        settings = settings.model_copy(update={"steps": epoch})
    torch.set_flush_denormal(True)
    with_jax = importlib.util.find_spec("jax") is not None
    if not with_jax:
        print("JAX is not installed: no rows for it")
    seconds: dict[tuple[str, int, int], Callable[[], float]] = {}
    differences, processes = [], []
    for threads in sorted({1, files.threads}):
        jax = None
        if with_jax:
            jax = Jax(train_rows, start(images, settings, range(max(settings.seeds))), settings, threads)
            processes.append(jax)
        differences.append(agreed(images, settings, jax))
        for name, runs, way in contenders(images, settings, threads):
            # Ours divides the runs among its threads; each matrix product uses a single thread.
            seconds[name, runs, threads] = partial(timed, way, 1 if name in OURS else threads)
        if jax is not None:
            seconds |= {("jax_scan", runs, threads): partial(jax.seconds, runs) for runs in settings.seeds}
    times, machine = timing.interleaved(seconds, settings.repetitions)
    for jax in processes:
        jax.close()
    per_run = {key: 1e6 * times[key] / settings.steps / key[1] for key in seconds}
    rows = []
    for (name, runs, threads), values in per_run.items():
        floor, rival = ("products_alone", runs, threads), ("jax_scan", runs, threads)
        rows.append(
            {
                "contender": name,
                "runs": runs,
                "threads": threads,
                **timing.compared(values, per_run["notebook", 1, threads], "microseconds_per_step_and_run", "notebook"),
                **(timing.faster(values, per_run[rival], "jax") if rival in per_run and name in OURS else {}),
                "times_the_products_alone": (values / per_run[floor]).median() if floor in per_run else None,
                "steps": settings.steps,
                "repetitions": settings.repetitions,
                "relative_difference_in_float64": max(differences),
                **machine,
            }
        )
    table = pd.DataFrame(rows)
    print(table.filter(regex="contender|runs|threads|microseconds|jax|products").round(2).to_string(index=False))
    tables.write(table, files.table)
    return {"data": images.columns}


def timed(way: Callable[[], object], threads: int) -> float:
    """Wall seconds of one call that may use this many threads in each product."""
    step.use_threads(threads)
    return timing.timed(way)


if __name__ == "__main__":
    step.run(main, inputs={"data": "the images (.npz)"}, outputs={"table": "the table to write (.csv)"})

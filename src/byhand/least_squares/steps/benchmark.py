"""Time w_k by gradient descent and by its closed forms, after checking that they agree.

One row for each number of features, k and method: seconds for one w_k from X, y and w₀ (median and 5 to 95 % of the
repetitions), and the same as a multiple of one gradient, so that machines can be compared.
"""

import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from byhand import step
from byhand.errors import BadInput
from byhand.least_squares.descent import METHODS, Array, by_steps, gradient, multiplications, spectrum
from byhand.least_squares.problems import with_condition
from byhand.least_squares.settings import Benchmark
from byhand.step import tables


def seconds(compute: Callable[[], object], repetitions: int) -> Array:
    """The wall time of each repetition, after one that warms up."""
    compute()
    found = []
    for _ in range(repetitions):
        started = time.perf_counter()
        compute()
        found.append(time.perf_counter() - started)
    return np.array(found)


def rows(settings: Benchmark, features: int) -> Iterator[dict[str, Any]]:
    """The times for one number of features."""
    problem = with_condition(settings.condition, settings.samples, features)
    X, y, start = problem.X, problem.y, problem.start
    step_size = spectrum(X).optimal_step_size()
    one_gradient = float(np.median(seconds(lambda: gradient(X, start, y), 20 * settings.repetitions)))
    for k in settings.steps:
        reference = by_steps(X, y, start, step_size, k)
        for method, function in METHODS.items():
            compute = partial(function, X, y, start, step_size, k)
            error = float(np.linalg.norm(compute() - reference) / np.linalg.norm(reference))
            if error > 1e-8:
                raise BadInput(f"{method} differs from gradient descent by {error:.1e} at k = {k}; nothing is timed")
            times = seconds(compute, settings.repetitions)
            low, median, high = np.quantile(times, [0.05, 0.5, 0.95])
            yield {
                **problem.facts,
                "k": k,
                "method": method,
                "relative_error": error,
                "wall_seconds_median": median,
                "wall_seconds_5_percent": low,
                "wall_seconds_95_percent": high,
                "multiple_of_one_gradient": median / one_gradient,
                "multiplications": multiplications(method, samples=len(y), features=features, k=k),
            }


def main(files: step.Files, settings: Benchmark) -> step.Facts:
    """Write the table."""
    made = tqdm(settings.features, desc="numbers of features", mininterval=2)
    tables.write(pd.DataFrame(row for features in made for row in rows(settings, features)), files.table)
    return {"seeds": "least_squares/problem/<name>"}


if __name__ == "__main__":
    step.run(main, outputs={"table": "the table to write (.csv)"})

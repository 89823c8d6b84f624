"""Time w_k by gradient descent and by its closed forms, after checking that they agree.

One row for each number of features, k and method: seconds for one w_k from X, y and w₀, how many times faster that is
than gradient descent, and the same as a multiple of one gradient, so that machines can be compared.
"""

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from byhand import step
from byhand.errors import BadInput
from byhand.least_squares.descent import METHODS, by_steps, gradient, multiplications, spectrum
from byhand.least_squares.problems import with_condition
from byhand.least_squares.settings import Benchmark
from byhand.numerics import timing
from byhand.step import tables


def rows(settings: Benchmark, features: int) -> Iterator[dict[str, Any]]:
    """The times for one number of features.

    Raises:
        BadInput: a method does not agree with gradient descent, so times would be meaningless.
    """
    problem = with_condition(settings.condition, settings.samples, features)
    X, y, start = problem.X, problem.y, problem.start
    step_size = spectrum(X).optimal_step_size()
    for k in settings.steps:
        reference = by_steps(X, y, start, step_size, k)
        calls = {name: partial(method, X, y, start, step_size, k) for name, method in METHODS.items()}
        errors = {n: float(np.linalg.norm(call() - reference) / np.linalg.norm(reference)) for n, call in calls.items()}
        for method, error in errors.items():
            if error > 1e-8:
                raise BadInput(f"{method} differs from gradient descent by {error:.1e} at k = {k}; nothing is timed")
        seconds = {name: partial(timing.timed, call) for name, call in calls.items()}
        seconds["one_gradient"] = partial(timing.timed, partial(gradient, X, start, y))
        times, machine = timing.interleaved(seconds, settings.repetitions)
        for method, error in errors.items():
            yield {
                **problem.facts,
                "k": k,
                "method": method,
                "relative_error": error,
                **timing.compared(times[method], times["gradient_descent"], "wall_seconds", "gradient_descent"),
                "multiple_of_one_gradient": (times[method] / times["one_gradient"]).median(),
                "multiplications": multiplications(method, samples=len(y), features=features, k=k),
                **machine,
            }


def main(files: step.Files, settings: Benchmark) -> step.Facts:
    """Write the table."""
    table_rows = (row for features in settings.features for row in rows(settings, features))
    tables.write(pd.DataFrame(table_rows), files.table)
    return {"seeds": "least_squares/problem/<name>"}


if __name__ == "__main__":
    step.run(main, outputs={"table": "the table to write (.csv)"})

"""Run gradient descent at step sizes below, at and above the bound 2/λ_max; compare its rate with max |1 − αλᵢ|.

Writes one row for each problem and step size, and separately the error against k for the figure. Whether a run
converges is read off the component of its error along the largest eigenvalue: for 0 < α ≤ 2/λ_max all the others
shrink, so this one decides. The rate is compared where it can be seen (see `rates`); elsewhere the row says why not.
"""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
from tqdm import tqdm

from byhand import step
from byhand.least_squares.cases import problems, step_sizes
from byhand.least_squares.descent import Array, Spectrum, by_eigenvalues, descend, minimiser, spectrum
from byhand.least_squares.problems import Problem
from byhand.least_squares.rates import Window, rounding_floor, window
from byhand.least_squares.settings import ConvergenceStep
from byhand.step import tables

SAME = 1e-10
"""A component whose factor per step is this close to 1 counts as staying; rounding moves it by 1e-13 or so."""

SHORT = 20
"""The steps over which that factor is measured."""


def behaviour(factor: float) -> str:
    """What happens to a component that is multiplied by `factor` in each step."""
    return "stays" if abs(factor - 1) <= SAME else "converges" if factor < 1 else "diverges"


def compare(
    problem: Problem, known: Spectrum, name: str, step_size: float, settings: ConvergenceStep
) -> dict[str, Any]:
    """The row of one step size."""
    best = minimiser(problem.X, problem.y)
    multipliers, rate = known.multipliers(step_size), known.rate(step_size)
    components = known.vectors.T @ (problem.start - best)
    size = float(np.linalg.norm(best)) + step_size * math.sqrt(known.eigenvalues[-1]) * float(np.linalg.norm(problem.y))
    seen = window(components, multipliers, settings.steps, rounding_floor(rate, size, len(problem.y)))
    errors: list[float] = []
    for k, w in enumerate(
        descend(problem.X, problem.y, problem.start, step_size, max(SHORT, getattr(seen, "last", 0)))
    ):
        errors.append(float(np.linalg.norm(w - best)))
        if k == SHORT:
            top_factor = abs(known.vectors[:, -1] @ (w - best) / components[-1]) ** (1 / SHORT)
    predicted = behaviour(abs(multipliers[-1]))
    row = {
        **problem.facts,
        "condition": known.eigenvalues[-1] / known.eigenvalues[0],
        "step": name,
        "step_size": step_size,
        "predicted_behaviour": predicted,
        "measured_behaviour": behaviour(top_factor),
        "behaviour_verdict": "agrees" if behaviour(top_factor) == predicted else "differs",
        "predicted_rate": rate,
    }
    if not isinstance(seen, Window):
        return {**row, "rate_verdict": "not visible", "why_not": seen}
    measured = seen.rate(errors[seen.first], errors[seen.last])
    fall = math.log(rate)
    # A rate near 1 agrees with any other near 1; so where it is not 1, its logarithm, the fall per step, must agree.
    error = abs(math.log(measured) / fall - 1) if abs(fall) > 1e-12 else abs(measured - 1)
    return {
        **row,
        "measured_rate": measured,
        "rate_error": abs(measured / rate - 1),
        "log_rate_error": error if abs(fall) > 1e-12 else math.nan,
        "first_step": seen.first,
        "last_step": seen.last,
        "rate_verdict": "agrees" if error <= settings.tolerance else "differs",
        "why_not": "",
    }


def curve(problem: Problem, known: Spectrum, name: str, step_size: float, steps: int) -> Iterator[dict[str, Any]]:
    """The error relative to the first one against k: measured, in closed form, and the slope of the rate alone."""
    best, moment = minimiser(problem.X, problem.y), problem.X.T @ problem.y
    first = float(np.linalg.norm(problem.start - best))

    def relative(w: Array) -> float:
        return float(np.linalg.norm(w - best)) / first

    stride = max(1, steps // 100)
    for k, w in enumerate(descend(problem.X, problem.y, problem.start, step_size, steps)):
        if k % stride == 0:
            yield {
                **problem.facts,
                "step": name,
                "k": k,
                "relative_error": relative(w),
                "relative_error_by_eigenvalues": relative(by_eigenvalues(known, moment, problem.start, step_size, k)),
                "rate_to_the_k": known.rate(step_size) ** k,
            }


def main(files: step.Files, settings: ConvergenceStep) -> step.Facts:
    """Write both tables."""
    rows: list[dict[str, Any]] = []
    curves: list[dict[str, Any]] = []
    for problem in tqdm(problems(settings, files.data), desc="problems", mininterval=2):
        known = spectrum(problem.X)
        for name, step_size in step_sizes(settings.factors, known.bound(), known.optimal_step_size()).items():
            rows.append(compare(problem, known, name, step_size, settings))
            curves += curve(problem, known, name, step_size, settings.curve_steps)
    tables.write(pd.DataFrame(rows), files.table)
    tables.write(pd.DataFrame(curves), files.curves)
    return {"seeds": "least_squares/<problem|start>/<name>"}


if __name__ == "__main__":
    step.run(
        main,
        inputs={"data": "the housing data (.npz)"},
        outputs={
            "table": "the table of rates to write (.csv)",
            "curves": "the table of errors against k to write (.csv)",
        },
    )

"""What the assignment leaves out: X without full column rank, where there are many minimisers and XᵀX has no inverse.

Gradient descent from w₀ tends to the minimiser nearest to w₀, X⁺y + (I − X⁺X)w₀ (see `descent.nearest_minimiser`).
One row for each problem and start: how far the run ends from this, from the minimiser of least norm X⁺y (which it
reaches only where w₀ has no component in the null space), and how far w₀'s component there has moved.
"""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from byhand import step
from byhand.data.arrays import load_housing
from byhand.least_squares.descent import descend, gradient, nearest_minimiser, spectrum
from byhand.least_squares.problems import Problem, housing_problem, standardised, start_for, with_eigenvalues
from byhand.least_squares.settings import RankDeficient
from byhand.step import tables

FALL = 1e-14
"""Runs are long enough for the slowest component to fall by this factor."""


def problems(path: Path) -> list[Problem]:
    """Too few independent columns, fewer samples than features, and housing with its first column twice."""
    data = load_housing(path)
    X = standardised(data.features)
    repeated = np.column_stack([X, X[:, 0]])
    return [
        with_eigenvalues("rank 3 of 5", np.array([0, 0, 0.2, 0.5, 1]), 40),
        with_eigenvalues("4 samples of 8 features", np.array([0, 0, 0, 0, 0.1, 0.2, 0.5, 1]), 4),
        housing_problem("housing, a column twice", repeated, data),
    ]


def rows(problem: Problem, settings: RankDeficient) -> Iterator[dict[str, Any]]:
    """Where the runs of one problem end."""
    X, y = problem.X, problem.y
    known = spectrum(X)
    step_size = known.optimal_step_size()
    steps = math.ceil(math.log(FALL) / math.log(known.rate(step_size)))
    pseudoinverse = np.linalg.pinv(X)
    null_space = np.eye(X.shape[1]) - pseudoinverse @ X
    for number in range(settings.starts + 1):
        start = start_for(problem.name, X.shape[1], number) if number else np.zeros(X.shape[1])
        *_, last = descend(X, y, start, step_size, steps)
        size = float(np.linalg.norm(last))
        other = last + null_space @ start_for(problem.name, X.shape[1], -1)
        distances = {
            "to_nearest_minimiser": float(np.linalg.norm(last - nearest_minimiser(X, y, start))) / size,
            "to_least_norm_minimiser": float(np.linalg.norm(last - pseudoinverse @ y)) / size,
        }
        yield {
            **problem.facts,
            "rank": len(known.nonzero()),
            "start": f"random {number}" if number else "zero",
            "step_size": step_size,
            "steps": steps,
            **{f"relative_distance_{name}": distance for name, distance in distances.items()},
            "moved_in_null_space": float(np.linalg.norm(null_space @ (last - start))),
            "relative_gradient": float(np.linalg.norm(gradient(X, last, y)) / np.linalg.norm(X.T @ y)),
            "distance_from_start": float(np.linalg.norm(last - start)),
            "distance_from_start_of_another_minimiser": float(np.linalg.norm(other - start)),
            "relative_gradient_of_another_minimiser": float(
                np.linalg.norm(gradient(X, other, y)) / np.linalg.norm(X.T @ y)
            ),
            "nearest_minimiser": "agrees" if distances["to_nearest_minimiser"] <= settings.tolerance else "differs",
            "least_norm_minimiser": "agrees"
            if distances["to_least_norm_minimiser"] <= settings.tolerance
            else "differs",
        }


def main(files: step.Files, settings: RankDeficient) -> step.Facts:
    """Write the table."""
    table_rows = (row for problem in problems(files.data) for row in rows(problem, settings))
    tables.write(pd.DataFrame(table_rows), files.table)
    seeds = "least_squares/<problem|start>/<name>/<start>"
    return {"seeds": seeds}


if __name__ == "__main__":
    step.run(main, inputs={"data": "the housing data (.npz)"}, outputs={"table": "the table to write (.csv)"})

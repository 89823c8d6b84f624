"""Show that M = I − αXᵀX need not be positive definite, or even invertible, and that gradient descent converges anyway.

The assignment (exercise 18) sums the geometric series with "(I − αXᵀX) is invertible since I − αXᵀX is positive
definite". Its smallest eigenvalue is 1 − αλ_max, negative for α in (1/λ_max, 2/λ_max) and 0 at 1/λ_max. What the sum
Σ_{i<k} M^i = (I − M^k)(I − M)⁻¹ needs is that I − M = αXᵀX be invertible, which full column rank gives, and that
M^k → 0, which the spectral radius gives, below one for all 0 < α < 2/λ_max. One row for each problem and step size.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from byhand import step
from byhand.least_squares.cases import problems, step_sizes
from byhand.least_squares.descent import by_matrix_power, minimiser, spectrum
from byhand.least_squares.problems import Problem
from byhand.least_squares.settings import DefinitenessStep
from byhand.step import tables


def rows(problem: Problem, settings: DefinitenessStep) -> Iterator[dict[str, Any]]:
    """The numbers of one problem."""
    known = spectrum(problem.X)
    best = minimiser(problem.X, problem.y)
    condition = float(known.eigenvalues[-1] / known.eigenvalues[0])
    for name, step_size in step_sizes(settings.factors, known.bound(), known.optimal_step_size()).items():
        M = np.eye(problem.X.shape[1]) - step_size * (problem.X.T @ problem.X)
        eigenvalues = np.linalg.eigvalsh(M)
        rounding = 2.0**-53 * sum(problem.X.shape)
        radius = float(np.abs(eigenvalues).max())
        last = by_matrix_power(problem.X, problem.y, problem.start, step_size, 2**settings.doublings)
        error = float(np.linalg.norm(last - best) / np.linalg.norm(best))
        allowed = condition * rounding
        yield {
            **problem.facts,
            "condition": condition,
            "step": name,
            "step_size": step_size,
            "smallest_eigenvalue": eigenvalues[0],
            "largest_eigenvalue": eigenvalues[-1],
            "rounding_of_eigenvalues": rounding,
            "positive_definite": "yes" if eigenvalues[0] > rounding else "no",
            "invertible": "yes" if np.abs(eigenvalues).min() > rounding else "no",
            "spectral_radius": radius,
            "one_minus_spectral_radius": 1 - known.rate(step_size),
            "steps": 2**settings.doublings,
            "relative_distance_to_minimiser": error,
            "rounding_allows": allowed,
            "converges": "yes" if error <= allowed else "no",
        }


def main(files: step.Files, settings: DefinitenessStep) -> step.Facts:
    """Write the table."""
    table_rows = (row for problem in problems(settings, files.data) for row in rows(problem, settings))
    tables.write(pd.DataFrame(table_rows), files.table)
    return {"seeds": "least_squares/<problem|start>/<name>"}


if __name__ == "__main__":
    step.run(main, inputs={"data": "the housing data (.npz)"}, outputs={"table": "the table to write (.csv)"})

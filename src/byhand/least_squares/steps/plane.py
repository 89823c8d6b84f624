"""Run gradient descent on a problem with two features, and tabulate its loss on a grid, for the figure of iterates."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from byhand import step
from byhand.least_squares.cases import step_sizes
from byhand.least_squares.descent import Array, descend, loss, minimiser, spectrum
from byhand.least_squares.problems import with_eigenvalues
from byhand.least_squares.settings import Plane
from byhand.step import tables


def table(settings: Plane) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The iterates of each step size and the minimiser; the loss above its minimum on a grid around them."""
    problem = with_eigenvalues("plane", np.array([1 / settings.condition, 1]), settings.samples)
    X, y = problem.X, problem.y
    known, best = spectrum(X), minimiser(X, y)
    start = best + known.vectors @ np.array([2.0, 1.0])  # so that both components are visible

    def point(name: str, step_size: float, k: int, w: Array) -> dict[str, Any]:
        excess = float(loss(X, w, y) - loss(X, best, y))
        return {"step": name, "step_size": step_size, "k": k, "w_1": w[0], "w_2": w[1], "excess_loss": excess}

    def rows() -> Iterator[dict[str, Any]]:
        yield point("minimiser", 0.0, 0, best)
        for name, step_size in step_sizes(settings.factors, known.bound(), known.optimal_step_size()).items():
            for k, w in enumerate(descend(X, y, start, step_size, settings.steps)):
                yield point(name, step_size, k, w)

    iterates = pd.DataFrame(rows())
    reach = 1.15 * max(np.abs(iterates["w_1"] - best[0]).max(), np.abs(iterates["w_2"] - best[1]).max())
    axis = np.linspace(-reach, reach, settings.grid_points)
    grid = [{"w_1": best[0] + a, "w_2": best[1] + b} for a in axis for b in axis]
    # ℒ(w* + h) − ℒ(w*) = ½‖Xh‖², as the gradient at w* is 0.
    excess = [float(h @ h) / 2 for h in (X @ np.array([a, b]) for a in axis for b in axis)]
    return iterates, pd.DataFrame(grid).assign(excess_loss=excess)


def main(files: step.Files, settings: Plane) -> step.Facts:
    """Write both tables."""
    iterates, landscape = table(settings)
    tables.write(iterates, files.table)
    tables.write(landscape, files.landscape)
    return {"seeds": "least_squares/problem/plane"}


if __name__ == "__main__":
    step.run(
        main,
        outputs={
            "table": "the table of iterates to write (.csv)",
            "landscape": "the table of the loss on a grid to write (.csv)",
        },
    )

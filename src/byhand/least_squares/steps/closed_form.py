"""Compare w_k by its closed forms with k real steps of gradient descent, in float64, and count what each costs.

The real run is `torch.optim.SGD` on ½‖Xw − y‖² with gradients by autograd. One row for each problem, step size, k
and method: the difference relative to the largest iterate, what rounding allows, and multiplications.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd
import torch
from tqdm import tqdm

from byhand import step
from byhand.least_squares.cases import problems, step_sizes
from byhand.least_squares.descent import METHODS, Array, multiplications, rounding_allows, spectrum
from byhand.least_squares.problems import Problem
from byhand.least_squares.settings import ClosedFormStep
from byhand.step import tables


def real_run(problem: Problem, step_size: float, steps: int) -> list[Array]:
    """w₀, …, w_steps by torch.optim.SGD and autograd."""
    X, y = torch.from_numpy(problem.X), torch.from_numpy(problem.y)
    w = torch.tensor(problem.start, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=step_size)
    iterates = [w.detach().numpy().copy()]
    for _ in range(steps):
        optimizer.zero_grad()
        residual = X @ w - y
        torch.autograd.backward(residual @ residual / 2)
        optimizer.step()
        iterates.append(w.detach().numpy().copy())
    return iterates


def rows(problem: Problem, settings: ClosedFormStep) -> Iterator[dict[str, Any]]:
    """The comparisons on one problem."""
    X, y, start = problem.X, problem.y, problem.start
    known = spectrum(X)
    for name, step_size in step_sizes(settings.factors, known.bound(), known.optimal_step_size()).items():
        run = real_run(problem, step_size, max(settings.steps))
        allowed = rounding_allows(X, y, run, step_size)
        for k in settings.steps:
            size = max(float(np.linalg.norm(w)) for w in run[: k + 1])
            for method, compute in METHODS.items():
                error = float(np.linalg.norm(compute(X, y, start, step_size, k) - run[k])) / size
                yield {
                    **problem.facts,
                    "step": name,
                    "step_size": step_size,
                    "k": k,
                    "method": method,
                    "relative_error": error,
                    "rounding_allows": allowed[k] / size,
                    "verdict": "equal" if error <= allowed[k] / size else "different",
                    "multiplications": multiplications(method, samples=len(y), features=len(start), k=k),
                }


def main(files: step.Files, settings: ClosedFormStep) -> step.Facts:
    """Write the table."""
    progress = tqdm(problems(settings, files.data), desc="problems", mininterval=2)
    tables.write(pd.DataFrame(row for problem in progress for row in rows(problem, settings)), files.table)
    return {"seeds": "least_squares/<problem|start>/<name>"}


if __name__ == "__main__":
    step.run(main, inputs={"data": "the housing data (.npz)"}, outputs={"table": "the table to write (.csv)"})

"""Prove the identities of problem 5 in rational arithmetic, and detect planted mistakes.

One row per identity: the largest difference between its two sides on small rational problems, where nothing is
rounded, so that 0 is exact; for the gradient also against autograd in float64. The identities are algebraic: they hold
for any step size, convergent or not. Here too is the counterexample to the assignment's claim that "I − αXᵀX is
positive definite".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import torch

from byhand import step
from byhand.data.arrays import load_housing
from byhand.least_squares.descent import Array, by_matrix_power, by_sum_of_powers, descend, gradient, loss, minimiser
from byhand.least_squares.exact import rational, solve
from byhand.least_squares.problems import SYNTHETIC, Problem, housing
from byhand.least_squares.settings import Prove
from byhand.step import tables

X = rational([[1, 2], [0, 1], ["-1/2", 1]])
Y = rational([1, -1, 2])
START = rational([3, "-5/4"])
STEP_SIZE = Fraction(1, 8)
G, MOMENT = X.T @ X, X.T @ Y
M = rational([[1, 0], [0, 1]]) - STEP_SIZE * G

DIAGONAL = rational([[1, 0], [0, 2]])  # eigenvalues of XᵀX: 1 and 4, so the bound 2/λ_max is 1/2
SINGULAR = rational([[1, 1], [1, 1]])  # rank 1; eigenvalues of XᵀX: 0 and 4


LONG = 1000
"""The number of steps that stands for k → ∞ where a term only has to become small."""


@dataclass(frozen=True)
class Claim:
    """The claim that `difference` is 0, up to `tolerance`; `holds` is what is expected, False for a mistake."""

    identity: str
    source: str
    difference: Fraction | float
    holds: bool = True
    tolerance: float = 0
    dataset: str = SYNTHETIC
    fallback_for: str = ""


def largest(difference: Array) -> Fraction:
    """The largest absolute value of an entry."""
    return max(abs(Fraction(entry)) for entry in np.ravel(difference))


def claims(steps: tuple[int, ...]) -> Iterator[Claim]:
    """The exact identities, in the order of the exercises."""
    yield from gradient_claims()
    yield from iterate_claims(steps)
    yield from bound_claims(LONG)
    yield from limit_claims(LONG)
    yield from definiteness_claims(LONG)
    yield from rank_claims(LONG)


def gradient_claims() -> Iterator[Claim]:
    """Exercise 15."""
    moves = [rational(move) for move in ([1, 0], [0, 1], [2, "-1/3"], ["1/7", 5])]

    def taylor(slope: Array) -> Fraction:
        """loss(w + h) − loss(w) − ⟨slope, h⟩ − ½‖Xh‖², which is 0 for all h if and only if slope is the gradient."""
        at = loss(X, START, Y)
        return largest(np.array([loss(X, START + h, Y) - at - slope @ h - (X @ h) @ (X @ h) / 2 for h in moves]))

    yield Claim("gradient = X'(Xw - y)", "exercise 15", taylor(gradient(X, START, Y)))
    yield Claim("gradient = X'(Xw + y)", "planted mistake: sign", taylor(X.T @ (X @ START + Y)), holds=False)
    best = solve(G, MOMENT)
    yield Claim("the gradient is 0 at inv(X'X) X'y", "exercise 15", largest(gradient(X, best, Y)))
    yield Claim(
        "the gradient is 0 at -inv(X'X) X'y", "planted mistake: sign", largest(gradient(X, -best, Y)), holds=False
    )
    null = rational([1, -1])  # of the null space of SINGULAR
    curvature = null @ (SINGULAR.T @ SINGULAR) @ null
    written = "exercise 15, as written"
    yield Claim("X'X is positive definite: h'X'Xh >= 1, X of rank 1", written, Fraction(1 - curvature), holds=False)
    for h in [*moves, null]:
        square = largest(np.array([h @ (SINGULAR.T @ SINGULAR) @ h - (SINGULAR @ h) @ (SINGULAR @ h)]))
        name = f"h'X'Xh = |Xh|^2 >= 0, X of rank 1, h = ({', '.join(map(str, h))})"
        yield Claim(name, "exercise 15, fixed", square)


def iterate_claims(steps: tuple[int, ...]) -> Iterator[Claim]:
    """Exercises 16 and 17."""
    run = list(descend(X, Y, START, STEP_SIZE, max(2, *steps)))
    first = M @ START + STEP_SIZE * MOMENT
    second = M @ M @ START + M @ (STEP_SIZE * MOMENT) + STEP_SIZE * MOMENT
    yield Claim("w_1 = (I - aG) w_0 + a X'y", "exercise 16", largest(first - run[1]))
    yield Claim("w_2 = (I - aG)^2 w_0 + (I - aG) a X'y + a X'y", "exercise 16", largest(second - run[2]))
    source = "exercise 17"
    for k in steps:
        form = "w_k = (I - aG)^k w_0 + a sum_{i<k} (I - aG)^i X'y"
        written = by_sum_of_powers(X, Y, START, STEP_SIZE, k)
        squared = by_matrix_power(X, Y, START, STEP_SIZE, k)
        yield Claim(f"{form}, k = {k}", source, largest(written - run[k]))
        yield Claim(f"{form}, by repeated squaring, k = {k}", source, largest(squared - run[k]))
    for k in steps:
        source = "planted mistake"
        power = np.linalg.matrix_power(M, k)
        more = by_sum_of_powers(X, Y, START, STEP_SIZE, k) + STEP_SIZE * (power @ MOMENT)
        minus = by_sum_of_powers(X, -Y, START, STEP_SIZE, k)
        yield Claim(
            f"w_k with the sum to k instead of k - 1, k = {k}",
            f"{source}: one term",
            largest(more - run[k]),
            holds=False,
        )
        yield Claim(f"w_k with - a sum, k = {k}", f"{source}: sign", largest(minus - run[k]), holds=False)


def bound_claims(steps: int) -> Iterator[Claim]:
    """Exercise 18, the bound: on XᵀX = diag(1, 4) the error along the eigenvalue 4 at, below and above α = 2/4."""
    target, start = rational([1, 1]), rational([2, 2])
    best = solve(DIAGONAL.T @ DIAGONAL, DIAGONAL.T @ target)

    def change(step_size: Fraction) -> Fraction:
        """|e_k| / |e_0| − 1."""
        *_, last = descend(DIAGONAL, target, start, step_size, steps)
        return Fraction(abs(last - best)[1] / abs(start - best)[1] - 1)

    bound = Fraction(1, 2)
    yield Claim(f"at the bound the error keeps its size, {steps} steps", "exercise 18", change(bound))
    for factor in ("99/100", "101/100"):
        name = f"at {factor} of the bound the error keeps its size, {steps} steps"
        yield Claim(name, "planted mistake: the bound", change(Fraction(factor) * bound), holds=False)


def limit_claims(steps: int) -> Iterator[Claim]:
    """Exercise 18, the limit: after many steps below the bound the iterate is the minimiser, and no multiple of it."""
    best = solve(G, MOMENT)
    in_floats = minimiser(X.astype(float), Y.astype(float))
    error = float(largest(in_floats - best.astype(float)))
    yield Claim("inv(X'X) X'y by QR in float64", "exercise 18, the limit", error, tolerance=1e-14)
    for factor in (Fraction(1, 8), Fraction(1, 4)):
        *_, last = descend(X, Y, START, factor, steps)
        name = f"w_{steps} = inv(X'X) X'y, a = {factor}"
        yield Claim(name, "exercise 18, the limit", largest(last - best), tolerance=1e-30)
        yield Claim(
            f"w_{steps} = 3/2 inv(X'X) X'y, a = {factor}",
            "planted mistake: the limit",
            largest(last - Fraction(3, 2) * best),
            holds=False,
            tolerance=1e-30,
        )


def definiteness_claims(steps: int) -> Iterator[Claim]:
    """Exercise 18, its argument: M = I − αG is diag(5/8, −1/2) for α = 3/8, and diag(3/4, 0) for α = 1/4.

    The first is not positive definite, the second not even invertible, and in both the geometric sum and the limit
    hold: what is inverted is I − M = αG.
    """
    identity, gram = rational([[1, 0], [0, 1]]), DIAGONAL.T @ DIAGONAL
    written = "exercise 18, as written"
    indefinite, singular = (identity - step_size * gram for step_size in (Fraction(3, 8), Fraction(1, 4)))
    below_zero = min(Fraction(0), Fraction(indefinite[1, 1]))
    yield Claim("I - aG is positive definite: e_2'(I - aG) e_2 >= 0, a = 3/8", written, below_zero, holds=False)
    determinant = Fraction(singular[0, 0] * singular[1, 1])
    yield Claim("I - aG has determinant 0, so no inverse, a = 1/4", "exercise 18, its gap", determinant)
    for step_size, M in (("3/8", indefinite), ("1/4", singular)):
        fixed = "exercise 18, fixed"
        powers = [np.linalg.matrix_power(M, i) for i in range(60)]
        rest = (identity - M) @ sum(powers) - (identity - M @ powers[-1])
        yield Claim(f"aG sum_{{i<60}} (I - aG)^i = I - (I - aG)^60, a = {step_size}", fixed, largest(rest))
        power = largest(np.linalg.matrix_power(M, steps))
        yield Claim(f"(I - aG)^{steps} -> 0, a = {step_size}", fixed, power, tolerance=1e-100)


def rank_claims(steps: int) -> Iterator[Claim]:
    """X without full column rank. Here λ = 0 and 4 and α = 1/4: M projects onto the null space: w₁ is the limit."""
    y, start = rational([3, 1]), rational([5, -2])
    *_, last = descend(SINGULAR, y, start, Fraction(1, 4), steps)
    least_norm = rational([1, 1])  # X⁺y: half the mean of y in each place
    null_part = rational([["1/2", "-1/2"], ["-1/2", "1/2"]]) @ start
    yield Claim(
        "rank 1 of 2: limit = pinv(X) y + (I - pinv(X) X) w_0", "beyond", largest(last - least_norm - null_part)
    )
    yield Claim("rank 1 of 2: limit = pinv(X) y", "planted mistake: w_0", largest(last - least_norm), holds=False)


def autograd_claims(problems: list[Problem]) -> Iterator[Claim]:
    """The gradient by formula against autograd, relative, on the housing features."""
    for problem in problems:
        w = torch.tensor(problem.start, requires_grad=True)
        residual = torch.from_numpy(problem.X) @ w - torch.from_numpy(problem.y)
        (theirs,) = torch.autograd.grad((residual @ residual) / 2, w)
        ours = gradient(problem.X, problem.start, problem.y)
        error = float(np.linalg.norm(ours - theirs.numpy()) / np.linalg.norm(ours))
        yield Claim(
            f"gradient = X'(Xw - y), against autograd, {problem.name}",
            "exercise 15",
            error,
            tolerance=sum(problem.X.shape) * 2.0**-53,
            dataset=problem.dataset,
            fallback_for=problem.fallback_for,
        )


def row(claim: Claim) -> dict[str, Any]:
    """The row of one claim; exact differences as text, where they are short."""
    exact = isinstance(claim.difference, Fraction)
    text = str(claim.difference) if exact else ""
    return {
        "identity": claim.identity,
        "source": claim.source,
        "dataset": claim.dataset,
        "fallback_for": claim.fallback_for,
        "arithmetic": "rational" if claim.dataset == SYNTHETIC else "float64",
        "difference": float(claim.difference),
        "exact_difference": text if len(text) <= 40 else "",
        "tolerance": claim.tolerance,
        "expected": "equal" if claim.holds else "different",
        "verdict": "equal" if abs(Fraction(claim.difference)) <= claim.tolerance else "different",
    }


def main(files: step.Files, settings: Prove) -> None:
    """Write the table."""
    all_claims = [*claims(settings.steps), *autograd_claims(housing(load_housing(files.data)))]
    tables.write(pd.DataFrame(map(row, all_claims)), files.table)


if __name__ == "__main__":
    step.run(main, inputs={"data": "the housing data (.npz)"}, outputs={"table": "the table to write (.csv)"})

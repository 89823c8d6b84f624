"""Check the hand-derived Jacobians against automatic differentiation and central differences, over random shapes.

Writes one row for each shape, kind of weights, precision, mode and reference: absolute error, relative error
(norm-wise, Frobenius), error in ulp, the relative error that is allowed, and the verdict `within`. Every entry must be
within the bound derived in `error_bounds`; on Xavier weights in float64 the relative error against automatic
differentiation must also be under `tolerance`. Central differences are taken in float64 only: in float32 they would
show their own noise.

A second table gives float32's error against float64 for each contender and depth, on the assignment's N(0, 1) weights.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from byhand import step
from byhand.jacobian import error_bounds
from byhand.jacobian.cost import ORDERS
from byhand.jacobian.modes import MODES, Mode, Weights, chain, random_weights
from byhand.jacobian.rivals import AUTOMATIC, PUBLISHED, functional_reverse
from byhand.jacobian.settings import Check
from byhand.numerics.randomness import generator
from byhand.numerics.rounding import DTYPES, error
from byhand.step import tables

WEIGHTS = {"xavier": True, "normal": False}
REFERENCES = ("jacrev", "functional_reverse")


def shape(stream: torch.Generator, largest_width: int, largest_depth: int, depth: int | None = None) -> tuple[int, ...]:
    """Random widths (D, K₁, …, K_L, P), each from 1; small and large ones equally likely."""

    def uniform() -> float:
        return torch.rand((), generator=stream, dtype=torch.float64).item()

    depth = depth or 1 + int(uniform() * largest_depth)
    return tuple(int((largest_width + 1) ** uniform()) for _ in range(depth + 2))


def compared(
    weights: Weights, x: Tensor, *, xavier: bool, tolerance: float, modes: dict[str, Mode] = MODES
) -> Iterator[dict[str, Any]]:
    """One row for each mode and reference, for weights and input x (D) of one precision."""
    allowances = mode_allowances(weights, x)
    # Both references run from the output, so reverse mode's allowance applies to them.
    answers = {name: (AUTOMATIC[name](weights, x), allowances["reverse"]) for name in REFERENCES}
    if x.dtype == torch.float64:
        answers["central_differences"] = (
            error_bounds.central_differences(weights, x)[0],
            error_bounds.central_differences_allowance(weights, x),
        )
    for mode, (reference, (answer, allowance)) in product(modes, answers.items()):
        row = comparison(modes[mode](weights, x), answer, allowances[mode] + allowance)
        if xavier and x.dtype == torch.float64 and reference in REFERENCES:
            row["within"] = row["within"] and row["relative_error"] < tolerance
        yield {"mode": mode, "reference": reference, **row}


def mode_allowances(weights: Weights, x: Tensor) -> dict[str, Tensor]:
    """For each mode, how far its Jacobian may be from the true one."""
    widths = chain(weights)
    return {name: error_bounds.jacobian_allowance(make(widths), weights, x) for name, make in ORDERS.items()}


def comparison(ours: Tensor, answer: Tensor, allowed: Tensor) -> dict[str, Any]:
    """Errors, allowance and verdict of one Jacobian; a NaN never counts as within."""
    norm = answer.double().norm().item()
    return {
        **error(ours, answer),
        "allowed_relative_error": allowed.norm().item() / norm if norm else math.inf,
        "within": bool(((ours.double() - answer.double()).abs() <= allowed).all()),
    }


def rows(settings: Check) -> Iterator[dict[str, Any]]:
    """The errors in every random shape."""
    for case in tqdm(range(settings.cases), desc="shapes", mininterval=2):
        stream = generator("jacobian", "check", case)
        # The first cases walk through the depths, so that each occurs, L = 1 included.
        depth = case + 1 if case < settings.largest_depth else None
        widths = shape(stream, settings.largest_width, settings.largest_depth, depth)
        for kind, xavier in WEIGHTS.items():
            weights = random_weights(stream, widths, xavier=xavier)
            x = torch.randn(widths[0], generator=stream, dtype=torch.float64)
            for name, dtype in DTYPES.items():
                in_dtype = [W.to(dtype) for W in weights]
                for row in compared(in_dtype, x.to(dtype), xavier=xavier, tolerance=settings.tolerance):
                    yield {
                        "case": case,
                        "inputs": 1,
                        "depth": len(widths) - 2,
                        "widths": "-".join(map(str, widths)),
                        "weights": kind,
                        "dtype": name,
                        **row,
                    }


def assignment_rows(settings: Check) -> Iterator[dict[str, Any]]:
    """The assignment's run, one row per mode, precision and reference: the worst of all inputs, and its own tolerance.

    One input at a time, as the assignment takes them: both sides then round the same forward pass alike, and their
    difference shows only what the chain adds. A batch rounds it differently, as does float64, which is why float32 is
    compared with automatic differentiation in float64 too.
    """
    hidden = [settings.assignment_hidden_width] * settings.assignment_depth
    widths = (settings.assignment_input_width, *hidden, settings.assignment_output_width)
    stream = generator("jacobian", "check", "document")
    weights = random_weights(stream, widths, xavier=False)
    x = torch.randn(settings.assignment_inputs, widths[0], generator=stream, dtype=torch.float64)
    for name, dtype in DTYPES.items():
        in_dtype, points = [W.to(dtype) for W in weights], x.to(dtype)
        allowances = mode_allowances(in_dtype, points)
        answers = {"functional_reverse": ([functional_reverse(in_dtype, p) for p in points], allowances["reverse"])}
        if dtype == torch.float32:
            doubled = [W.double() for W in in_dtype]
            # The rounding of float64 is negligible next to float32's allowance.
            true = [functional_reverse(doubled, p.double()) for p in points]
            answers["functional_reverse_in_float64"] = (true, torch.zeros(()))
        for (mode, function), (reference, (answer, allowance)) in product(MODES.items(), answers.items()):
            ours = [function(in_dtype, point) for point in points]
            allowed = allowances[mode] + allowance
            table = pd.DataFrame(map(comparison, ours, answer, allowed))
            # allclose as the assignment calls it, with its default relative tolerance
            close = [
                torch.allclose(one.to(other.dtype), other, atol=settings.assignment_tolerance)
                for one, other in zip(ours, answer, strict=True)
            ]
            yield {
                "case": "document",
                "inputs": settings.assignment_inputs,
                "depth": settings.assignment_depth,
                "widths": "-".join(map(str, widths)),
                "weights": "normal",
                "dtype": name,
                "mode": mode,
                "reference": reference,
                **table.drop(columns="within").max(),
                "within": bool(table["within"].all()),
                "share_within_document_tolerance": sum(close) / len(close),
            }


def float32_rows(settings: Check) -> Iterator[dict[str, Any]]:
    """Relative error of float32 against the same contender in float64, at the assignment's width, by depth."""
    contenders = {**MODES, **PUBLISHED, **AUTOMATIC}
    for depth, (kind, xavier) in product(settings.float32_depths, WEIGHTS.items()):
        hidden = [settings.assignment_hidden_width] * depth
        widths = (settings.assignment_input_width, *hidden, settings.assignment_output_width)
        errors: dict[str, list[float]] = {name: [] for name in contenders}
        for seed in range(settings.float32_seeds):
            stream = generator("jacobian", "float32", depth, kind, seed)
            # float32 numbers in both precisions, so that only the computation differs.
            weights = random_weights(stream, widths, xavier=xavier, dtype=torch.float32)
            x = torch.randn(widths[0], generator=stream)
            doubled = [W.double() for W in weights]
            for name, contender in contenders.items():
                reference = contender(doubled, x.double())
                errors[name].append(error(contender(weights, x), reference)["relative_error"])
        for name, values in errors.items():
            spread = pd.Series(values)
            yield {
                "weights": kind,
                "depth": depth,
                "contender": name,
                "seeds": settings.float32_seeds,
                "median_relative_error": spread.median(),
                "relative_error_95_percent": spread.quantile(0.95),
                "largest_relative_error": spread.max(),
            }


def main(files: step.Files, settings: Check) -> step.Facts:
    """Write the tables."""
    checked: Sequence[dict[str, Any]] = [*rows(settings), *assignment_rows(settings)]
    tables.write(pd.DataFrame(checked), files.table)
    tables.write(pd.DataFrame(float32_rows(settings)), files.float32)
    seeds = "jacobian/check/<case>, jacobian/float32/<depth>/<weights>/<seed>"
    return {"seeds": seeds}


if __name__ == "__main__":
    step.run(
        main, outputs={"table": "the table to write (.csv)", "float32": "the table of float32's errors to write (.csv)"}
    )

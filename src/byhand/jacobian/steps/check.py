"""Check the hand-derived Jacobians, and `torch.func.jacrev`'s, against the true ones, over random shapes.

The true Jacobian is certified by ball arithmetic (`exact`). Writes one row for each shape, kind of weights, precision
and mode: absolute error, relative error (norm-wise, Frobenius), error in ulp, digits that are right, the relative error
that rounding allows, whether every entry is within the bound derived in `error_bounds`, and whether that bound is
decisive. The assignment's own run is compared with automatic differentiation too, as the assignment compares it.

A second table gives float32's error for each contender and depth, on the assignment's N(0, 1) weights and on Xavier's.
A third follows forward mode through one network of the assignment's shape: the errors of B_l = ∂z_l/∂x, layer by layer.
"""

from collections.abc import Iterator, Sequence
from itertools import product
from typing import Any

import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from byhand import step
from byhand.jacobian import error_bounds, exact
from byhand.jacobian.cost import ORDERS
from byhand.jacobian.modes import MODES, Mode, Weights, chain, forward_mode, random_weights
from byhand.jacobian.rivals import AUTOMATIC, PUBLISHED, functional_reverse, jacrev
from byhand.jacobian.settings import Check
from byhand.numerics.certified import Exact, judged
from byhand.numerics.randomness import generator
from byhand.numerics.rounding import DTYPES, error
from byhand.step import tables

WEIGHTS = {"xavier": True, "normal": False}
CHECKED = {**MODES, "jacrev": jacrev}


def shape(stream: torch.Generator, largest_width: int, largest_depth: int, depth: int | None = None) -> tuple[int, ...]:
    """Random widths (D, K₁, …, K_L, P), each from 1; small and large ones equally likely."""

    def uniform() -> float:
        return torch.rand((), generator=stream, dtype=torch.float64).item()

    depth = depth or 1 + int(uniform() * largest_depth)
    return tuple(int((largest_width + 1) ** uniform()) for _ in range(depth + 2))


def compared(weights: Weights, x: Tensor, modes: dict[str, Mode] = CHECKED) -> Iterator[dict[str, Any]]:
    """One row for each mode, for weights and input x (D) of one precision."""
    truth, allowances = exact.jacobian(weights, x), mode_allowances(weights, x)
    for mode, function in modes.items():
        yield {"mode": mode, "reference": "exact", **judged(function(weights, x), truth, allowances[mode])}


def mode_allowances(weights: Weights, x: Tensor) -> dict[str, Tensor]:
    """For each mode, how far its Jacobian may be from the true one; automatic differentiation runs from the output."""
    widths = chain(weights)
    allowed = error_bounds.allowances({name: make(widths) for name, make in ORDERS.items()}, weights, x)
    return {**allowed, "jacrev": allowed["reverse"]}


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
                for row in compared(in_dtype, x.to(dtype)):
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
    difference shows only what the chain adds. The difference from the true Jacobian shows all of it.
    """
    hidden = [settings.assignment_hidden_width] * settings.assignment_depth
    widths = (settings.assignment_input_width, *hidden, settings.assignment_output_width)
    stream = generator("jacobian", "check", "document")
    weights = random_weights(stream, widths, xavier=False)
    x = torch.randn(settings.assignment_inputs, widths[0], generator=stream, dtype=torch.float64)
    for name, dtype in DTYPES.items():
        in_dtype, points = [W.to(dtype) for W in weights], x.to(dtype)
        parts = [mode_allowances(in_dtype, part) for part in points.split(100)]
        allowances = {mode: torch.cat([part[mode] for part in parts]) for mode in MODES}
        automatic = [Exact(functional_reverse(in_dtype, p).double(), torch.zeros(())) for p in points]
        references = {
            "exact": ([exact.jacobian(in_dtype, p) for p in points], torch.zeros(())),
            "functional_reverse": (automatic, allowances["reverse"]),
        }
        for (mode, function), (reference, (answers, allowance)) in product(MODES.items(), references.items()):
            ours = [function(in_dtype, point) for point in points]
            table = pd.DataFrame(map(judged, ours, answers, allowances[mode] + allowance))
            # allclose as the assignment calls it, with its default relative tolerance
            close = [
                torch.allclose(one.double(), other.value, atol=settings.assignment_tolerance)
                for one, other in zip(ours, answers, strict=True)
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
                **table.drop(columns=["correct_digits", "within", "decisive"]).max(),
                "correct_digits": table["correct_digits"].min(),
                "within": bool(table["within"].all()),
                "decisive": bool(table["decisive"].all()),
                "share_within_document_tolerance": sum(close) / len(close),
            }


def float32_rows(settings: Check) -> Iterator[dict[str, Any]]:
    """Relative error of float32 against the true Jacobian, at the assignment's width, by depth."""
    contenders = {**MODES, **PUBLISHED, **AUTOMATIC}
    for depth, (kind, xavier) in product(settings.float32_depths, WEIGHTS.items()):
        hidden = [settings.assignment_hidden_width] * depth
        widths = (settings.assignment_input_width, *hidden, settings.assignment_output_width)
        errors: dict[str, list[float]] = {name: [] for name in contenders}
        for seed in range(settings.float32_seeds):
            stream = generator("jacobian", "float32", depth, kind, seed)
            weights = random_weights(stream, widths, xavier=xavier, dtype=torch.float32)
            x = torch.randn(widths[0], generator=stream)
            truth = exact.jacobian(weights, x)
            for name, contender in contenders.items():
                errors[name].append(error(contender(weights, x), *truth)["relative_error"])
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


def intermediate_rows(settings: Check) -> Iterator[dict[str, Any]]:
    """The errors of forward mode after each layer: B_l is the Jacobian of the network that ends at z_l."""
    hidden = [settings.assignment_hidden_width] * settings.assignment_depth
    widths = (settings.assignment_input_width, *hidden, settings.assignment_output_width)
    for (kind, xavier), (name, dtype) in product(WEIGHTS.items(), DTYPES.items()):
        stream = generator("jacobian", "intermediates", kind)
        weights = [W.to(dtype) for W in random_weights(stream, widths, xavier=xavier)]
        x = torch.randn(widths[0], generator=stream, dtype=torch.float64).to(dtype)
        for layer in range(1, len(weights) + 1):
            errors = error(forward_mode(weights[:layer], x), *exact.jacobian(weights[:layer], x))
            yield {"weights": kind, "dtype": name, "layer": layer, "intermediate": f"B{layer}", **errors}


def main(files: step.Files, settings: Check) -> step.Facts:
    """Write the tables."""
    checked: Sequence[dict[str, Any]] = [*rows(settings), *assignment_rows(settings)]
    tables.write(pd.DataFrame(checked), files.table)
    tables.write(pd.DataFrame(float32_rows(settings)), files.float32)
    tables.write(pd.DataFrame(intermediate_rows(settings)), files.intermediates)
    seeds = "jacobian/check/<case>, jacobian/float32/<depth>/<weights>/<seed>, jacobian/intermediates/<weights>"
    return {"seeds": seeds}


if __name__ == "__main__":
    step.run(
        main,
        outputs={
            "table": "the table to write (.csv)",
            "float32": "the table of float32's errors to write (.csv)",
            "intermediates": "the table of the errors of intermediates to write (.csv)",
        },
    )

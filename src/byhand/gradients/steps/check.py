"""Check the hand-derived gradients, and autograd's, against the true ones, over shapes, seeds, precisions and losses.

The true gradient is certified by ball arithmetic (`references.exact`). Writes one row for each combination, method and
parameter: absolute error, relative error (norm-wise), error in ulp, digits that are right, the relative error that
rounding allows (derived in `references`), whether every entry is within its bound, and whether the bound is decisive.
`kink` cases place a third of the samples exactly on the kink of the absolute error: with x = (1, 0, …, 0) and b₁ = −W₁x
their h is 0 and their prediction is b₂, in floating-point and in exact arithmetic alike, and so is their target.

A second table follows one problem of the largest shape through the derivation: the errors of h, ŷ, e and δ, then of
the gradient, by hand.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from byhand import step
from byhand.gradients.network import LOSSES, NAMES, Parameters, backward, forward, gradient, random_normal
from byhand.gradients.references import allowance, autograd, exact, exact_intermediates
from byhand.gradients.settings import Check
from byhand.numerics.certified import judged
from byhand.numerics.randomness import generator
from byhand.numerics.rounding import DTYPES, error
from byhand.step import tables

METHODS = {"by_hand": gradient, "autograd": autograd}


def on_the_kink(parameters: Parameters, x: Tensor, y: Tensor) -> tuple[Parameters, Tensor, Tensor]:
    """The problem with the second of every three samples exactly on the kink, and another b₁."""
    chosen = torch.arange(len(x)) % 3 == 1
    first = torch.eye(1, x.shape[1], dtype=x.dtype)  # (1, input_width)
    x = torch.where(chosen.unsqueeze(1), first, x)
    return replace(parameters, b1=-parameters.W1[:, 0]), x, torch.where(chosen, parameters.b2, y)


def rows(settings: Check) -> Iterator[dict[str, Any]]:
    """The errors of each parameter's gradient in each combination."""
    combinations = list(
        product(settings.input_widths, settings.hidden_widths, settings.samples, range(settings.seeds), DTYPES, LOSSES)
    )
    for input_width, hidden_width, samples, seed, dtype, loss in tqdm(
        combinations, desc="shapes and seeds", mininterval=2
    ):
        stream = generator("gradients", "check", input_width, hidden_width, samples, seed)
        # Drawn in float64 for both precisions, so that they see the same numbers up to rounding.
        parameters = random_normal(stream, hidden_width=hidden_width, input_width=input_width, dtype=torch.float64)
        parameters = Parameters(**{name: tensor.to(DTYPES[dtype]) for name, tensor in vars(parameters).items()})
        x = torch.randn(samples, input_width, generator=stream, dtype=torch.float64).to(DTYPES[dtype])
        y = torch.randn(samples, generator=stream, dtype=torch.float64).to(DTYPES[dtype])
        problems = {"generic": (parameters, x, y)}
        if samples > 1:  # a single sample would leave nothing beside it
            problems["kink"] = on_the_kink(parameters, x, y)
        for case, problem in problems.items():
            truth, allowed = exact(*problem, LOSSES[loss]), allowance(*problem, LOSSES[loss])
            for method, function in METHODS.items():
                found = function(*problem, LOSSES[loss])
                for name in NAMES:
                    yield {
                        "loss": loss,
                        "case": case,
                        "dtype": dtype,
                        "input_width": input_width,
                        "hidden_width": hidden_width,
                        "samples": samples,
                        "seed": seed,
                        "method": method,
                        "parameter": name,
                        **judged(getattr(found, name), truth[name], getattr(allowed, name)),
                    }


def intermediate_rows(settings: Check) -> Iterator[dict[str, Any]]:
    """The errors of each intermediate of the derivation, and of the gradient, in its order."""
    input_width, hidden_width, samples = (
        max(sizes) for sizes in (settings.input_widths, settings.hidden_widths, settings.samples)
    )
    for dtype, (loss_name, loss) in product(DTYPES, LOSSES.items()):
        stream = generator("gradients", "intermediates")
        drawn = random_normal(stream, hidden_width=hidden_width, input_width=input_width, dtype=torch.float64)
        parameters = Parameters(**{name: tensor.to(DTYPES[dtype]) for name, tensor in vars(drawn).items()})
        x = torch.randn(samples, input_width, generator=stream, dtype=torch.float64).to(DTYPES[dtype])
        y = torch.randn(samples, generator=stream, dtype=torch.float64).to(DTYPES[dtype])
        prediction, h = forward(parameters, x)
        e = loss.derivative(prediction, y)
        # The gradient by b₁ from one example alone is its δ.
        delta = backward(parameters, x.unsqueeze(1), h.unsqueeze(1), e.unsqueeze(1)).b1
        ours = {"h": h, "yhat": prediction.unsqueeze(1), "e": e.unsqueeze(1), "delta": delta}
        ours |= vars(backward(parameters, x, h, e))
        truth = exact_intermediates(parameters, x, y, loss) | exact(parameters, x, y, loss)
        for place, (intermediate, tensor) in enumerate(ours.items(), 1):
            errors = error(tensor, *truth[intermediate])
            yield {"loss": loss_name, "dtype": dtype, "place": place, "intermediate": intermediate, **errors}


def main(files: step.Files, settings: Check) -> step.Facts:
    """Write the table."""
    tables.write(pd.DataFrame(rows(settings)), files.table)
    tables.write(pd.DataFrame(intermediate_rows(settings)), files.intermediates)
    return {"seeds": "gradients/check/<shape>/<seed>, gradients/intermediates"}


if __name__ == "__main__":
    step.run(
        main,
        outputs={
            "table": "the table to write (.csv)",
            "intermediates": "the table of the errors of intermediates to write (.csv)",
        },
    )

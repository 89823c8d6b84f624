"""Check the hand-derived gradients against autograd and central differences, over shapes, seeds, precisions and losses.

Writes one row for each combination and parameter: absolute error, relative error (norm-wise), error in ulp, the
error that rounding and truncation allow (derived in `references`), and whether every entry is within it. `kink` cases
place a third of the targets exactly on the predictions, where the absolute error has its kink.
"""

from collections.abc import Iterator
from itertools import product
from typing import Any

import pandas as pd
import torch
from tqdm import tqdm

from byhand import step
from byhand.gradients.network import LOSSES, NAMES, Parameters, forward, gradient, random_normal
from byhand.gradients.references import autograd, autograd_allowance, central_differences, central_differences_allowance
from byhand.gradients.settings import Check
from byhand.numerics.randomness import generator
from byhand.numerics.rounding import DTYPES, error
from byhand.step import tables

REFERENCES = {
    "autograd": (autograd, autograd_allowance),
    "central_differences": (central_differences, central_differences_allowance),
}


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
        # Differences in float32 would show float32's own noise, so they are taken in float64 only.
        references = REFERENCES if dtype == "float64" else {"autograd": REFERENCES["autograd"]}
        on_the_kink = torch.arange(samples) % 3 == 0
        for case in ("generic", "kink"):
            target = torch.where(on_the_kink, forward(parameters, x)[0], y) if case == "kink" else y
            problem = (parameters, x, target, LOSSES[loss])
            ours = gradient(*problem)
            answers = {
                name: (answer(*problem), allowance(*problem)) for name, (answer, allowance) in references.items()
            }
            for reference, name in product(answers, NAMES):
                answer, allowance = (getattr(both, name) for both in answers[reference])
                errors = error(getattr(ours, name), answer)
                yield {
                    "loss": loss,
                    "case": case,
                    "dtype": dtype,
                    "input_width": input_width,
                    "hidden_width": hidden_width,
                    "samples": samples,
                    "seed": seed,
                    "reference": reference,
                    "parameter": name,
                    **errors,
                    "allowed_error": allowance.max().item(),
                    "within": bool(((getattr(ours, name) - answer).abs() <= allowance).all()),
                }


def main(files: step.Files, settings: Check) -> step.Facts:
    """Write the table."""
    tables.write(pd.DataFrame(rows(settings)), files.table)
    return {"seeds": "gradients/check/<shape>/<seed>"}


if __name__ == "__main__":
    step.run(main, outputs={"table": "the table to write (.csv)"})

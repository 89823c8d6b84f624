"""The assignment's own check, repeated over many seeds, next to the norms that it printed.

x (100, 10), 20 hidden units, everything N(0, 1) in float32, mean absolute error; for each parameter the Euclidean norm
of (gradient by hand − autograd), which must be under 1e-6.
"""

import pandas as pd
import torch

from byhand import step
from byhand.gradients.network import LOSSES, NAMES, gradient, random_normal
from byhand.gradients.references import autograd
from byhand.gradients.settings import Assignment
from byhand.numerics.randomness import generator
from byhand.step import tables


def norms(settings: Assignment) -> pd.DataFrame:
    """The norm of the difference for each seed (rows) and parameter (columns)."""
    loss = LOSSES["mean_absolute_error"]
    rows = []
    for seed in range(settings.seeds):
        stream = generator("gradients", "document", seed)
        parameters = random_normal(
            stream, hidden_width=settings.hidden_width, input_width=settings.input_width, dtype=torch.float32
        )
        x = torch.randn(settings.samples, settings.input_width, generator=stream)
        y = torch.randn(settings.samples, generator=stream)
        ours, theirs = gradient(parameters, x, y, loss), autograd(parameters, x, y, loss)
        rows.append({name: (getattr(ours, name) - getattr(theirs, name)).norm().item() for name in NAMES})
    return pd.DataFrame(rows)


def main(files: step.Files, settings: Assignment) -> step.Facts:
    """Write the table."""
    published = tables.read(files.printed, ["parameter", "norm_of_difference"])
    printed = published.set_index(published["parameter"].replace({"W2": "w2"}))["norm_of_difference"]
    ours = norms(settings)
    table = pd.DataFrame(
        {
            "parameter": name,
            "printed_norm": printed[name],
            "median_norm": ours[name].median(),
            "smallest_norm": ours[name].min(),
            "largest_norm": ours[name].max(),
            "seeds": settings.seeds,
            "tolerance": settings.tolerance,
            "share_of_seeds_within_tolerance": (ours[name] < settings.tolerance).mean(),
            "printed_within_tolerance": bool(printed[name] < settings.tolerance),
        }
        for name in NAMES
    )
    tables.write(table, files.table)
    return {"seeds": "gradients/document/<seed>"}


if __name__ == "__main__":
    step.run(
        main,
        inputs={"printed": "the norms that the assignment printed (.csv)"},
        outputs={"table": "the table to write (.csv)"},
    )

"""The assignment's own check, repeated over many seeds, next to the norms that it printed.

x (100, 10), 20 hidden units, everything N(0, 1) in float32, mean absolute error; for each parameter the Euclidean norm
of (gradient by hand − autograd), which must be under 1e-6: for our gradient and for the notebook's code. Where the
printed norm lies among ours: p = 2 min(#{norm ≤ printed} + 1, #{norm ≥ printed} + 1)/(n + 1), at most 1, a rank test.

A second table has the shapes that the notebook's comments give, and the true ones.
"""

import pandas as pd
import torch
from torch import Tensor

from byhand import step
from byhand.gradients import notebook
from byhand.gradients.network import LOSSES, NAMES, Parameters, gradient, random_normal
from byhand.gradients.references import autograd
from byhand.gradients.settings import Assignment
from byhand.numerics.randomness import generator
from byhand.step import tables


def drawn(settings: Assignment, seed: int) -> tuple[Parameters, Tensor, Tensor]:
    """Parameters, x (samples, input_width) and y (samples) of a seed."""
    stream = generator("gradients", "document", seed)
    parameters = random_normal(
        stream, hidden_width=settings.hidden_width, input_width=settings.input_width, dtype=torch.float32
    )
    x = torch.randn(settings.samples, settings.input_width, generator=stream)
    return parameters, x, torch.randn(settings.samples, generator=stream)


def norms(settings: Assignment) -> pd.DataFrame:
    """The norm of the difference for each seed and code (rows) and parameter (columns)."""
    loss = LOSSES["mean_absolute_error"]
    rows = []
    for seed in range(settings.seeds):
        case = drawn(settings, seed)
        theirs = autograd(*case, loss)
        for code, ours in (("by_hand", gradient(*case, loss)), ("notebook", notebook.gradient(*case))):
            difference = {name: (getattr(ours, name) - getattr(theirs, name)).norm().item() for name in NAMES}
            rows.append({"code": code, **difference})
    return pd.DataFrame(rows)


def rank(values: pd.Series, printed: float) -> float:
    """The two-sided p-value of the printed number among the values."""
    least = min((values <= printed).sum(), (values >= printed).sum()) + 1
    return float(min(1.0, 2 * least / (len(values) + 1)))


def shapes(settings: Assignment) -> pd.DataFrame:
    """The shapes in the notebook's comments beside the true ones."""
    tensors = notebook.intermediates(*drawn(settings, 0))
    return pd.DataFrame(
        {
            "tensor": name,
            "in_the_comment": "x".join(map(str, commented)),
            "in_the_code": "x".join(map(str, tensors[name].shape)),
            "agrees": commented == tuple(tensors[name].shape),
            "agrees_but_for_the_order": sorted(commented) == sorted(tensors[name].shape),
        }
        for name, commented in notebook.SHAPES.items()
    )


def main(files: step.Files, settings: Assignment) -> step.Facts:
    """Write the tables."""
    published = tables.read(files.printed, ["parameter", "norm_of_difference"])
    printed = published.set_index(published["parameter"].replace({"W2": "w2"}))["norm_of_difference"]
    table = pd.DataFrame(
        {
            "code": code,
            "parameter": name,
            "printed_norm": printed[name],
            "median_norm": ours[name].median(),
            "smallest_norm": ours[name].min(),
            "largest_norm": ours[name].max(),
            "p_value": rank(ours[name], printed[name]),
            "seeds": settings.seeds,
            "tolerance": settings.tolerance,
            "share_of_seeds_within_tolerance": (ours[name] < settings.tolerance).mean(),
            "printed_within_tolerance": bool(printed[name] < settings.tolerance),
        }
        for code, ours in norms(settings).groupby("code")
        for name in NAMES
    )
    tables.write(table, files.table)
    tables.write(shapes(settings), files.shapes)
    return {"seeds": "gradients/document/<seed>"}


if __name__ == "__main__":
    step.run(
        main,
        inputs={"printed": "the norms that the assignment printed (.csv)"},
        outputs={"table": "the table of norms to write (.csv)", "shapes": "the table of shapes to write (.csv)"},
    )

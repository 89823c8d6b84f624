"""Check that hand-derived training matches the notebook's own (autograd, torch.optim, DataLoader), epoch by epoch.

For each parameter and loss: the largest entry of the difference, relative to the notebook's largest entry. The
published protocol also shows the bug itself: the optimiser holds the former tensor W₁, and W₁ does not move.

A second table says how many rows of each part the network was trained on too.
"""

from itertools import islice
from typing import Any

import pandas as pd
import torch
from torch import Tensor
from tqdm import tqdm

from byhand import step
from byhand.data.arrays import load_housing
from byhand.gradients.network import NAMES
from byhand.housing import notebook, training
from byhand.housing.bugs import PROTOCOLS
from byhand.housing.settings import AutogradCheckStep
from byhand.numerics.rounding import DTYPES
from byhand.step import tables


def relative(ours: Tensor, theirs: Tensor) -> float:
    """max |ours − theirs| / max |theirs|, 0 where both are 0."""
    difference = (ours - theirs).abs().max().item()
    return difference / theirs.abs().max().item() if difference else 0.0


def seen(part: training.Rows, trained: training.Rows) -> int:
    """How many rows of a part of the first run are also among the rows that it is trained on."""

    def rows(of: training.Rows) -> pd.Series:
        return pd.Series(map(tuple, torch.cat([of.x[0], of.y[0].unsqueeze(1)], 1).tolist()))

    return int(rows(part).isin(set(rows(trained))).sum())


def main(files: step.Files, settings: AutogradCheckStep) -> step.Facts:
    """Write the tables."""
    settings = settings.model_copy(update={"seeds": 1})  # the notebook trains one seed at a time
    data = load_housing(files.data)
    rows = []
    cases = [(name, dtype) for name in ("published", "corrected") for dtype in DTYPES]
    for name, dtype in tqdm(cases, desc="protocols and precisions", mininterval=2):
        problem = (
            training.split(data.features, data.target, PROTOCOLS[name], settings, DTYPES[dtype]),
            training.initial(settings, data.features.shape[1], PROTOCOLS[name], DTYPES[dtype]),
            PROTOCOLS[name],
            settings,
        )
        both = zip(training.train(*problem), notebook.train(*problem), strict=True)
        for number, (ours, theirs) in enumerate(islice(both, settings.compared_epochs), start=1):
            pairs: dict[str, tuple[Any, Any]] = {parameter: (ours.parameters, theirs.parameters) for parameter in NAMES}
            pairs |= {loss: (ours, theirs) for loss in ("train_loss", "validation_loss", "test_loss")}
            rows += [
                {
                    **data.columns,
                    "protocol": name,
                    "dtype": dtype,
                    "epoch": number,
                    "quantity": quantity,
                    "relative_difference": relative(*(getattr(side, quantity) for side in pair)),
                    "largest_W1_at_start": problem[1].W1.abs().max().item(),
                    "largest_w2_at_start": problem[1].w2.abs().max().item(),
                    "move_in_W1_by_hand": (ours.parameters.W1 - problem[1].W1).abs().max().item(),
                    "move_in_W1_by_autograd": (theirs.parameters.W1 - problem[1].W1).abs().max().item(),
                }
                for quantity, pair in pairs.items()
            ]
    tables.write(pd.DataFrame(rows), files.table)
    splits = []
    for name in ("published", "corrected"):
        split = training.split(data.features, data.target, PROTOCOLS[name], settings, torch.float64)
        for part in ("train", "validation", "test"):
            of_part = getattr(split, part)
            count = of_part.y.shape[1]
            facts = {"protocol": name, "split": part, "rows": count, "share_of_rows": count / len(data.target)}
            splits.append({**data.columns, **facts, "seen_in_training": seen(of_part, split.train)})
    tables.write(pd.DataFrame(splits), files.split)
    return {"data": data.columns, "seeds": "housing/<purpose>/0"}


if __name__ == "__main__":
    step.run(
        main,
        inputs={"data": "the housing data (.npz)"},
        outputs={"table": "the table to write (.csv)", "split": "the table of rows in each part to write (.csv)"},
    )

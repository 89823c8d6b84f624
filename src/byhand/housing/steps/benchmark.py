"""Time an epoch of the notebook's training and of ours, interleaved in one process, after checking that they agree.

The contenders without arithmetic show where the notebook's time goes, and the products alone show the least time that
ours could take.
"""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pandas as pd
import torch

from byhand import step
from byhand.data.arrays import load_housing
from byhand.errors import BadInput
from byhand.gradients.network import NAMES, Parameters
from byhand.housing import notebook, training
from byhand.housing.bugs import PUBLISHED
from byhand.housing.settings import BenchmarkStep
from byhand.numerics import timing
from byhand.step import tables


def loaders_alone(split: training.Split, settings: BenchmarkStep) -> Iterator[None]:
    """An epoch of the notebook without arithmetic: rows fetched one by one and put into batches."""
    parts = [split.train, split.validation, split.test]
    streams = [training.orders("benchmark", settings, rows.y.shape[1]) for rows in parts]
    while True:
        for rows, stream in zip(parts, streams, strict=True):
            for _ in notebook.loader(rows, next(stream), settings.batch_size):
                pass
        yield


@torch.inference_mode()
def products_alone(split: training.Split, parameters: Parameters, settings: BenchmarkStep) -> Iterator[None]:
    """The matrix products of an epoch, and nothing else: a lower bound for any training batch by batch."""
    W1, w2 = parameters.W1, parameters.w2.unsqueeze(-1)
    while True:
        for x in split.train.x.split(settings.batch_size, 1):
            h = x @ W1.mT
            e = h @ w2
            _ = h.mT @ e
            _ = h.mT @ x
        for rows in (split.validation, split.test):
            _ = (rows.x @ W1.mT) @ w2
        yield


def contenders(settings: BenchmarkStep, data_path: Path) -> dict[str, tuple[int, Iterator[object]]]:
    """By name: how many seeds an epoch trains, and an iterator that runs one epoch per item."""
    data = load_housing(data_path)
    by_name: dict[str, tuple[int, Iterator[object]]] = {}
    for seeds in (1, settings.seeds):
        several = settings.model_copy(update={"seeds": seeds})
        split = training.split(data.features, data.target, PUBLISHED, several)
        initial = training.initial(several, data.features.shape[1], PUBLISHED)
        if seeds == 1:
            by_name["notebook"] = (1, notebook.train(split, initial, PUBLISHED, several))
            by_name["notebook_loaders_alone"] = (1, loaders_alone(split, several))
        by_name[f"by_hand_{seeds}_seeds"] = (seeds, training.train(split, initial, PUBLISHED, several))
        by_name[f"products_alone_{seeds}_seeds"] = (seeds, products_alone(split, initial, several))
    return by_name


def agreed(settings: BenchmarkStep, data_path: Path) -> float:
    """The largest relative difference in a parameter between the two after one epoch in float64.

    Raises:
        BadInput: they do not agree, so times would be meaningless.
    """
    data = load_housing(data_path)
    one = settings.model_copy(update={"seeds": 1})
    split = training.split(data.features, data.target, PUBLISHED, one, torch.float64)
    initial = training.initial(one, data.features.shape[1], PUBLISHED, torch.float64)
    ours, theirs = (next(way(split, initial, PUBLISHED, one)) for way in (training.train, notebook.train))
    differences: list[float] = [
        ((mine - other).abs().max() / other.abs().max()).item()
        for mine, other in ((getattr(ours.parameters, name), getattr(theirs.parameters, name)) for name in NAMES)
    ]
    if not max(differences) < 1e-10:
        raise BadInput(f"the two ways differ by {max(differences):.1e} after an epoch, expected less than 1e-10")
    return max(differences)


def main(files: step.Files, settings: BenchmarkStep) -> None:
    """Write the table and print it."""
    difference = agreed(settings, files.data)
    rivals = contenders(settings, files.data)
    seconds = {name: partial(timing.timed, partial(next, epochs)) for name, (_, epochs) in rivals.items()}
    seeds = pd.Series({name: count for name, (count, _) in rivals.items()})
    times, machine = timing.interleaved(seconds, settings.repetitions)
    per_seed = 1e3 * times / seeds
    rows = [
        {
            "contender": name,
            **timing.compared(per_seed[name], per_seed["notebook"], "milliseconds_per_epoch_and_seed", "notebook"),
            "repetitions": settings.repetitions,
            "threads": torch.get_num_threads(),
            "relative_difference_after_an_epoch_in_float64": difference,
            **machine,
        }
        for name in rivals
    ]
    table = pd.DataFrame(rows)
    print(table.iloc[:, :7].round(2).to_string(index=False))
    tables.write(table, files.table)


if __name__ == "__main__":
    step.run(main, inputs={"data": "the housing data (.npz)"}, outputs={"table": "the table to write (.csv)"})

"""Whether theory's line tells which networks can be trained: the map's cells, counted."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from byhand.numerics.intervals import proportion_interval

CELL = ["activation", "depth", "weight_scale"]
SCALES = {"signal": "signal_scale", "error": "error_scale"}
"""By which depth scale a network is judged: the signal's was fixed beforehand; the error's is for comparison."""


def cells(runs: pd.DataFrame, trained_accuracy: float, multiple: float) -> pd.DataFrame:
    """One row per activation, depth and weight scale: what was found, and what theory says.

    Args:
        runs: one row per run, from `byhand.initialization.steps.map`.
        trained_accuracy: the training accuracy from which a network counts as trained.
        multiple: a network can be trained if it is at most this many depth scales deep.
    """
    runs = runs.assign(trained=runs["train_accuracy"] >= trained_accuracy)
    found = runs.groupby(CELL, sort=False, as_index=False).agg(
        chi_1=("chi_1", "first"),
        signal_scale=("signal_scale", "first"),
        error_scale=("error_scale", "first"),
        train_accuracy=("train_accuracy", "mean"),
        lowest_train_accuracy=("train_accuracy", "min"),
        highest_train_accuracy=("train_accuracy", "max"),
        trained_seeds=("trained", "sum"),
        diverged_seeds=("diverged_at_step", lambda steps: (steps > 0).sum()),
        seeds=("seed", "size"),
    )
    found["trained"] = found["train_accuracy"] >= trained_accuracy
    for name, scale in SCALES.items():
        found[f"trainable_by_{name}"] = found["depth"] <= multiple * found[scale]
        found[f"right_by_{name}"] = found[f"trainable_by_{name}"] == found["trained"]
    return found


def best_multiple(found: pd.DataFrame, scale: str) -> tuple[float, float]:
    """The multiple of this depth scale that would have divided these cells best, and the share that it gets right.

    Of all that do equally well the middle one, between two cells' multiples.
    """
    multiples = (found["depth"] / found[scale]).to_numpy()
    places = np.unique(multiples[(multiples > 0) & np.isfinite(multiples)])
    candidates = np.sqrt(places[1:] * places[:-1])
    if not len(candidates):
        return float("nan"), float("nan")
    shares = np.array([((multiples <= limit) == found["trained"]).mean() for limit in candidates])
    best = candidates[shares == shares.max()]
    return float(best[len(best) // 2]), float(shares.max())


def agreement(found: pd.DataFrame) -> pd.DataFrame:
    """How often theory's line is right, by activation, by depth scale, and in each phase.

    The interval is that of a binomial share, as if the cells were drawn at random. `share_without_theory` is what
    always giving the more frequent answer would get right. The best multiple is found afterwards, from the same cells.
    """

    def rows() -> Iterator[dict[str, object]]:
        for activation, of_activation in found.groupby("activation", sort=False):
            ordered = of_activation["chi_1"] < 1 + 1e-9  # the edge of chaos included
            for phase, group in (
                ("all", of_activation),
                ("ordered", of_activation[ordered]),
                ("chaotic", of_activation[~ordered]),
            ):
                for name, scale in SCALES.items():
                    right, trainable = group[f"right_by_{name}"], group[f"trainable_by_{name}"]
                    low, high = proportion_interval(int(right.sum()), len(right))
                    multiple, share = best_multiple(group, scale)
                    yield {
                        "activation": activation,
                        "scale": name,
                        "phase": phase,
                        "cells": len(group),
                        "right": int(right.sum()),
                        "share_right": right.mean(),
                        "lower": low,
                        "upper": high,
                        "trained_beyond_the_line": int((group["trained"] & ~trainable).sum()),
                        "untrained_within_the_line": int((~group["trained"] & trainable).sum()),
                        "share_without_theory": max(group["trained"].mean(), 1 - group["trained"].mean()),
                        "best_multiple": multiple,
                        "share_right_with_it": share,
                        "cells_whose_seeds_differ": int(group["trained_seeds"].between(1, group["seeds"] - 1).sum()),
                        "seeds": int(group["seeds"].min()),
                    }

    return pd.DataFrame(rows())

"""The protocols side by side: final losses, the effect of each bug, printed epochs against the seeds."""

import math
from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from byhand.numerics import exact_test
from byhand.numerics.intervals import mean_interval, prediction_interval

SPLITS = ("train", "validation", "test")


def printed_curve(runs: pd.DataFrame, printed: pd.DataFrame) -> pd.DataFrame:
    """Every printed epoch against the seeds of each protocol that keeps the notebook's bugs.

    Losses are positive and fall over orders of magnitude, so their logarithms are compared: a printed figure is within
    the spread if it lies in the 95 % interval for one more run.

    Args:
        runs: one row per protocol, seed and epoch, with train_loss, validation_loss, test_loss.
        printed: one row per epoch, with the same columns; may be empty.
    """

    def rows() -> Iterator[dict[str, object]]:
        for (protocol, epoch), group in runs.groupby(["protocol", "epoch"], sort=False):
            if not str(protocol).startswith("published") or not (printed["epoch"] == epoch).any():
                continue
            for split in SPLITS:
                printed_loss = float(printed.loc[printed["epoch"] == epoch, f"{split}_loss"].iloc[0])
                logarithms = group[f"{split}_loss"].map(math.log)
                off = logarithms.mean() - math.log(printed_loss)
                allowed = prediction_interval(logarithms)
                yield {
                    "protocol": protocol,
                    "epoch": epoch,
                    "split": split,
                    "printed": printed_loss,
                    "geometric_mean": math.exp(logarithms.mean()),
                    "ours_over_printed": math.exp(off),
                    "allowed_factor": math.exp(allowed),
                    "within_spread": abs(off) <= allowed,
                    "seeds": len(group),
                }

    columns = "protocol epoch split printed geometric_mean ours_over_printed allowed_factor within_spread seeds"
    return pd.DataFrame(rows(), columns=columns.split())


def final_losses(runs: pd.DataFrame, printed: Mapping[str, float]) -> pd.DataFrame:
    """Each protocol's last-epoch losses over the seeds, with the published one compared with the printed figures.

    Args:
        runs: one row per protocol and seed, with train_loss, validation_loss and test_loss of the last epoch.
        printed: the assignment's figures by split; not compared where the run uses another data set.
    """
    rows = []
    for protocol, group in runs.groupby("protocol", sort=False):
        for split in SPLITS:
            losses = group[f"{split}_loss"]
            row = {
                "protocol": protocol,
                "split": split,
                "mean": losses.mean(),
                "standard_deviation": losses.std(),
                "smallest": losses.min(),
                "largest": losses.max(),
                "seeds": len(losses),
            }
            if str(protocol).startswith("published") and split in printed:
                difference = losses.mean() - printed[split]
                allowed = prediction_interval(losses)
                row |= {
                    "printed": printed[split],
                    "ours_minus_printed": difference,
                    "in_standard_deviations": difference / losses.std(),
                    "allowed_difference": allowed,
                    "within_spread": bool(abs(difference) <= allowed),
                }
            rows.append(row)
    return pd.DataFrame(rows)


def bug_effects(runs: pd.DataFrame) -> pd.DataFrame:
    """The effect of each bug: loss with the notebook's code minus loss with that bug alone fixed, seed by seed.

    The seeds are paired: same initial weights, same validation rows. Positive: the bug made the loss look worse.
    """
    losses = runs.set_index(["protocol", "seed"])[[f"{split}_loss" for split in SPLITS]]
    rows = []
    for protocol in runs["protocol"].unique():
        if protocol.startswith("fixed_") or protocol == "corrected":
            worth = (losses.loc["published"] - losses.loc[protocol]).dropna()  # the seeds that both have
            rows += [
                {
                    "fixed": "all" if protocol == "corrected" else protocol.removeprefix("fixed_"),
                    "split": split,
                    "published_mean": losses.loc["published"].loc[worth.index, f"{split}_loss"].mean(),
                    "worth": worth[f"{split}_loss"].mean(),
                    "standard_deviation": worth[f"{split}_loss"].std(),
                    "half_width_of_95_percent_interval": mean_interval(worth[f"{split}_loss"]),
                    "seeds": len(worth),
                }
                for split in SPLITS
            ]
    return pd.DataFrame(rows)


def families(runs: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """The printed numbers that are tested together: the losses of all epochs, and those of the last alone."""
    return {"curve": runs, "final losses": runs[runs["epoch"] == runs["epoch"].max()]}


def numbers(runs: pd.DataFrame) -> np.ndarray:
    """The losses of each seed (seeds, epochs · splits)."""
    losses = [f"{split}_loss" for split in SPLITS]
    return runs.assign(seed=runs.get("seed", 0)).pivot(index="seed", columns="epoch", values=losses).to_numpy()


def family_of_losses(count: int) -> exact_test.Family:
    """Losses on the logarithmic scale, printed with all their digits."""
    return exact_test.Family(["log"] * count, [15] * count)


def exact_tests(runs: pd.DataFrame, printed: pd.DataFrame) -> pd.DataFrame:
    """Whether the printed losses are those of one more run of each protocol with the notebook's bugs.

    Args:
        runs: one row per protocol, seed and epoch, with train_loss, validation_loss, test_loss.
        printed: one row per epoch, with the same columns; may be empty.
    """

    def rows() -> Iterator[dict[str, object]]:
        for protocol, own in runs.groupby("protocol", sort=False):
            if str(protocol).startswith("published") and len(printed):
                for (family, group), print_of in zip(families(own).items(), families(printed).values(), strict=True):
                    ours, (theirs,) = numbers(group), numbers(print_of)
                    if exact_test.enough(ours):
                        p = exact_test.p_value(ours, theirs, *family_of_losses(ours.shape[1]))
                        yield {
                            "family": family,
                            "protocol": protocol,
                            "numbers": ours.shape[1],
                            "reruns": len(ours),
                            "p_value": p,
                        }

    return pd.DataFrame(rows(), columns=["family", "protocol", "numbers", "reruns", "p_value"])


def powers(runs: pd.DataFrame) -> pd.DataFrame:
    """How often the test of the notebook's code would have noticed that another code had printed the losses."""

    def rows() -> Iterator[dict[str, object]]:
        null = families(runs[runs["protocol"] == "published"])
        for protocol, own in runs.groupby("protocol", sort=False):
            for family, group in families(own).items():
                ours, others = numbers(null[family]), numbers(group)
                if protocol != "published" and exact_test.enough(ours):
                    power = exact_test.power(ours, others, *family_of_losses(ours.shape[1]))
                    yield {
                        "family": family,
                        "alternative": protocol,
                        "alternative_runs": len(others),
                        "reruns": len(ours),
                        "power": power,
                    }

    return pd.DataFrame(rows(), columns=["family", "alternative", "alternative_runs", "reruns", "power"])

"""Whether the figures printed for an initialisation are those of one more run."""

import zlib
from typing import Any

import numpy as np
import pandas as pd

from byhand.initialization import comparison


def network(initialization: str, seeds: int, loss: float = 2.0, **cell: Any) -> pd.DataFrame:
    random = np.random.default_rng(zlib.crc32(f"{initialization} {cell} {loss}".encode()))
    table = pd.DataFrame({"seed": np.repeat(range(seeds), 5), "epoch": np.tile(range(1, 6), seeds)})
    for split in ("train", "test"):
        table[f"running_{split}_loss"] = loss + 0.1 * random.normal(size=len(table))
        table[f"running_{split}_accuracy"] = 0.5 + 0.01 * random.normal(size=len(table))
    return table.assign(initialization=initialization, **{"depth": 8, "hidden_width": 50, "order": "file", **cell})


def printed(loss: float = 2.0, fifth: float = 50.0) -> pd.DataFrame:
    own = {"train_loss": loss, "train_accuracy_percent": 50.0, "test_loss": loss, "test_accuracy_percent": 50.0}
    table = pd.DataFrame([{"init": "uniform_0.1", "epoch": epoch, **own} for epoch in range(1, 6)])
    table.loc[4, "test_accuracy_percent"] = fifth
    return table.sample(frac=1, random_state=0)  # in any order


def p_value(runs: pd.DataFrame, figures: pd.DataFrame) -> float:
    (found,) = comparison.exact_tests(runs, figures).to_dict("records")
    assert (found["numbers"], found["order"]) == (20, "file")
    return float(found["p_value"])


def test_all_20_figures_are_tested_together() -> None:
    runs = network("uniform_0.1", 39)
    assert p_value(runs, printed()) > 0.5
    assert p_value(runs, printed(fifth=60.0)) == 1 / 40
    assert comparison.exact_tests(network("uniform_0.1", 18), printed()).empty


def test_a_run_that_diverged_is_far_from_the_others_and_no_error() -> None:
    runs = network("uniform_0.1", 39)
    runs.loc[runs["seed"] == 3, "running_train_loss"] = np.nan
    assert p_value(runs, printed()) > 0.5


def test_the_power_is_stated_against_initialisations_orders_and_depths() -> None:
    runs = pd.concat(
        [
            network("uniform_0.1", 39),
            network("uniform_2.0", 39, loss=9.0),
            network("uniform_0.1", 10, order="shuffled"),
            network("uniform_0.1", 5, loss=9.0, depth=4),
            network("uniform_0.1", 5, loss=9.0, depth=4, hidden_width=10),
        ]
    )
    found = comparison.powers(runs, 8, 50, ["uniform_0.1", "uniform_2.0"]).to_dict("records")
    of_first = {row["kind"]: row for row in found if row["initialization"] == "uniform_0.1"}
    assert {kind: (row["alternative"], row["alternative_runs"]) for kind, row in of_first.items()} == {
        "initialization": ("uniform_2.0", 39),
        "order": ("shuffled", 10),
        "depth": ("4", 5),
    }
    assert of_first["initialization"]["power"] == of_first["depth"]["power"] == 1
    assert of_first["order"]["power"] <= 0.3

"""A printed figure is held against the spread of the seeds, and a bug is worth what the pairs of seeds say."""

import math

import pandas as pd
import pytest

from byhand.housing import comparison


def runs(**losses: list[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {"protocol": protocol, "seed": seed, "epoch": 1, **{f"{split}_loss": value for split in comparison.SPLITS}}
        for protocol, values in losses.items()
        for seed, value in enumerate(values)
    )


@pytest.mark.parametrize(("printed", "within"), [(0.5, True), (0.54, True), (0.6, False), (0.4, False)])
def test_a_printed_loss_is_within_the_spread_or_it_is_not(printed: float, within: bool) -> None:
    table = comparison.final_losses(
        runs(published=[0.48, 0.49, 0.5, 0.51, 0.52]), dict.fromkeys(comparison.SPLITS, printed)
    )
    assert set(table["within_spread"]) == {within}
    assert table["ours_minus_printed"].iloc[0] == pytest.approx(0.5 - printed)


def test_nothing_is_compared_with_what_was_not_printed() -> None:
    table = comparison.final_losses(runs(published=[0.4, 0.5]), {})
    assert "within_spread" not in table
    assert comparison.printed_curve(runs(published=[0.4, 0.5]), runs().assign(epoch=[])).empty


def test_the_printed_curve_is_judged_epoch_by_epoch() -> None:
    printed = pd.DataFrame({"epoch": [1], "train_loss": [0.5], "validation_loss": [0.8], "test_loss": [0.3]})
    table = comparison.printed_curve(runs(published=[0.48, 0.5, 0.52], corrected=[1.0, 1.0, 1.0]), printed)
    assert dict(zip(table["split"], table["within_spread"], strict=True)) == {
        "train": True,
        "validation": False,
        "test": False,
    }
    assert set(table["protocol"]) == {"published"}


def test_a_bug_is_worth_the_paired_difference() -> None:
    table = comparison.bug_effects(runs(published=[0.5, 0.7], corrected=[0.4, 0.4], mended_x=[0.6, 0.8]))
    worth = table[table["split"] == "test"].set_index("mended")
    assert worth["worth"].to_dict() == pytest.approx({"all": 0.2, "x": -0.1})
    assert worth["standard_deviation"].to_dict() == pytest.approx({"all": math.sqrt(0.02), "x": 0.0}, abs=1e-12)

"""A printed figure is held against the spread of the seeds, and a bug is worth what the pairs of seeds say."""

import math

import numpy as np
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
    table = comparison.bug_effects(runs(published=[0.5, 0.7], corrected=[0.4, 0.4], fixed_x=[0.6, 0.8]))
    worth = table[table["split"] == "test"].set_index("fixed")
    assert worth["worth"].to_dict() == pytest.approx({"all": 0.2, "x": -0.1})
    assert worth["standard_deviation"].to_dict() == pytest.approx({"all": math.sqrt(0.02), "x": 0.0}, abs=1e-12)


def curves(runs: int, shift: float = 0.0, protocol: str = "published", epochs: int = 3) -> pd.DataFrame:
    noise = np.random.default_rng(len(protocol)).normal(size=(runs, epochs, 3))
    losses = np.exp(0.1 * noise + shift)
    index = [(protocol, seed, epoch + 1) for seed in range(runs) for epoch in range(epochs)]
    table = pd.DataFrame(index, columns=["protocol", "seed", "epoch"])
    return table.assign(**{f"{split}_loss": losses[..., k].ravel() for k, split in enumerate(comparison.SPLITS)})


def outcome(ours: pd.DataFrame, printed: pd.DataFrame) -> dict[str, tuple[int, int, float]]:
    found = comparison.exact_tests(ours, printed)
    columns = (found[name].to_list() for name in ("numbers", "reruns", "p_value"))
    return dict(zip(found["family"], zip(*columns, strict=True), strict=True))


def test_the_printed_curve_is_one_more_run_or_not() -> None:
    ours = curves(39)
    middle = pd.DataFrame({"epoch": [1, 2, 3], "train_loss": 1.0, "validation_loss": 1.0, "test_loss": 1.0})
    found = outcome(ours, middle)
    assert {family: row[:2] for family, row in found.items()} == {"curve": (9, 39), "final losses": (3, 39)}
    assert min(row[2] for row in found.values()) > 0.5
    found = outcome(ours, middle.assign(test_loss=[1.0, 5.0, 1.0]))  # one number of the second epoch
    assert found["curve"][2] == 1 / 40
    assert found["final losses"][2] > 0.5


def test_fewer_than_19_runs_test_nothing_and_other_protocols_are_not_the_printed_code() -> None:
    one = curves(1).drop(columns=["protocol", "seed"])
    assert comparison.exact_tests(curves(18), one).empty
    assert comparison.exact_tests(curves(19, protocol="corrected"), one).empty
    assert len(comparison.exact_tests(curves(19), one)) == 2
    assert comparison.exact_tests(curves(19), one.iloc[:0]).empty


def test_the_power_is_the_share_of_another_codes_runs_that_are_told_apart() -> None:
    far, near = curves(10, shift=5.0, protocol="far away"), curves(10, protocol="the same")
    found = comparison.powers(pd.concat([curves(39), far, near]))
    power = dict(zip(zip(found["family"], found["alternative"], strict=True), found["power"], strict=True))
    assert power["curve", "far away"] == power["final losses", "far away"] == 1
    assert power["curve", "the same"] <= 0.3

"""The map: its runs, what single precision cannot hold, and how theory's line is judged."""

import math
from itertools import islice

import numpy as np
import pandas as pd
import pytest
import torch

from byhand.initialization import activations, network, optimizers, trainability, training
from byhand.initialization.settings import EpochsOfData, MapStep
from byhand.initialization.steps import map as map_step
from byhand.numerics.intervals import proportion_interval
from byhand.numerics.randomness import generator

PIXELS, CLASSES = 20, 4


def rows(count: int = 64) -> training.Rows:
    stream = generator("test", "map")
    labels = torch.randint(CLASSES, (count,), generator=stream)
    x = 0.3 * torch.rand(count, PIXELS, generator=stream)
    x[torch.arange(count), labels] += 0.7
    return training.Rows(network.with_ones(x).mT, labels)


def settings(activation: str = "tanh", depth: int = 3, scales: tuple[float, ...] = (0.5, 1.0, 2.0)) -> MapStep:
    return MapStep(
        activation=activation, depth=depth, hidden_width=12, weight_scales=scales, seeds=2, images=64,
        epochs=EpochsOfData(mnist=3, digits=3), batch_size=32, learning_rate=0.1,
    )  # fmt: skip


def trained(start: network.Parameters, activation: str = "tanh") -> training.Epoch:
    method = network.Method(activations.named(activation), optimizers.named("sgd"), 0.1)
    *_, last = islice(training.train(rows(), rows(), start, method, batch_size=32, order=None), 3)
    return last


def test_a_seeds_network_is_the_same_for_every_scale_but_for_its_scale() -> None:
    widths = network.widths(PIXELS, 12, 3, CLASSES)
    start = map_step.start(settings(), widths)
    assert [len(W) for W in start.weights] == [6] * 4
    for W in start.weights:
        torch.testing.assert_close(W[2:4], 2 * W[0:2])
        torch.testing.assert_close(W[4:6], 4 * W[0:2])
        assert not torch.equal(W[0], W[1])
        assert W[2:4].square().mean().item() == pytest.approx(1 / W.shape[2], rel=0.3)


def test_a_run_is_the_same_alone_and_with_others() -> None:
    widths = network.widths(PIXELS, 12, 3, CLASSES)
    together, alone = (
        trained(map_step.start(settings(), widths)),
        trained(map_step.start(settings(scales=(2.0,)), widths)),
    )
    assert torch.equal(together.train_loss[4:6], alone.train_loss)
    assert torch.equal(together.train_accuracy[4:6], alone.train_accuracy)


def test_what_vanishes_below_single_precision_changes_nothing_if_it_is_set_to_0() -> None:
    start = map_step.start(settings(depth=64, scales=(0.04, 0.2)), network.widths(PIXELS, 12, 64, CLASSES))
    found = []
    for flush in (False, True):
        torch.set_flush_denormal(flush)
        try:
            found.append(trained(start))
        finally:
            torch.set_flush_denormal(False)
    assert torch.equal(found[0].train_loss, found[1].train_loss)
    assert torch.equal(found[0].train_accuracy, found[1].train_accuracy)
    assert (found[0].diverged_at_step == 0).all()


def test_what_exceeds_single_precision_has_diverged_and_is_not_trained() -> None:
    start = map_step.start(settings("relu", 64, (1.41, 8.0)), network.widths(PIXELS, 12, 64, CLASSES))
    last = trained(start, "relu")
    assert last.diverged_at_step.tolist() == [0, 0, 1, 1]
    assert (last.train_accuracy[2:] < 0.5).all()


def runs(trained_up_to: float) -> pd.DataFrame:
    """tanh networks that are trained up to this many depth scales, of two seeds."""
    table = pd.DataFrame(
        [
            {"weight_scale": sigma, "depth": depth, "seed": seed}
            for sigma in (0.3, 0.6, 1.0, 2.0)
            for depth in (1, 4, 16, 64)
            for seed in (0, 1)
        ]
    )
    scale = {0.3: 0.4, 0.6: 1.0, 1.0: math.inf, 2.0: 3.0}
    table["signal_scale"] = table["weight_scale"].map(scale)
    table["error_scale"] = table["signal_scale"] / 2
    trained = table["depth"] <= trained_up_to * table["signal_scale"]
    table["train_accuracy"] = np.where(trained, 0.9, 0.1) + 0.01 * table["seed"]
    return table.assign(activation="tanh", chi_1=table["weight_scale"] ** 2, diverged_at_step=0)


def test_the_line_is_right_everywhere_if_training_ends_where_theory_says() -> None:
    found = trainability.agreement(trainability.cells(runs(6), 0.5, 6))
    of_signal = found[found["scale"] == "signal"].set_index("phase")
    assert of_signal["share_right"].tolist() == [1, 1, 1]
    assert of_signal["cells"].to_dict() == {"all": 16, "ordered": 12, "chaotic": 4}
    assert of_signal.loc["all", "lower"] == pytest.approx(0.025 ** (1 / 16))
    assert (of_signal["best_multiple"].dropna().between(5, 40)).all()


def test_each_kind_of_error_is_counted_on_its_side() -> None:
    cells = trainability.cells(runs(2), 0.5, 6)
    found = trainability.agreement(cells).query("scale == 'signal' and phase == 'all'").iloc[0]
    wrong = cells[~cells["right_by_signal"]]
    assert set(zip(wrong["weight_scale"], wrong["depth"], strict=True)) == {(0.3, 1), (0.6, 4), (2.0, 16)}
    assert (found["untrained_within_the_line"], found["trained_beyond_the_line"]) == (3, 0)
    assert found["right"] == 13
    assert found["share_right_with_it"] == 1
    generous = trainability.agreement(trainability.cells(runs(30), 0.5, 6)).query(
        "scale == 'signal' and phase == 'all'"
    )
    assert generous.iloc[0]["trained_beyond_the_line"] > 0
    assert generous.iloc[0]["untrained_within_the_line"] == 0


def test_a_cell_whose_seeds_differ_is_counted() -> None:
    table = runs(6)
    table.loc[(table["weight_scale"] == 1) & (table["depth"] == 4) & (table["seed"] == 0), "train_accuracy"] = 0.4
    found = trainability.agreement(trainability.cells(table, 0.5, 6))
    assert found[found["phase"] == "all"]["cells_whose_seeds_differ"].tolist() == [1, 1]


@pytest.mark.parametrize(("successes", "trials"), [(0, 7), (3, 7), (7, 7), (50, 100)])
def test_the_interval_of_a_share_leaves_out_two_and_a_half_percent_on_each_side(successes: int, trials: int) -> None:
    low, high = proportion_interval(successes, trials)

    def at_most(share: float, count: int) -> float:
        return sum(math.comb(trials, k) * share**k * (1 - share) ** (trials - k) for k in range(count + 1))

    if successes:
        assert 1 - at_most(low, successes - 1) == pytest.approx(0.025)
    else:
        assert low == 0
    if successes < trials:
        assert at_most(high, successes) == pytest.approx(0.025)
    else:
        assert high == 1

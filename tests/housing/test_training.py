"""Training by hand is the training that torch would do, and each protocol makes exactly the bugs that it says."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
import torch
from sklearn.datasets import load_diabetes
from torch import Tensor

from byhand.errors import BadInput
from byhand.gradients.network import NAMES
from byhand.housing import notebook, training
from byhand.housing.bugs import BUGS, CORRECTED, PROTOCOLS, PUBLISHED, Protocol
from byhand.housing.settings import Optimisation
from byhand.housing.steps import autograd_check
from byhand.housing.training import Epoch, Plateau, Split
from byhand.numerics import adam

EPOCHS = 12
SETTINGS = Optimisation(
    seeds=3,
    hidden_width=5,
    batch_size=64,
    learning_rate=0.5,  # so large that the validation loss soon rises and the learning rate is lowered
    factor=0.5,
    patience=0,
    test_fraction=0.5,
    split_seed=42,
    split_step=0,
    validation_fraction=0.2,
)
FEATURES, TARGET = load_diabetes(return_X_y=True)
TARGET = TARGET / 100


def prepared(protocol: Protocol, settings: Optimisation = SETTINGS) -> tuple[Split, list[Epoch]]:
    split = training.split(FEATURES, TARGET, protocol, settings, torch.float64)
    initial = training.initial(settings, FEATURES.shape[1], protocol, torch.float64)
    return split, list(islice(training.train(split, initial, protocol, settings), EPOCHS))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_training_by_hand_follows_the_notebooks_way(protocol: str) -> None:
    one = SETTINGS.model_copy(update={"seeds": 1})
    split, ours = prepared(PROTOCOLS[protocol], one)
    initial = training.initial(one, FEATURES.shape[1], PROTOCOLS[protocol], torch.float64)
    theirs = list(islice(notebook.train(split, initial, PROTOCOLS[protocol], one), len(ours)))
    assert ours[-1].learning_rate < one.learning_rate, "the case must meet a plateau"
    for mine, other in zip(ours, theirs, strict=True):
        for name in NAMES:
            torch.testing.assert_close(
                getattr(mine.parameters, name), getattr(other.parameters, name), rtol=1e-11, atol=1e-13
            )
        for quantity in ("train_loss", "validation_loss", "test_loss", "learning_rate"):
            torch.testing.assert_close(
                getattr(mine, quantity).double(), getattr(other, quantity).double(), rtol=1e-11, atol=1e-13
            )


def test_runs_share_their_test_rows_or_have_their_own() -> None:
    shared, own = (
        training.split(FEATURES, TARGET, PUBLISHED, SETTINGS.model_copy(update={"split_step": step})).test.y
        for step in (0, 1)
    )
    assert torch.equal(shared[0], shared[1])
    assert torch.equal(own[0], shared[0])
    assert not torch.equal(own[1], shared[1])


def test_rows_that_are_trained_on_are_counted() -> None:
    seen = {
        protocol: [autograd_check.seen(getattr(split, part), split.train) for part in ("train", "validation", "test")]
        for protocol in ("published", "corrected")
        if (split := prepared(PROTOCOLS[protocol])[0])
    }
    assert seen == {"published": [221, 44, 0], "corrected": [177, 0, 0]}


def test_a_seed_is_trained_alike_alone_and_among_others() -> None:
    _, together = prepared(CORRECTED)
    _, alone = prepared(CORRECTED, SETTINGS.model_copy(update={"seeds": 1}))
    for name in NAMES:
        torch.testing.assert_close(
            getattr(together[-1].parameters, name)[:1], getattr(alone[-1].parameters, name), rtol=1e-12, atol=1e-14
        )


def test_seeds_differ() -> None:
    _, epochs = prepared(PUBLISHED)
    assert len(set(epochs[-1].test_loss.tolist())) == SETTINGS.seeds


def test_as_published_the_hidden_weights_never_move_and_corrected_they_do() -> None:
    for name, protocol in PROTOCOLS.items():
        _, epochs = prepared(protocol)
        initial = training.initial(SETTINGS, FEATURES.shape[1], protocol, torch.float64)
        moved = (epochs[-1].parameters.W1 - initial.W1).abs().max()
        assert (moved == 0) == protocol.hidden_layer_frozen, name


def test_the_scaler_sees_the_test_rows_only_where_the_protocol_says_so() -> None:
    for protocol in (PUBLISHED, replace(PUBLISHED, scaler_fitted_on_all_rows=False)):
        split, _ = prepared(protocol)
        mean = split.train.x.mean(1)
        assert torch.allclose(mean, torch.zeros_like(mean), atol=1e-12) != protocol.scaler_fitted_on_all_rows


def test_validation_rows_are_in_training_only_where_the_protocol_says_so() -> None:
    for protocol in (PUBLISHED, replace(PUBLISHED, validation_rows_in_training=False)):
        split, _ = prepared(protocol)
        for seed in range(SETTINGS.seeds):
            training_rows, validation_rows, test_rows = (
                set(map(tuple, part.x[seed].tolist())) for part in (split.train, split.validation, split.test)
            )
            assert (validation_rows <= training_rows) == protocol.validation_rows_in_training
            assert validation_rows.isdisjoint(training_rows) != protocol.validation_rows_in_training
            assert test_rows.isdisjoint(training_rows | validation_rows)


def test_every_fixed_protocol_differs_from_the_published_in_that_bug_alone() -> None:
    for bug in BUGS:
        assert replace(PROTOCOLS[f"fixed_{bug}"], **{bug: True}) == PUBLISHED  # type: ignore[arg-type]
        assert not getattr(PROTOCOLS[f"fixed_{bug}"], bug)


@pytest.mark.parametrize(("rows", "batch_size"), [(10, 4), (8, 4), (3, 64), (1, 1), (129, 64)])
def test_row_weights_are_those_of_the_mean_over_batches(rows: int, batch_size: int) -> None:
    losses = torch.rand(rows, dtype=torch.float64)
    over_batches = torch.stack([batch.mean() for batch in losses.split(batch_size)]).mean()
    torch.testing.assert_close(losses @ training.row_weights(rows, batch_size, True), over_batches)
    torch.testing.assert_close(losses @ training.row_weights(rows, batch_size, False), losses.mean())


def test_adam_is_torchs_adam_with_a_learning_rate_for_each_run() -> None:
    stream = torch.Generator().manual_seed(0)
    theta = torch.randn(2, 7, generator=stream, dtype=torch.float64)
    rates = torch.tensor([[1e-3], [1e-1]], dtype=torch.float64)
    leaves = [row.clone().requires_grad_() for row in theta]
    optimiser = torch.optim.Adam(
        [{"params": [leaf], "lr": rate.item()} for leaf, rate in zip(leaves, rates, strict=True)]
    )
    moments = adam.start(theta)
    for _ in range(50):
        gradient = torch.randn(2, 7, generator=stream, dtype=torch.float64)
        theta, moments = adam.step(theta, gradient, moments, rates)
        for leaf, row in zip(leaves, gradient, strict=True):
            leaf.grad = row.clone()
        optimiser.step()
    torch.testing.assert_close(theta, torch.stack([leaf.detach() for leaf in leaves]), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("patience", [0, 1, 5])
def test_the_plateau_rule_is_torchs_for_each_run(patience: int) -> None:
    stream = torch.Generator().manual_seed(patience)
    losses = torch.rand(60, 4, generator=stream, dtype=torch.float64).cumsum(0).flip(0) * 0.01 + 1
    losses[20:] = losses[20] * (1 - 1e-5 * torch.rand(40, 4, generator=stream, dtype=torch.float64))
    plateau = Plateau(*(torch.full((4, 1), value, dtype=torch.float64) for value in (0.1, torch.inf, 0)))
    optimisers = [torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1) for _ in range(4)]
    schedulers = [
        torch.optim.lr_scheduler.ReduceLROnPlateau(optimiser, factor=0.5, patience=patience) for optimiser in optimisers
    ]
    for row in losses:
        plateau = training.reduce_on_plateau(plateau, row.unsqueeze(1), factor=0.5, patience=patience)
        for scheduler, loss in zip(schedulers, row, strict=True):
            scheduler.step(loss.item())
        assert plateau.learning_rate.squeeze(1).tolist() == [group.param_groups[0]["lr"] for group in optimisers]
    assert (plateau.learning_rate < 0.1).all(), "the case must meet a plateau"


def test_divergence_is_a_result() -> None:
    _, epochs = prepared(PUBLISHED, SETTINGS.model_copy(update={"learning_rate": 1e6}))
    assert len(epochs) == EPOCHS
    assert not bool((epochs[-1].test_loss < 1e6).all())


@pytest.mark.parametrize(
    ("change", "rows", "names"),
    [
        ({"test_fraction": 0.999}, 10, "test_fraction: 0.999 of 10 rows"),
        ({"test_fraction": 0.001}, 10, "test_fraction: 0.001 of 10 rows"),
        ({"validation_fraction": 0.01}, 20, "validation_fraction: 0.01 of 10 training rows"),
        ({}, 2, "rows leaves a part empty"),
    ],
)
def test_a_split_with_an_empty_part_is_refused_by_name(change: dict[str, float], rows: int, names: str) -> None:
    with pytest.raises(BadInput, match=names):
        training.split(FEATURES[:rows], TARGET[:rows], CORRECTED, SETTINGS.model_copy(update=change))


def test_xaviers_bound_is_met_and_nearly_reached() -> None:
    settings = SETTINGS.model_copy(update={"seeds": 200})
    initial = training.initial(settings, 8, PUBLISHED, torch.float64)

    def check(weights: Tensor, fan_in: int, fan_out: int) -> None:
        bound = np.sqrt(6 / (fan_in + fan_out))
        assert 0.99 * bound < weights.abs().max() <= bound
        assert weights.std() == pytest.approx(bound / np.sqrt(3), rel=0.05)

    check(initial.W1, 8, settings.hidden_width)
    check(initial.w2, settings.hidden_width, 1)
    assert not initial.b1.any()
    assert not initial.b2.any()

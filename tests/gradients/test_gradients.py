"""The gradients by hand are right, and the checks that say so notice when they are not."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from byhand.gradients import network, references
from byhand.gradients.network import LOSSES, NAMES, Loss, Parameters
from byhand.numerics.randomness import generator
from byhand.numerics.rounding import error

Problem = tuple[Parameters, Tensor, Tensor, Loss]

shapes = st.integers(1, 12)
losses = pytest.mark.parametrize("loss", LOSSES)


def problem(
    loss: str, *, input_width: int = 3, hidden_width: int = 4, samples: int = 5, seed: int = 0, kink: bool = False
) -> Problem:
    stream = generator("tests", input_width, hidden_width, samples, seed)
    parameters = network.random_normal(stream, hidden_width=hidden_width, input_width=input_width, dtype=torch.float64)
    x = torch.randn(samples, input_width, generator=stream, dtype=torch.float64)
    y = torch.randn(samples, generator=stream, dtype=torch.float64)
    if kink:
        y = torch.where(torch.arange(samples) % 2 == 0, network.forward(parameters, x)[0], y)
    return parameters, x, y, LOSSES[loss]


def within(ours: Parameters, theirs: Parameters, allowed: Parameters) -> dict[str, bool]:
    return {
        name: bool(((getattr(ours, name) - getattr(theirs, name)).abs() <= getattr(allowed, name)).all())
        for name in NAMES
    }


ALL_WITHIN = dict.fromkeys(NAMES, True)


@given(st.sampled_from(list(LOSSES)), shapes, shapes, shapes, st.integers(0, 1000), st.booleans())
@settings(max_examples=60)
def test_gradients_by_hand_agree_with_autograd_at_every_shape(
    loss: str, input_width: int, hidden_width: int, samples: int, seed: int, kink: bool
) -> None:
    case = problem(loss, input_width=input_width, hidden_width=hidden_width, samples=samples, seed=seed, kink=kink)
    allowed = references.autograd_allowance(*case)
    assert within(network.gradient(*case), references.autograd(*case), allowed) == ALL_WITHIN


@given(st.sampled_from(list(LOSSES)), shapes, shapes, shapes, st.integers(0, 1000), st.booleans())
@settings(max_examples=60)
def test_gradients_by_hand_agree_with_central_differences_at_the_kink_too(
    loss: str, input_width: int, hidden_width: int, samples: int, seed: int, kink: bool
) -> None:
    case = problem(loss, input_width=input_width, hidden_width=hidden_width, samples=samples, seed=seed, kink=kink)
    allowed = references.central_differences_allowance(*case)
    assert within(network.gradient(*case), references.central_differences(*case), allowed) == ALL_WITHIN


def test_at_the_kink_the_absolute_error_has_the_subgradient_zero() -> None:
    parameters, x, _, loss = problem("mean_absolute_error")
    gradient = network.gradient(parameters, x, network.forward(parameters, x)[0], loss)
    assert all((getattr(gradient, name) == 0).all() for name in NAMES)


@losses
def test_a_stack_of_problems_gives_the_stack_of_their_gradients(loss: str) -> None:
    cases = [problem(loss, seed=seed) for seed in range(3)]
    stacked = Parameters(**{name: torch.stack([getattr(case[0], name) for case in cases]) for name in NAMES})
    x, y = torch.stack([case[1] for case in cases]), torch.stack([case[2] for case in cases])
    together = network.gradient(stacked, x, y, LOSSES[loss])
    for index, case in enumerate(cases):
        alone = network.gradient(*case)
        for name in NAMES:
            torch.testing.assert_close(getattr(together, name)[index], getattr(alone, name), rtol=1e-13, atol=1e-15)


def wrong_sign(gradient: Parameters, _: Problem) -> Parameters:
    return replace(gradient, b1=-gradient.b1)


def without_the_mean(gradient: Parameters, case: Problem) -> Parameters:
    return gradient.map(lambda tensor: tensor * case[1].shape[-2])


def tanh_prime_forgotten(gradient: Parameters, case: Problem) -> Parameters:
    parameters, x, y, loss = case
    prediction, _ = network.forward(parameters, x)
    e = loss.derivative(prediction, y)
    return replace(gradient, W1=(e.unsqueeze(-1) * parameters.w2).mT @ x)


def one_entry_off_by_a_millionth(gradient: Parameters, _: Problem) -> Parameters:
    w2 = gradient.w2.clone()
    w2[0] *= 1 + 1e-6
    return replace(gradient, w2=w2)


@losses
@pytest.mark.parametrize(
    ("mistake", "caught"),
    [
        (wrong_sign, ["b1"]),
        (without_the_mean, list(NAMES)),
        (tanh_prime_forgotten, ["W1"]),
        (one_entry_off_by_a_millionth, ["w2"]),
    ],
)
def test_the_check_catches_a_planted_mistake_and_names_it(
    loss: str, mistake: Callable[[Parameters, Problem], Parameters], caught: list[str]
) -> None:
    case = problem(loss)
    wrong = mistake(network.gradient(*case), case)
    found = within(wrong, references.autograd(*case), references.autograd_allowance(*case))
    assert [name for name in NAMES if not found[name]] == caught


@pytest.mark.parametrize(
    ("ours", "reference", "expected"),
    [
        ([1.0, 2.0], [1.0, 2.0], {"absolute_error": 0.0, "relative_error": 0.0, "ulp_error": 0.0}),
        ([3.0, 4.0], [0.0, 0.0], {"absolute_error": 4.0, "relative_error": float("inf")}),
        ([0.0, 0.0], [0.0, 0.0], {"absolute_error": 0.0, "relative_error": 0.0, "ulp_error": 0.0}),
        ([1.0 + 2**-52, 1.5], [1.0, 1.5], {"absolute_error": 2**-52, "ulp_error": 1.0}),
        ([4.0 + 2**-50, 0.0], [4.0, 0.0], {"absolute_error": 2**-50, "relative_error": 2**-52, "ulp_error": 1.0}),
    ],
)
def test_errors_are_measured_as_they_are_named(
    ours: list[float], reference: list[float], expected: dict[str, float]
) -> None:
    measured = error(*(torch.tensor(values, dtype=torch.float64) for values in (ours, reference)))
    assert {name: measured[name] for name in expected} == expected


def test_a_seed_draws_the_same_parameters_again() -> None:
    def drawn(*seed: str) -> Parameters:
        return network.random_normal(generator(*seed), hidden_width=4, input_width=3, dtype=torch.float64)

    first, again, other = drawn("test"), drawn("test"), drawn("another")
    assert all(torch.equal(getattr(first, name), getattr(again, name)) for name in NAMES)
    assert not any(torch.equal(getattr(first, name), getattr(other, name)) for name in NAMES)

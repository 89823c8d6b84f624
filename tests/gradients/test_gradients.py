"""The gradients by hand are right, and the checks that say so notice when they are not."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal, localcontext

import pandas as pd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from byhand.gradients import network, notebook, references
from byhand.gradients.network import LOSSES, NAMES, Loss, Parameters
from byhand.gradients.settings import Assignment, Check
from byhand.gradients.steps import assignment
from byhand.gradients.steps.check import METHODS, intermediate_rows, on_the_kink, rows
from byhand.numerics.certified import FOUND, judged
from byhand.numerics.randomness import generator
from byhand.numerics.rounding import error

Problem = tuple[Parameters, Tensor, Tensor, Loss]

shapes = st.integers(1, 12)
losses = pytest.mark.parametrize("loss", LOSSES)


def problem(
    loss: str,
    *,
    input_width: int = 3,
    hidden_width: int = 4,
    samples: int = 5,
    seed: int = 0,
    kink: bool = False,
    dtype: torch.dtype = torch.float64,
) -> Problem:
    stream = generator("tests", input_width, hidden_width, samples, seed)
    parameters = network.random_normal(stream, hidden_width=hidden_width, input_width=input_width, dtype=dtype)
    x = torch.randn(samples, input_width, generator=stream, dtype=dtype)
    y = torch.randn(samples, generator=stream, dtype=dtype)
    if kink:
        parameters, x, y = on_the_kink(parameters, x, y)
    return parameters, x, y, LOSSES[loss]


def verdicts(ours: Parameters, case: Problem) -> dict[str, dict[str, bool]]:
    truth, allowed = references.exact(*case), references.allowance(*case)
    return {name: judged(getattr(ours, name), truth[name], getattr(allowed, name)) for name in NAMES}


def within(ours: Parameters, case: Problem) -> dict[str, bool]:
    return {name: verdict["within"] for name, verdict in verdicts(ours, case).items()}


ALL_WITHIN = dict.fromkeys(NAMES, True)


@given(
    st.sampled_from(list(LOSSES)), shapes, shapes, shapes, st.integers(0, 1000), st.booleans(),
    st.sampled_from([torch.float32, torch.float64]),
)  # fmt: skip
@settings(max_examples=100, deadline=None)
def test_gradients_by_hand_and_by_autograd_are_within_rounding_of_the_true_ones_at_every_shape(
    loss: str, input_width: int, hidden_width: int, samples: int, seed: int, kink: bool, dtype: torch.dtype
) -> None:
    case = problem(
        loss, input_width=input_width, hidden_width=hidden_width, samples=samples, seed=seed, kink=kink, dtype=dtype
    )
    for method in METHODS.values():
        assert within(method(*case), case) == ALL_WITHIN


def in_digits(parameters: Parameters, x: Tensor, y: Tensor, loss: Loss) -> Callable[[str, int, Decimal], Decimal]:
    """J in decimal arithmetic, with entry `index` of a parameter moved: another arithmetic and no derivative at all."""
    given = {name: [Decimal(value) for value in getattr(parameters, name).reshape(-1).tolist()] for name in NAMES}
    inputs, targets = (
        [[Decimal(value) for value in row] for row in x.tolist()],
        [Decimal(value) for value in y.tolist()],
    )

    def J(name: str, index: int, move: Decimal) -> Decimal:
        theta = {**given, name: [value + move * (index == at) for at, value in enumerate(given[name])]}
        total = Decimal(0)
        for row, target in zip(inputs, targets, strict=True):
            r = theta["b2"][0] - target
            for unit, (b1, w2) in enumerate(zip(theta["b1"], theta["w2"], strict=True)):
                weights = theta["W1"][unit * len(row) : (unit + 1) * len(row)]
                e = (2 * (b1 + sum(w * value for w, value in zip(weights, row, strict=True)))).exp()
                r += w2 * (e - 1) / (e + 1)
            total += r * r if loss is LOSSES["mean_squared_error"] else abs(r)
        return total / len(targets)

    return J


@losses
@pytest.mark.parametrize("kink", [False, True])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_true_gradient_is_that_of_central_differences_in_90_digits(
    loss: str, kink: bool, dtype: torch.dtype
) -> None:
    case = problem(loss, kink=kink, dtype=dtype)
    truth = references.exact(*case)
    with localcontext(prec=90):
        J, step = in_digits(*case), Decimal("1e-25")
        for name in NAMES:
            value, remainder = (part.reshape(-1).tolist() for part in truth[name])
            for index, (high, low) in enumerate(zip(value, remainder, strict=True)):
                slope = (J(name, index, step) - J(name, index, -step)) / (2 * step)
                assert abs(slope - Decimal(high) - Decimal(low)) < Decimal("1e-23")


def test_the_kink_is_met_exactly_and_a_residual_that_only_rounds_to_0_has_its_true_sign() -> None:
    parameters, x, y, loss = problem("mean_absolute_error", kink=True, samples=4)
    assert references.exact(parameters, x[1:2], y[1:2], loss)["b2"].value == 0
    off = network.forward(parameters, x[:1])[0]  # the prediction, rounded
    assert network.gradient(parameters, x[:1], off, loss).b2 == 0
    assert references.exact(parameters, x[:1], off, loss)["b2"].value.abs() == 1
    assert not within(network.gradient(parameters, x[:1], off, loss), (parameters, x[:1], off, loss))["b2"]


@given(
    st.sampled_from(list(LOSSES)), shapes, shapes, shapes, st.integers(0, 1000), st.booleans(),
    st.sampled_from([torch.float32, torch.float64]),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_what_counts_as_evidence_would_fail_for_zeros_and_for_a_millionth(
    loss: str, input_width: int, hidden_width: int, samples: int, seed: int, kink: bool, dtype: torch.dtype
) -> None:
    case = problem(
        loss, input_width=input_width, hidden_width=hidden_width, samples=samples, seed=seed, kink=kink, dtype=dtype
    )
    found = network.gradient(*case)
    for altered in (found.map(torch.zeros_like), found.map(lambda tensor: tensor * (1 + FOUND[dtype]))):
        for verdict in verdicts(altered, case).values():
            assert not (verdict["decisive"] and verdict["within"])


def test_nearly_every_row_of_the_check_is_evidence() -> None:
    table = list(rows(Check(input_widths=(1, 10), hidden_widths=(1, 20), samples=(1, 20), seeds=3)))
    assert all(row["within"] for row in table)
    assert sum(row["decisive"] for row in table) > 0.95 * len(table)


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
    found = within(wrong, case)
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


def test_the_notebooks_gradient_is_ours_and_its_comment_on_w2_is_transposed() -> None:
    settings = Assignment(seeds=1, samples=100, input_width=10, hidden_width=20, tolerance=1e-6)
    parameters, x, y = assignment.drawn(settings, 0)
    ours = network.gradient(parameters, x, y, network.LOSSES["mean_absolute_error"])
    theirs = notebook.gradient(parameters, x, y)
    for name in network.NAMES:
        torch.testing.assert_close(getattr(theirs, name), getattr(ours, name), rtol=1e-4, atol=1e-6)
    shapes = assignment.shapes(settings).set_index("tensor")
    assert list(shapes.index[~shapes["agrees"]]) == ["W2"]
    assert tuple(shapes.loc["W2", ["in_the_comment", "in_the_code"]]) == ("1x20", "20x1")
    assert shapes["agrees_but_for_the_order"].all()


@pytest.mark.parametrize(("printed", "p"), [(0.5, 0.02), (50.5, 1.0), (100.5, 0.02), (98.5, 0.06)])
def test_the_rank_of_a_printed_norm_is_two_sided(printed: float, p: float) -> None:
    assert assignment.rank(pd.Series(range(1, 101)), printed) == pytest.approx(p, abs=2e-3)


def test_each_intermediate_of_the_derivation_is_right_to_rounding() -> None:
    shapes = Check(input_widths=(3,), hidden_widths=(4,), samples=(5,), seeds=1)
    found = list(intermediate_rows(shapes))
    assert [row["intermediate"] for row in found] == 4 * ["h", "yhat", "e", "delta", *NAMES]
    small = {"float32": 1e-5, "float64": 1e-14}
    assert all(row["relative_error"] < small[row["dtype"]] for row in found)
    assert all(row["relative_error"] > 0 for row in found if row["intermediate"] == "delta")

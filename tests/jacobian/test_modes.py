import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from byhand.jacobian import cost, error_bounds, exact, numpy_route, order
from byhand.jacobian.modes import MODES, chain, cheapest_order, in_order, network, random_weights, slopes
from byhand.jacobian.rivals import AUTOMATIC, PUBLISHED, jacrev
from byhand.jacobian.settings import Check
from byhand.jacobian.steps.check import CHECKED, assignment_rows, compared, intermediate_rows, shape
from byhand.jacobian.steps.count import counted
from byhand.numerics.certified import FOUND
from byhand.numerics.randomness import generator
from byhand.numerics.rounding import error, tanh_errors
from tests.jacobian.test_order import every

# torch's own forward mode compiles something when it is first imported
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script.* is deprecated")

WIDTHS = st.lists(st.integers(1, 12), min_size=3, max_size=8).map(tuple)


def drawn(widths: tuple[int, ...], *batch: int, xavier: bool = True) -> tuple[list[torch.Tensor], torch.Tensor]:
    stream = generator("tests", "jacobian", *widths)
    return random_weights(stream, widths, xavier=xavier), torch.randn(
        *batch, widths[0], generator=stream, dtype=torch.float64
    )


DTYPES = st.sampled_from([torch.float32, torch.float64])


def in_dtype(
    dtype: torch.dtype, weights: list[torch.Tensor], x: torch.Tensor
) -> tuple[list[torch.Tensor], torch.Tensor]:
    return [W.to(dtype) for W in weights], x.to(dtype)


@settings(max_examples=60, deadline=None)
@given(WIDTHS, st.booleans(), DTYPES)
def test_every_mode_is_within_rounding_of_the_true_jacobian_at_every_shape(
    widths: tuple[int, ...], xavier: bool, dtype: torch.dtype
) -> None:
    for row in compared(*in_dtype(dtype, *drawn(widths, xavier=xavier))):
        assert row["within"], row


@settings(max_examples=40, deadline=None)
@given(WIDTHS, st.booleans(), DTYPES)
def test_what_counts_as_evidence_would_fail_for_zeros_and_for_a_millionth(
    widths: tuple[int, ...], xavier: bool, dtype: torch.dtype
) -> None:
    weights, x = in_dtype(dtype, *drawn(widths, xavier=xavier))
    for factor in (0, 1 + FOUND[dtype]):
        altered = {name: lambda W, x, mode=mode: mode(W, x) * factor for name, mode in CHECKED.items()}  # noqa: B023
        for row in compared(weights, x, altered):  # type: ignore[arg-type]
            assert not (row["decisive"] and row["within"]), row


@pytest.mark.parametrize(("xavier", "dtype", "least"), [(True, torch.float32, 19), (False, torch.float64, 19)])
def test_nearly_every_row_of_the_check_is_evidence(xavier: bool, dtype: torch.dtype, least: int) -> None:
    found = []
    for case in range(20):
        widths = shape(generator("tests", case), 30, 10, 1 + case % 10)
        found += [row["decisive"] for row in compared(*in_dtype(dtype, *drawn(widths, xavier=xavier)))]
    assert sum(found) >= least * len(CHECKED)


@pytest.mark.parametrize("widths", [(2, 3, 2), (1, 4, 1, 3, 2), (3, 5, 5, 1)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_the_true_jacobian_is_that_of_central_differences_in_90_digits(
    widths: tuple[int, ...], dtype: torch.dtype
) -> None:
    weights, x = in_dtype(dtype, *drawn(widths, xavier=False))

    def f(point: list[Decimal]) -> list[Decimal]:
        for index, W in enumerate(weights):
            if index:
                e = [(2 * value).exp() for value in point]
                point = [(value - 1) / (value + 1) for value in e]
            point = [sum((Decimal(w) * h for w, h in zip(row, point, strict=True)), Decimal(0)) for row in W.tolist()]
        return point

    value, remainder = (part.tolist() for part in exact.jacobian(weights, x))
    with localcontext(prec=90):
        start, step = [Decimal(one) for one in x.tolist()], Decimal("1e-25")
        for column in range(widths[0]):
            above, below = (f([one + move * (at == column) for at, one in enumerate(start)]) for move in (step, -step))
            for row, (high, low) in enumerate(zip(above, below, strict=True)):
                true = Decimal(value[row][column]) + Decimal(remainder[row][column])
                assert abs((high - low) / (2 * step) - true) < Decimal("1e-23")


def test_where_nothing_bends_the_true_jacobian_is_the_product_in_fractions() -> None:
    weights, _ = drawn((3, 4, 5, 2))
    value, remainder = exact.jacobian(weights, torch.zeros(3, dtype=torch.float64))
    for column in range(3):
        expected = [Fraction(int(row == column)) for row in range(3)]
        for W in weights:
            expected = [
                sum((Fraction(w) * h for w, h in zip(row, expected, strict=True)), Fraction()) for row in W.tolist()
            ]
        for row, entry in enumerate(expected):
            found = Fraction(value[row, column].item()) + Fraction(remainder[row, column].item())
            assert abs(found - entry) <= abs(entry) / 2**80


@settings(max_examples=30, deadline=None)
@given(WIDTHS, st.integers(1, 4))
def test_a_batch_of_inputs_gives_a_batch_of_jacobians(widths: tuple[int, ...], batch: int) -> None:
    weights, x = drawn(widths, batch)
    for mode in MODES.values():
        J = mode(weights, x)
        assert J.shape == (batch, widths[-1], widths[0])
        for one, point in zip(J, x, strict=True):
            torch.testing.assert_close(one, mode(weights, point), rtol=1e-9, atol=1e-12)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(1, 6), min_size=3, max_size=6).map(tuple))
def test_every_way_of_setting_brackets_gives_the_same_jacobian(widths: tuple[int, ...]) -> None:
    weights, x = drawn(widths)
    expected = jacrev(weights, x)
    for tree in every(0, len(widths) - 1):
        torch.testing.assert_close(in_order(tree, weights, slopes(weights, x)), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("widths", [(1000, 1000, 1000, 1), (1, 1000, 1000, 1000), (1000, 30, 1000, 1000)])
def test_u_on_jv_is_transposed_j_u_on_v_up_to_width_1000(widths: tuple[int, ...]) -> None:
    weights, x = drawn(widths)
    stream = generator("tests", "jacobian", "directions")
    u, v = (torch.randn(size, generator=stream, dtype=torch.float64) for size in (widths[-1], widths[0]))
    pushed: torch.Tensor = torch.func.jvp(lambda x: network(weights, x), (x,), (v,))[1]
    (pulled,) = torch.func.vjp(lambda x: network(weights, x), x)[1](u)
    expected = torch.dot(u, pushed).item()
    assert math.isclose(torch.dot(pulled, v).item(), expected, rel_tol=1e-9)
    for mode in MODES.values():
        J = mode(weights, x)
        torch.testing.assert_close(J @ v, pushed, rtol=1e-9, atol=1e-11)
        torch.testing.assert_close(J.mT @ u, pulled, rtol=1e-9, atol=1e-11)
        assert math.isclose((u @ (J @ v)).item(), ((J.mT @ u) @ v).item(), rel_tol=1e-9)


def test_the_chain_of_whole_matrices_by_multi_dot_is_the_same() -> None:
    weights, x = drawn((7, 5, 2, 6, 4))
    s = slopes(weights, x)
    scaled = [weights[0], *(W * between for W, between in zip(weights[1:], s, strict=True))]
    torch.testing.assert_close(cheapest_order(weights, x), torch.linalg.multi_dot(scaled[::-1]))


@pytest.mark.parametrize("way", [*PUBLISHED, *AUTOMATIC])
def test_the_assignments_way_and_torchs_give_the_same_jacobian(way: str) -> None:
    weights, x = drawn((2, 6, 5, 4, 3))
    torch.testing.assert_close({**PUBLISHED, **AUTOMATIC}[way](weights, x), MODES["reverse"](weights, x))


@pytest.mark.parametrize("widths", [(3,), (3, 2)])
def test_a_network_without_hidden_layer_is_refused(widths: tuple[int, ...]) -> None:
    weights, _ = drawn(widths)
    with pytest.raises(ValueError, match="expected two or more"):
        chain(weights)


def test_weights_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        chain([torch.zeros(3, 2), torch.zeros(4, 5)])


def late_slopes(weights: list[torch.Tensor], x: torch.Tensor) -> list[torch.Tensor]:
    return [slopes(weights, x)[0]] * (len(weights) - 1)


PLANTED = {  # a mistake in the result of a mode
    "one entry off by a millionth of itself": lambda W, x, J: (
        J * (1 + 1e-6 * (torch.arange(J.numel()) == 0).reshape(J.shape))
    ),
    "the slopes of the first layer everywhere": lambda W, x, J: in_order(((0, 1), 2), W, late_slopes(W, x)),
    "h in place of 1 - h²": lambda W, x, J: in_order(((0, 1), 2), W, [torch.sqrt(1 - s) for s in slopes(W, x)]),
    "no slopes": lambda W, x, J: torch.linalg.multi_dot(W[::-1]),
    "a sign": lambda W, x, J: -J,
    "not a number": lambda W, x, J: J * math.nan,
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("mistake", PLANTED)
def test_a_planted_error_in_any_mode_fails_the_check(mode: str, mistake: str) -> None:
    weights, x = drawn((6, 5, 5, 4))
    wrong = dict(MODES)
    wrong[mode] = lambda W, x: PLANTED[mistake](W, x, MODES[mode](W, x))  # type: ignore[no-untyped-call]
    for row in compared(weights, x, wrong):
        assert row["within"] == (row["mode"] != mode), row


ASSIGNMENT = Check(
    cases=1,
    largest_width=1,
    largest_depth=1,
    assignment_inputs=20,
    assignment_input_width=2,
    assignment_hidden_width=30,
    assignment_output_width=10,
    assignment_depth=10,
    assignment_tolerance=1e-2,
    float32_depths=(1,),
    float32_seeds=1,
)


def test_forward_mode_is_right_to_rounding_after_each_layer() -> None:
    found = list(intermediate_rows(ASSIGNMENT))
    assert [row["layer"] for row in found] == 4 * list(range(1, 12))
    small = {"float32": 1e-5, "float64": 1e-14}
    assert all(row["relative_error"] < small[row["dtype"]] for row in found if row["weights"] == "xavier")
    assert all((row["relative_error"] > 0) == (row["layer"] > 1) for row in found)  # the first is W₁ itself


def test_one_input_at_a_time_the_assignments_run_is_within_its_tolerance_and_far_from_the_true_jacobian() -> None:
    rows = {(row["dtype"], row["mode"], row["reference"]): row for row in assignment_rows(ASSIGNMENT)}
    assert all(row["within"] for row in rows.values())
    for mode in MODES:
        for dtype in ("float32", "float64"):
            assert rows[dtype, mode, "functional_reverse"]["share_within_document_tolerance"] == 1
        assert rows["float32", mode, "exact"]["share_within_document_tolerance"] < 1


@pytest.mark.parametrize("tree", [((0, 1), 2), (0, (1, 2))])
def test_the_bound_of_two_layers_of_one_unit_is_the_formula_in_scalars(tree: order.Order) -> None:
    u, x = 2.0**-24, 1.5
    gammas = {n: n * u / (1 - n * u) for n in (1, 2, 10)}

    def layer(z: float, dz: float) -> tuple[float, float, float, float]:
        h, s = math.tanh(z), 1 / math.cosh(z) ** 2
        return h, s, 2 / (3 * math.sqrt(3)) * dz**2 + 4 * u * h, (2 * h * s + dz) * dz + gammas[10]

    dz = gammas[1] * x
    h, below, remainder, below_error = layer(x, dz)
    dz = gammas[1] * (h + below * dz + remainder) + remainder + below * dz
    _, above, _, above_error = layer(h, dz)
    expected = above_error * below + above * below_error + 2 * gammas[2] * above * below
    (found,) = error_bounds.allowances({"only": tree}, [torch.ones(1, 1)] * 3, torch.tensor([x])).values()
    assert found.item() == pytest.approx(expected, rel=1e-12, abs=0)


@given(st.floats(-20, 20), st.floats(-2, 2))
def test_a_moved_activation_and_its_slope_are_within_their_bounds(z: float, move: float) -> None:
    h, s, moved = math.tanh(z), 1 / math.cosh(z) ** 2, math.tanh(z + move)
    of_h, of_s, of_z = (torch.tensor(one, dtype=torch.float64) for one in (h, s, abs(move)))
    remainder, slope_error = tanh_errors(of_h, of_s, of_z, 2.0**-53)
    assert abs(moved - h) <= s * abs(move) + remainder.item()
    assert abs((1 - moved * moved) - s) <= slope_error.item()


def test_the_error_of_nothing_against_nothing_is_none() -> None:
    assert error(torch.zeros(2, 2), torch.zeros(2, 2)) == {"absolute_error": 0, "relative_error": 0, "ulp_error": 0}
    assert error(torch.ones(1, 1), torch.zeros(1, 1))["relative_error"] == math.inf


@settings(max_examples=25, deadline=None)
@given(WIDTHS, st.sampled_from([None, 2, 3]))
def test_the_formulas_of_cost_are_what_running_takes(widths: tuple[int, ...], batch: int | None) -> None:
    weights, x = drawn(widths, *([] if batch is None else [batch]))
    for mode, function in MODES.items():
        assert counted(lambda function=function: function(weights, x)) == cost.jacobian(mode, widths, batch or 1)  # type: ignore[misc]
    if batch is None:
        for way, function in PUBLISHED.items():
            assert counted(lambda function=function: function(weights, x)).products == cost.PUBLISHED[way](widths)  # type: ignore[misc]


@settings(max_examples=40, deadline=None)
@given(WIDTHS, st.sampled_from([None, 1, 3]), st.sampled_from(list(MODES)))
def test_the_fast_route_gives_the_same_jacobian_and_never_overwrites_it(
    widths: tuple[int, ...], batch: int | None, mode: str
) -> None:
    weights, x = drawn(widths, *([] if batch is None else [batch]))
    arrays = [W.numpy() for W in weights]
    route = numpy_route.prepared(cost.ORDERS[mode](widths[::-1]), widths, batch, np.float64)
    first = route(arrays, x.numpy())
    kept = first.copy()
    second = route(arrays, -2 * x.numpy())
    np.testing.assert_array_equal(first, kept)
    np.testing.assert_allclose(first, MODES[mode](weights, x), rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(second, MODES[mode](weights, -2 * x), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("batch", [None, 2])
@pytest.mark.parametrize("widths", [(1, 3, 4, 2), (3, 4, 5, 2), (4, 1, 5, 4)])
def test_the_fast_route_keeps_to_float32(widths: tuple[int, ...], batch: int | None, mode: str) -> None:
    weights, x = drawn(widths, *([] if batch is None else [batch]))
    route = numpy_route.prepared(cost.ORDERS[mode](widths[::-1]), widths, batch)
    found = route([W.float().numpy() for W in weights], x.float().numpy())
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, MODES[mode](weights, x), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("width", [5, 300])  # 3 · 300² is more than one thread takes
def test_a_batch_in_pieces_or_in_one_product_is_the_same(width: int) -> None:
    weights, x = drawn((2, width, width, 3), 3)
    route = numpy_route.prepared(cost.ORDERS["forward"]((3, width, width, 2)), (2, width, width, 3), 3, np.float64)
    expected = torch.func.vmap(jacrev, (None, 0))(weights, x)
    np.testing.assert_allclose(route([W.numpy() for W in weights], x.numpy()), expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(("xavier", "variances"), [(False, [1, 1]), (True, [2 / (3 + 5), 2 / (5 + 4)])])
def test_weights_are_the_seeds_normal_numbers_times_their_deviation(
    xavier: bool, variances: list[float], dtype: torch.dtype
) -> None:
    draws = generator("test")
    drawn_as = [torch.randn(*shape, generator=draws, dtype=torch.float64) for shape in ((5, 3), (4, 5))]
    found = random_weights(generator("test"), (3, 5, 4), xavier=xavier, dtype=dtype)
    assert [W.dtype for W in found] == [dtype, dtype]
    for W, normal, variance in zip(found, drawn_as, variances, strict=True):
        assert torch.equal(W, (normal * math.sqrt(variance)).to(dtype))


def test_where_both_factors_are_alike_the_left_one_is_scaled() -> None:
    (W, W_F), x = drawn((20, 30, 20))
    (s,) = slopes([W, W_F], x)
    assert torch.equal(cheapest_order([W, W_F], x), (W_F * s) @ W)
    assert not torch.equal((W_F * s) @ W, W_F @ (s.unsqueeze(-1) * W))

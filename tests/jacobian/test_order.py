from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from byhand.jacobian import cost, numpy_route, order
from byhand.jacobian.order import Order
from byhand.jacobian.settings import Count
from byhand.jacobian.steps import count

CHAINS = st.lists(st.integers(1, 60), min_size=2, max_size=8).map(tuple)


def every(first: int, end: int) -> Iterator[Order]:
    """All ways of setting brackets."""
    if end - first == 1:
        yield first
    for middle in range(first + 1, end):
        for left in every(first, middle):
            for right in every(middle, end):
                yield left, right


@given(CHAINS)
def test_no_way_of_setting_brackets_is_cheaper_than_the_cheapest(widths: tuple[int, ...]) -> None:
    costs = [order.multiplications(tree, widths) for tree in every(0, len(widths) - 1)]
    assert order.multiplications(order.cheapest(widths), widths) == min(costs)


@given(CHAINS)
def test_reverse_and_forward_mode_are_among_the_orders(widths: tuple[int, ...]) -> None:
    trees = list(every(0, len(widths) - 1))
    assert order.reverse(len(widths) - 1) in trees
    assert order.forward(len(widths) - 1) in trees


@given(st.integers(1, 100), st.integers(1, 9))
def test_at_equal_widths_every_order_costs_the_same_and_reverse_mode_is_taken(width: int, matrices: int) -> None:
    widths = (width,) * (matrices + 1)
    assert order.cheapest(widths) == order.reverse(matrices)
    assert order.multiplications(order.reverse(matrices), widths) == order.multiplications(
        order.forward(matrices), widths
    )


@given(st.lists(st.integers(1, 60), min_size=3, max_size=8).map(tuple))
def test_the_cheapest_order_weighs_what_running_it_takes(widths: tuple[int, ...]) -> None:
    found = cost.products("cheapest", widths[::-1])
    assert order.multiplications(order.cheapest(widths), widths) == found.products + found.scalings


def test_at_a_bottleneck_neither_extreme_is_right() -> None:
    widths = (1000, 1000, 1000, 10, 1000, 1000, 1000)
    extreme = order.multiplications(order.reverse(6), widths)
    assert extreme == order.multiplications(order.forward(6), widths)
    assert extreme > 50 * order.multiplications(order.cheapest(widths), widths)


@given(CHAINS, st.integers(0, 10**5))
def test_a_product_is_taken_for_a_call_at_least(widths: tuple[int, ...], call: int) -> None:
    def taken(tree: Order) -> int:
        return sum(
            max(order.contraction(*(widths[place] for place in places)), call)
            for _, _, places in order.contractions(tree)
        )

    assert taken(order.cheapest(widths, call)) == min(taken(tree) for tree in every(0, len(widths) - 1))


def test_where_only_calls_count_every_order_is_as_good_and_reverse_mode_is_taken() -> None:
    widths = (10, *[30] * 10, 2)
    assert order.cheapest(widths) == order.forward(11)
    assert order.cheapest(widths, 2**15) == order.reverse(11)
    assert numpy_route.cheapest(widths[::-1]) == order.reverse(11)
    assert numpy_route.cheapest(widths[::-1], 256) == order.forward(11)


@pytest.mark.parametrize("widths", [(), (3,), (3, 0, 2)])
def test_what_is_no_chain_is_refused(widths: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="not those of a chain"):
        order.cheapest(widths)


@given(st.integers(1, 200), st.integers(1, 200), st.integers(1, 200), st.integers(2, 12))
def test_reverse_mode_is_the_cheaper_one_exactly_where_p_is_below_d(D: int, K: int, P: int, L: int) -> None:
    widths = (D, *[K] * L, P)
    reverse, forward = (cost.products(mode, widths).products for mode in ("reverse", "forward"))
    assert reverse == P * ((L - 1) * K * K + K * D)
    assert forward == D * ((L - 1) * K * K + P * K)
    assert (reverse < forward, reverse == forward) == (P < D, P == D)


def test_m_squared_against_m_cubed_holds_at_one_output_only() -> None:
    reverse, forward = (cost.products(mode, (1000, *[1000] * 10, 1)).products for mode in ("reverse", "forward"))
    assert (reverse, forward) == (10 * 1000**2, 9 * 1000**3 + 1000**2)
    reverse, forward = (cost.products(mode, (2, *[30] * 10, 10)).products for mode in ("reverse", "forward"))
    assert (reverse, forward) == (81_600, 16_800)


def test_a_cost_is_for_one_input_unless_told() -> None:
    widths = (3, 5, 4, 2)
    assert cost.slopes(widths) == cost.slopes(widths, 1)
    for mode in cost.ORDERS:
        assert cost.products(mode, widths) == cost.products(mode, widths, 1)
        assert cost.jacobian(mode, widths) == cost.slopes(widths, 1) + cost.products(mode, widths, 1)


def test_the_counts_grow_as_m_squared_and_m_cubed() -> None:
    no_map = {"shapes": ("1-1-1",), "map_widths": (1,), "map_hidden_width": 1, "map_depth": 1}
    settings = Count.model_validate({**no_map, "growth_widths": (100, 1000), "growth_depths": (3,)})
    first, second = count.growth_rows(settings)
    assert "exponent_reverse" not in first
    assert second["exponent_reverse"] == pytest.approx(2, abs=1e-3)
    assert second["exponent_forward"] == pytest.approx(3, abs=1e-2)
    assert second["forward_over_reverse"] == (1000 * 2 + 3 + 1) / 6

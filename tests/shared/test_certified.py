"""What is certified is what is true, to far below an ulp, and what cannot be decided is told."""

import math
from fractions import Fraction

import pytest
import torch
from flint import arb, arb_mat, ctx

from byhand.numerics.certified import FOUND, Exact, certified, judged, matrix
from byhand.numerics.rounding import DTYPES


def column(*balls: arb) -> arb_mat:
    return arb_mat(len(balls), 1, list(balls))


def test_digits_that_cancel_are_computed_again_with_more_bits() -> None:
    tried = []

    def formula() -> list[arb_mat]:
        tried.append(ctx.prec)
        return [column(arb(10) ** 60 + arb(1) / 3 - arb(10) ** 60, arb(2))]

    (found,) = certified(formula)
    assert tried == [128, 256, 512][: len(tried)]
    assert len(tried) > 1
    assert found.value.tolist() == [[1 / 3], [2.0]]
    assert abs(Fraction(1, 3) - Fraction(1 / 3) - Fraction(found.remainder[0].item())) < Fraction(1, 3 * 2**80)


def test_what_is_0_but_not_known_to_be_is_an_error_where_its_sign_matters_and_settled_where_not() -> None:
    def zero() -> arb:
        return arb(2).sqrt() ** 2 - 2

    assert certified(lambda: [column(zero())])[0].value.item() == 0
    with pytest.raises(ArithmeticError, match="not decided with 4096 bits"):
        certified(lambda: [column(zero().sgn())])
    with pytest.raises(ArithmeticError, match="not a number"):
        certified(lambda: [matrix(torch.tensor([[math.nan]]))])


@pytest.mark.parametrize("dtype", DTYPES.values())
def test_a_tensor_is_taken_as_it_is(dtype: torch.dtype) -> None:
    tensor = torch.tensor([[0.1, -1e-30], [3e30, 0]], dtype=dtype)
    (found,) = certified(lambda: [matrix(tensor)])
    assert torch.equal(found.value, tensor.double())
    assert not found.remainder.any()


def test_the_error_of_a_float64_counts_what_float64_cannot_hold() -> None:
    third = certified(lambda: [column(arb(1) / 3)])[0]
    ours = torch.tensor([[1 / 3]], dtype=torch.float64)
    found = judged(ours, third, torch.full((1, 1), 2.0**-54))
    assert found["ulp_error"] == pytest.approx(1 / 3, abs=1e-12)  # 1/3 = 0.0101…₂ is cut after a 01
    assert found["within"]
    assert not judged(ours, third, torch.full((1, 1), 2.0**-56))["within"]


@pytest.mark.parametrize(("digits", "ours"), [(2, 1.01), (0, -5.0), (-math.log10(2**-53), 1.0)])
def test_digits_are_counted_from_the_largest_true_entry(digits: float, ours: float) -> None:
    exact = Exact(torch.tensor([1.0, 1e-9]).double(), torch.zeros(2))
    found = judged(torch.tensor([ours, 1e-9]).double(), exact, torch.zeros(2))
    assert found["correct_digits"] == pytest.approx(digits, abs=1e-6)


@pytest.mark.parametrize("dtype", DTYPES.values())
def test_a_bound_is_decisive_if_it_finds_a_small_error_and_never_if_the_truth_is_0(dtype: torch.dtype) -> None:
    ours = torch.ones(1, dtype=dtype)
    exact = Exact(ours.double(), torch.zeros(1))
    for bound, decisive in ((0.49, True), (0.51, False), (math.inf, False), (math.nan, False)):
        assert judged(ours, exact, torch.tensor([bound * FOUND[dtype]]).double())["decisive"] == decisive
    assert not judged(ours, Exact(torch.zeros(1), torch.zeros(1)), torch.zeros(1))["decisive"]

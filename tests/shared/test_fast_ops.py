"""The fast route computes what torch computes, for every shape that is asked of it."""

import pytest
import torch

from byhand.numerics import fast_ops

SHAPES = [((3, 4), (4, 5)), ((2, 3, 4), (2, 4, 5)), ((3, 4), (2, 4, 5)), ((2, 3, 4), (4, 5)), ((2, 6, 3, 4), (4, 5))]


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize(("left", "right"), SHAPES)
@pytest.mark.parametrize("transposed", [False, True])
def test_products_are_torchs(
    dtype: torch.dtype, left: tuple[int, ...], right: tuple[int, ...], transposed: bool
) -> None:
    stream = torch.Generator().manual_seed(0)
    a = torch.randn(left, generator=stream, dtype=torch.float64).to(dtype)
    b = torch.randn(right, generator=stream, dtype=torch.float64).to(dtype)
    if transposed:  # the same numbers, lying otherwise in memory
        a, b = a.mT.contiguous().mT, b.mT.contiguous().mT
    found = fast_ops.matmul(a, b)
    assert found.dtype == dtype
    written = torch.full_like(found, torch.nan)
    assert fast_ops.matmul(a, b, written) is written
    torch.testing.assert_close(written, found, rtol=8 * torch.finfo(dtype).eps, atol=8 * torch.finfo(dtype).eps)
    torch.testing.assert_close(found, a @ b, rtol=8 * torch.finfo(dtype).eps, atol=8 * torch.finfo(dtype).eps)


def test_tanh_is_torchs_to_the_last_digits_and_works_in_place() -> None:
    x = torch.cat([torch.linspace(-20, 20, 10_001), torch.tensor([0.0, 1e-30, -1e-8, torch.inf, -torch.inf])])
    expected = x.double().tanh()
    found = fast_ops.tanh_(x)
    assert found.data_ptr() == x.data_ptr()
    torch.testing.assert_close(found.double(), expected, rtol=4 * torch.finfo(torch.float32).eps, atol=0)


def test_what_is_not_finite_goes_through_without_a_warning() -> None:
    a = torch.tensor([[torch.inf, torch.nan], [1e38, 1.0]])
    assert not fast_ops.quietly(fast_ops.matmul)(a, a).isfinite().any()

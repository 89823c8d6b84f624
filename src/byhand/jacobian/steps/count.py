"""Count what each order of the chain costs by running it, and compare that with the formulas of `cost`.

`torch.utils.flop_counter.FlopCounterMode` counts 2mkc for a product of (m, k) by (k, c) and nothing for any other
operation, not even for a matrix times a vector, which is added here; half of it is the multiplications inside products.
Entries moved and the multiplications outside products are counted by watching every operation: distinct operands read,
result written. One row for each shape and way, and a second table: the map of the cheaper mode over (P, D).
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from itertools import pairwise, product
from typing import Any

import pandas as pd
import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import FlopCounterMode

from byhand import step
from byhand.jacobian import cost
from byhand.jacobian.cost import Cost
from byhand.jacobian.modes import MODES
from byhand.jacobian.rivals import PUBLISHED
from byhand.jacobian.settings import Count
from byhand.jacobian.shapes import parsed
from byhand.step import tables

VIEWS = {
    "transpose",
    "unsqueeze",
    "squeeze",
    "view",
    "_unsafe_view",
    "expand",
    "detach",
    "t",
    "alias",
    "select",
    "squeeze_",
}


class Moved(TorchDispatchMode):
    """Counts entries read and written, and multiplications outside products, in everything that runs inside it."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.entries = 0
        self.scalings = 0

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Sequence[Any] = (), kwargs: Mapping[str, Any] | None = None
    ) -> Any:
        """Run one operation and count it."""
        result = func(*args, **(kwargs or {}))
        name = func.overloadpacket.__name__
        if name not in VIEWS:
            # x * x reads x once.
            read = {tensor.data_ptr(): tensor for tensor in args if isinstance(tensor, Tensor)}
            self.entries += sum(map(distinct, read.values())) + result.numel()
            self.scalings += result.numel() if name == "mul" else 0
        return result


def distinct(tensor: Tensor) -> int:
    """The number of distinct entries of a tensor: a broadcast entry counts once."""
    return math.prod(size for size, stride in zip(tensor.shape, tensor.stride(), strict=True) if stride)


def mv_flops(matrix: torch.Size, *_: object, **__: object) -> int:
    """What FlopCounterMode leaves out: a matrix times a vector."""
    return 2 * math.prod(matrix)


def counted(run: Callable[[], Tensor]) -> Cost:
    """Run a function and count its cost."""
    flops, moved = FlopCounterMode(display=False, custom_mapping={torch.ops.aten.mv: mv_flops}), Moved()
    with flops, moved:
        run()
    return Cost(flops.get_total_flops() // 2, moved.scalings, moved.entries)


def zeros(widths: Sequence[int], batch: int | None) -> tuple[list[Tensor], Tensor]:
    """Weights and input of this shape; a cost does not depend on their values."""
    weights = [torch.zeros(above, below) for below, above in pairwise(widths)]
    return weights, torch.zeros(widths[0]) if batch is None else torch.zeros(batch, widths[0])


def rows(settings: Count) -> Iterator[dict[str, Any]]:
    """One row for each shape and way."""
    for name in settings.shapes:
        widths, batch = parsed(name)
        weights, x = zeros(widths, batch)
        for mode, function in MODES.items():
            formula = cost.jacobian(mode, widths, batch or 1)
            count = counted(partial(function, weights, x))
            yield {
                "shape": name,
                "way": mode,
                "order": str(cost.ORDERS[mode](widths[::-1])),
                "multiplications": formula.products + formula.scalings,
                "in_products": formula.products,
                "counted_in_products": count.products,
                "outside_products": formula.scalings,
                "counted_outside_products": count.scalings,
                "bytes_moved": formula.entries * x.itemsize,
                "counted_bytes_moved": count.entries * x.itemsize,
                "formula_is_exact": formula == count,
            }
        for way, function in PUBLISHED.items():
            if batch is None:
                formula_of_products = cost.PUBLISHED[way](widths)
                count = counted(partial(function, weights, x))
                yield {
                    "shape": name,
                    "way": way,
                    "in_products": formula_of_products,
                    "counted_in_products": count.products,
                    "formula_is_exact": formula_of_products == count.products,
                }


def map_rows(settings: Count) -> Iterator[dict[str, Any]]:
    """One row for each (P, D): which mode takes fewer multiplications, predicted (P < D: reverse) and counted."""
    for P, D in product(settings.map_widths, repeat=2):
        widths = (D, *[settings.map_hidden_width] * settings.map_depth, P)
        weights, x = zeros(widths, None)
        counts = {mode: counted(partial(MODES[mode], weights, x)) for mode in ("reverse", "forward")}
        reverse, forward = (counts[mode].products for mode in ("reverse", "forward"))
        yield {
            "output_width": P,
            "input_width": D,
            "hidden_width": settings.map_hidden_width,
            "depth": settings.map_depth,
            "counted_reverse": reverse,
            "counted_forward": forward,
            "forward_over_reverse": forward / reverse,
            "predicted_cheaper": cheaper(P, D),
            "counted_cheaper": cheaper(reverse, forward),
        }


def growth_rows(settings: Count) -> Iterator[dict[str, Any]]:
    """One row for each M and L: multiplications in the products at D = K = M and P = 1, and how they grow with M.

    An exponent is log(C/C')/log(M/M'), with C' the count at the next smaller M'.
    """
    for depth in settings.growth_depths:
        before: dict[str, int] = {}
        for M, smaller in zip(settings.growth_widths, (0, *settings.growth_widths), strict=False):
            widths = (M, *[M] * depth, 1)
            weights, x = zeros(widths, None)
            counts = {mode: counted(partial(MODES[mode], weights, x)).products for mode in ("reverse", "forward")}
            yield {
                "width": M,
                "depth": depth,
                **{f"counted_{mode}": count for mode, count in counts.items()},
                **{
                    f"exponent_{mode}": math.log(counts[mode] / before[mode]) / math.log(M / smaller) for mode in before
                },
                "forward_over_reverse": counts["forward"] / counts["reverse"],
            }
            before = counts


def cheaper(reverse: int, forward: int) -> str:
    """The name of the mode with the smaller count."""
    return "equal" if reverse == forward else "reverse" if reverse < forward else "forward"


def main(files: step.Files, settings: Count) -> None:
    """Write the tables."""
    tables.write(pd.DataFrame(rows(settings)).convert_dtypes(), files.table)
    tables.write(pd.DataFrame(map_rows(settings)), files.crossover)
    tables.write(pd.DataFrame(growth_rows(settings)), files.growth)


if __name__ == "__main__":
    step.run(
        main,
        outputs={
            "table": "the table of costs to write (.csv)",
            "crossover": "the map over (P, D) to write (.csv)",
            "growth": "the table of growth with M and L to write (.csv)",
        },
    )

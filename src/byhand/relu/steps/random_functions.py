"""Build ReLU networks for random piecewise-linear functions, and prove each equal, with no more units than allowed.

Writes one row per function. Its numbers are dyadic, so that every weight is a float64 and the network is the stated
one. Each is compared again with a breakpoint shifted by 2⁻⁵⁰ and with a wrong sign: both must be found different.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pandas as pd
import torch

from byhand import step
from byhand.numerics.randomness import generator
from byhand.relu.constructions import SHIFT, one_hidden_layer
from byhand.relu.networks import float_check, function, unit_count
from byhand.relu.piecewise import PiecewiseLinear, through
from byhand.relu.settings import RandomFunctions
from byhand.step import tables

FLAT = ("nowhere", "left", "inside", "right")


def random_function(stream: torch.Generator, breakpoints: int, flat: str) -> PiecewiseLinear:
    """Breakpoints among the 256ths in [−4, 4), slopes among the 16ths in [−8, 8], a flat piece where `flat` says."""
    places = sorted((torch.randperm(2048, generator=stream)[:breakpoints] - 1024).tolist())
    slopes: list[int] = []
    while len(slopes) <= breakpoints:  # no slope is 0 or repeated: a flat piece occurs only on purpose
        slope = int(torch.randint(-128, 129, (), generator=stream))
        if slope and slopes[-1:] != [slope]:
            slopes.append(slope)
    if flat != "nowhere":
        slopes[{"left": 0, "inside": (breakpoints + 1) // 2, "right": breakpoints}[flat]] = 0
    x = [Fraction(place, 256) for place in places]
    value = Fraction(int(torch.randint(-64, 65, (), generator=stream)), 16)
    points = [(x[0], value)]
    for left, right, slope in zip(x, x[1:], slopes[1:], strict=False):
        value += Fraction(slope, 16) * (right - left)
        points.append((right, value))
    return through(points, left_slope=Fraction(slopes[0], 16), right_slope=Fraction(slopes[-1], 16))


def rows(settings: RandomFunctions) -> Iterator[dict[str, Any]]:
    """Each function's network and its verdicts."""
    for index in range(settings.functions):
        stream = generator("relu", "random_functions", index)
        flat = FLAT[index % len(FLAT)]
        breakpoints = int(torch.randint(1, settings.breakpoints + 1, (), generator=stream))
        target = random_function(stream, breakpoints, flat)
        built = one_hidden_layer(target)
        network = built.module()
        mistaken = int(torch.randint(len(built.hinges), (), generator=stream))
        planted = {"shifted": built.shifted(mistaken, SHIFT), "negated": built.negated(mistaken)}
        yield {
            "function": index,
            "flat_piece": flat,
            "breakpoints": len(target.breakpoints),
            "units": unit_count(network),
            "units_allowed": len(target.breakpoints) + (0 not in target.slopes),
            "verdict": equality(function(network), target),
            **{f"{name}_verdict": equality(function(wrong.module()), target) for name, wrong in planted.items()},
            **float_check(network, target, settings.grid_points),
        }


def equality(f: PiecewiseLinear, g: PiecewiseLinear) -> str:
    """Whether the two functions are equal on all of ℝ."""
    return "equal" if f == g else "different"


def main(files: step.Files, settings: RandomFunctions) -> step.Facts:
    """Write the table."""
    tables.write(pd.DataFrame(rows(settings)), files.table)
    return {"seeds": "relu/random_functions/<function>"}


if __name__ == "__main__":
    step.run(main, outputs={"table": "the table to write (.csv)"})

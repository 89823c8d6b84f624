"""Evaluate the networks and each of their units for the figures: one row for each function, series and x.

Straight pieces need no more points than their ends, so the x are the breakpoints and both ends of the interval shown.
"""

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pandas as pd

from byhand import step
from byhand.errors import BadInput
from byhand.relu.constructions import TENT, ZIGZAG, OneHiddenLayer, one_hidden_layer, sawtooth, soft_threshold
from byhand.relu.piecewise import RELU, PiecewiseLinear, combine, compose, line
from byhand.relu.settings import Curves
from byhand.step import tables

Series = dict[str, PiecewiseLinear]


def constructions(threshold: float) -> Iterator[tuple[str, tuple[Fraction, Fraction], Series]]:
    """Name, shown interval and series of each; what the units add up to is the network before its outer ReLU."""
    inner = {"-ReLU(2x-1)": negated(2, -1), "-ReLU(1-2x)": negated(-2, 1)}
    total = combine([Fraction(1)] * 2, inner.values(), Fraction(1))
    network = compose(RELU, total)
    yield "tent", span(TENT, "1/2"), {"target": TENT, "network": network, **inner, "1 + both": total}

    s = Fraction(threshold)
    inner = {"ReLU(x-s)": compose(RELU, line(1, -s)), "-ReLU(-x-s)": negated(-1, -s)}
    target = soft_threshold(s)
    yield "soft threshold", (-2 * s - 1, 2 * s + 1), {"target": target, "network": sum_of(inner), **inner}

    built = one_hidden_layer(ZIGZAG)
    inner = {f"unit {index}": unit(built, index) for index in range(1, len(built.hinges) + 1)}
    yield "zigzag", span(ZIGZAG, "3/4"), {"target": ZIGZAG, "network": built.function(), **inner}


def negated(weight: int, bias: Fraction | int) -> PiecewiseLinear:
    """−ReLU(weight·x + bias)."""
    return Fraction(-1) * compose(RELU, line(weight, bias))


def sum_of(units: Series) -> PiecewiseLinear:
    """The sum of the units, without a bias."""
    return combine([Fraction(1)] * len(units), units.values())


def unit(network: OneHiddenLayer, index: int) -> PiecewiseLinear:
    """The contribution of one unit, counted from 1."""
    return OneHiddenLayer((network.hinges[index - 1],), Fraction(0)).function()


def span(f: PiecewiseLinear, margin: str) -> tuple[Fraction, Fraction]:
    """From a margin before the first breakpoint to a margin after the last."""
    return f.breakpoints[0] - Fraction(margin), f.breakpoints[-1] + Fraction(margin)


def points(name: str, shown: tuple[Fraction, Fraction], series: Series) -> Iterator[dict[str, Any]]:
    """The rows of one function."""
    left, right = shown
    for label, f in series.items():
        for x in (left, *(b for b in f.breakpoints if left < b < right), right):
            yield {"function": name, "series": label, "x": float(x), "value": float(f(x))}


def rows(settings: Curves) -> Iterator[dict[str, Any]]:
    """All curves."""
    for construction in constructions(settings.threshold):
        yield from points(*construction)
    for n in settings.teeth:
        yield from points("sawtooth", (Fraction(0), Fraction(1)), {f"n = {n}": sawtooth(n)})


def main(files: step.Files, settings: Curves) -> None:
    """Write the table."""
    try:
        table = pd.DataFrame(rows(settings))
    except ValueError as error:
        raise BadInput(str(error)) from error
    tables.write(table, files.table)


if __name__ == "__main__":
    step.run(main, outputs={"table": "the table to write (.csv)"})

"""Prove that the assignment's ReLU networks equal their targets on all of ℝ, and detect planted mistakes.

Writes one row per identity: the verdict of the exact calculus, where the two sides differ most if they do, and the
second check by float evaluation. A second table has the proofs: a row for each piece of either side, with exact place,
slope and value. Two functions are equal if and only if these rows are.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import pandas as pd
from torch import nn

from byhand import step
from byhand.errors import BadInput
from byhand.relu.constructions import (
    SHIFT,
    TENT,
    ZIGZAG,
    one_hidden_layer,
    soft_threshold,
    soft_threshold_network,
    tent_network,
)
from byhand.relu.networks import float_check, function, linear, unit_count
from byhand.relu.piecewise import PiecewiseLinear, difference, line
from byhand.relu.settings import Prove
from byhand.step import tables


@dataclass(frozen=True)
class Claim:
    """The claim that a network computes a target; `holds` is what is expected, False for a mistake."""

    identity: str
    source: str
    network: nn.Sequential
    target: PiecewiseLinear
    holds: bool = True


def claims(thresholds: tuple[float, ...]) -> Iterator[Claim]:
    """The identities of problem 3, the mistakes in its text, and planted ones."""
    source = "exercise 8"
    yield Claim("tent = ReLU(1 - ReLU(2x-1) - ReLU(1-2x))", source, tent_network(), TENT)
    half, whole = relu_of(2, -1), relu_of(2, -2)
    right = PiecewiseLinear(Fraction(0), Fraction(0), ((Fraction(1, 2), Fraction(2)),))
    yield Claim("ReLU(2x) shifted right by 1/2 = ReLU(2x-1)", source, half, right)
    yield Claim("ReLU(2x) shifted right by 1 = ReLU(2x-1)", "exercise 8, as written", whole, right, holds=False)
    yield Claim(
        "tent = ReLU(1 - ReLU(2x+1) - ReLU(1-2x))", "exercise 8, as written", tent((2, 1), (-2, 1)), TENT, holds=False
    )

    source = "planted mistake"
    yield Claim("tent, wrong sign before ReLU(1-2x)", source, tent((2, -1), (-2, 1), (-1, 1)), TENT, holds=False)
    # The breakpoint ½ + 2⁻⁵⁰ of the first unit: the weight is 2, so the bias moves by 2⁻⁴⁹.
    shifted = tent((2, -1 - 2 * SHIFT), (-2, 1))
    yield Claim("tent, breakpoint 1/2 shifted by 2^-50", source, shifted, TENT, holds=False)
    yield Claim("tent without the outer ReLU", source, nn.Sequential(*list(tent_network())[:-1]), TENT, holds=False)

    for s in thresholds:
        target, network = soft_threshold(s), soft_threshold_network(s)
        yield Claim(f"soft threshold = ReLU(x-s) - ReLU(-x-s), s = {s}", "exercise 9", network, target)
        wrong = nn.Sequential(linear([[1], [-1]], [-s, -s]), nn.ReLU(), linear([[1, 1]], [0]))
        yield Claim(f"soft threshold, wrong sign before ReLU(-x-s), s = {s}", source, wrong, target, holds=False)
        moved = nn.Sequential(linear([[1], [-1]], [-Fraction(s) - SHIFT, -s]), nn.ReLU(), linear([[1, -1]], [0]))
        yield Claim(f"soft threshold, breakpoint s shifted by 2^-50, s = {s}", source, moved, target, holds=False)

    source = "general construction"
    general = {
        "tent": TENT,
        "zigzag without a flat piece": ZIGZAG,
        "a slanted line": line(-3, 1),
        "a constant": line(0, 2),
    }
    for name, target in general.items():
        yield Claim(f"{name} = one hidden layer", source, one_hidden_layer(target).module(), target)


def relu_of(weight: int, bias: int) -> nn.Sequential:
    """ReLU(weight·x + bias)."""
    return nn.Sequential(linear([[weight]], [bias]), nn.ReLU())


def tent(
    first: tuple[int, int | Fraction], second: tuple[int, int | Fraction], signs: tuple[int, int] = (-1, -1)
) -> nn.Sequential:
    """ReLU(1 ± ReLU(first) ± ReLU(second)), each given as (weight, bias), so that mistakes can be planted."""
    (a, b), (c, d) = first, second
    return nn.Sequential(linear([[a], [c]], [b, d]), nn.ReLU(), linear([signs], [1]), nn.ReLU())


def verdict(claim: Claim, grid_points: int) -> dict[str, Any]:
    """The row of one identity."""
    computed = function(claim.network)
    x, gap = difference(computed, claim.target) or ("", Fraction(0))
    return {
        "identity": claim.identity,
        "source": claim.source,
        "expected": "equal" if claim.holds else "different",
        "verdict": "equal" if computed == claim.target else "different",
        "units": unit_count(claim.network),
        "breakpoints": len(claim.target.breakpoints),
        "largest_difference_at": str(x),
        "largest_difference": float(gap),
        **float_check(claim.network, claim.target, grid_points),
    }


def proof(claim: Claim) -> Iterator[dict[str, Any]]:
    """The pieces of both sides, exact numbers as text; the value is that at the piece's start."""
    network = function(claim.network)
    for side, f in (("target", claim.target), ("network", network)):
        values = ("", *map(str, f.values))
        for index, (piece, value) in enumerate(zip(f.pieces, values, strict=True)):
            yield {
                "identity": claim.identity,
                "side": side,
                "piece": index,
                "start": "-inf" if piece.start is None else str(piece.start),
                "value_at_start": value,
                "slope": str(piece.slope),
                "intercept": str(piece.intercept),
                "verdict": "equal" if network == claim.target else "different",
            }


def main(files: step.Files, settings: Prove) -> None:
    """Write both tables."""
    try:
        all_claims = list(claims(settings.thresholds))
    except ValueError as error:
        raise BadInput(f"--thresholds: {error}") from error
    tables.write(pd.DataFrame(verdict(claim, settings.grid_points) for claim in all_claims), files.table)
    tables.write(pd.DataFrame(row for claim in all_claims for row in proof(claim)), files.proofs)


if __name__ == "__main__":
    step.run(
        main,
        outputs={"table": "the table of identities to write (.csv)", "proofs": "the table of pieces to write (.csv)"},
    )

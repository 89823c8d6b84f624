"""The verdicts that the steps write."""

import pytest

from byhand.relu.piecewise import line
from byhand.relu.settings import Depth, RandomFunctions
from byhand.relu.steps import depth, prove, random_functions
from byhand.relu.steps.curves import Series, constructions, sum_of


@pytest.mark.parametrize("claim", list(prove.claims((0.0, 0.5, 3.0))), ids=lambda claim: claim.identity)
def test_identities_hold_and_mistakes_do_not(claim: prove.Claim) -> None:
    row = prove.verdict(claim, grid_points=21)
    assert row["verdict"] == row["expected"]
    assert (row["largest_difference"] == 0) == claim.holds
    if claim.holds:  # a mistake of 2⁻⁵⁰ may hide behind rounding: that is why there are proofs
        assert row["float_check"] == "agrees"


def test_the_proof_lists_equal_pieces_exactly_where_the_identity_holds() -> None:
    for claim in prove.claims((0.5,)):
        pieces = [{key: value for key, value in row.items() if key != "side"} for row in prove.proof(claim)]
        sides = [row["side"] for row in prove.proof(claim)]
        target = [piece for piece, side in zip(pieces, sides, strict=True) if side == "target"]
        network = [piece for piece, side in zip(pieces, sides, strict=True) if side == "network"]
        assert (target == network) == claim.holds


def test_random_functions_are_proven_within_their_units_and_mistakes_told_apart() -> None:
    for row in random_functions.rows(RandomFunctions(functions=24, breakpoints=50, grid_points=5)):
        assert row["verdict"] == "equal"
        assert row["units"] == row["units_allowed"] <= row["breakpoints"] + 1
        assert (row["shifted_verdict"], row["negated_verdict"]) == ("different", "different")
        assert row["float_check"] == "agrees"


def test_depth_is_counted_with_proofs() -> None:
    for row in depth.rows(Depth(compositions=4, grid_points=5)):
        assert {row[name] for name in row if name.endswith("verdict")} == {"equal"}
        assert row["float_check"] == "agrees"


@pytest.mark.parametrize("construction", list(constructions(0.5)), ids=lambda construction: construction[0])
def test_the_units_in_the_figure_add_up_to_the_network(construction: tuple[str, object, Series]) -> None:
    name, _, series = construction
    assert series["network"] == series["target"]
    units = sum_of({label: f for label, f in series.items() if label not in {"target", "network", "1 + both"}})
    bias = {"tent": 1, "soft threshold": 0, "zigzag": 1}[name]  # the zigzag is 1 at its first breakpoint
    assert units + line(0, bias) == series.get("1 + both", series["network"])

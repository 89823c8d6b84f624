"""A verdict, computed from a table and never typed in."""

from dataclasses import dataclass
from typing import Any

import pandas as pd

from byhand.errors import BadInput
from byhand.report.claims import Claim


@dataclass(frozen=True)
class Judgement:
    """The verdict, the number that it rests on, and of how many rows; or why there is none."""

    verdict: str
    value: float | None
    rows: int
    why_not: str = ""


def judged(name: str, claim: Claim, table: pd.DataFrame) -> Judgement:
    """Hold one claim against its table.

    Raises:
        BadInput: an expression of the claim does not fit the table.
    """
    if claim.data and not (table["dataset"] == claim.data).any():
        return Judgement("not judged", None, 0, f"it is about {claim.data}, and this run stands on other data")
    try:
        rows = table.query(claim.rows, engine="python") if claim.rows else table
        if rows.empty:
            why = claim.absent or f"no row of {claim.table} is about it under this configuration"
            return Judgement("not judged", None, 0, why)
        holds: Any = rows.eval(claim.condition, engine="python")
        value: Any = rows.eval(claim.figure, engine="python")
        return Judgement(claim.verdict if bool(holds.all()) else claim.otherwise, float(value), len(rows))
    except Exception as error:  # pandas raises whatever the expression meets
        raise BadInput(f"{name}: does not fit {claim.table} ({type(error).__name__}: {error})") from error

"""Verdicts and findings, computed from tables and never typed in."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from byhand.errors import BadInput
from byhand.report.claims import WEAK, Claim, Finding, Number, Power


@dataclass(frozen=True)
class Judgement:
    """The verdict, the number it rests on, how many rows that is from, and the power; or why there is no verdict."""

    verdict: str
    value: float | None
    rows: int
    why_not: str = ""
    power: float | None = None


def judge_claim(
    name: str, claim: Claim, read: Callable[[str], pd.DataFrame], differences: Iterable[str] = ()
) -> Judgement:
    """Judge one claim by its table, which `read` gives by its name.

    `differences` lists the settings that are not the assignment's; a claim that rests on one of them is not judged.
    Where a test does not reject the claim, but has less than the power `WEAK`, the verdict says so.

    Raises:
        BadInput: an expression of the claim does not fit the table.
    """
    if reasons := rests_on(claim, differences):
        return Judgement("not judged", None, 0, reasons[0])
    table = read(claim.table)
    if other(claim.data, table):
        return Judgement("not judged", None, 0, f"it is about {claim.data}, and this run uses other data")
    try:
        rows = selected(claim, table)
        if rows.empty:
            why = claim.absent or f"no row of {claim.table} is about it under this configuration"
            return Judgement("not judged", None, 0, why)
        holds: Any = rows.eval(claim.condition, engine="python", local_dict={"level": claim.level})
        verdict = claim.verdict if bool(pd.Series(holds).all()) else claim.otherwise
        power = least_power(claim.power, read(claim.power.table)) if claim.power else None
        if power is not None and verdict == claim.verdict and not power >= WEAK:
            verdict = "consistent, but the test is weak"
        return Judgement(verdict, figure(claim, rows), len(rows), power=power)
    except Exception as error:  # pandas raises many kinds of errors
        raise BadInput(f"{name}: does not fit {claim.table} ({type(error).__name__}: {error})") from error


def selected(of: Claim | Number, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of its table that a claim or a number is about."""
    return table.query(of.rows, engine="python") if of.rows else table


def figure(of: Claim | Number, rows: pd.DataFrame) -> float:
    """The number over these rows."""
    value: Any = rows.eval(of.figure, engine="python")
    return float(value)


def least_power(of: Power, table: pd.DataFrame) -> float:
    """The power against the least likely of the alternatives to be noticed; NaN if one of them was not run."""
    rows = selected(of, table)
    return figure(of, rows) if len(rows) == of.alternatives else math.nan


def finding_text(name: str, finding: Finding, read: Callable[[str], pd.DataFrame]) -> str:
    """What a finding says, with its numbers; empty if this run has other data or no such rows.

    Raises:
        BadInput: an expression of the finding does not fit its table, or its words do not fit its numbers.
    """
    numbers = {}
    for key, number in finding.numbers.items():
        table = read(number.table)
        try:
            rows = selected(number, table)
            if rows.empty or ("dataset" in table and other(finding.data, table)):
                return ""
            numbers[key] = figure(number, rows)
        except Exception as error:  # pandas raises many kinds of errors
            raise BadInput(f"{name}.{key}: does not fit {number.table} ({type(error).__name__}: {error})") from error
    try:
        return finding.says.format(**numbers)
    except (KeyError, ValueError, IndexError) as error:
        raise BadInput(f"{name}.says: does not fit its numbers ({type(error).__name__}: {error})") from error


def rests_on(claim: Claim, differences: Iterable[str]) -> list[str]:
    """Those of the differences that are about a setting that the claim rests on."""
    prefix = f"{claim.settings}."
    return [text for text in differences if claim.settings and f"{text.partition(' ')[0]}.".startswith(prefix)]


def other(data: str, table: pd.DataFrame) -> bool:
    """Whether the table uses data other than those that a claim or finding is about."""
    return bool(data) and not (table["dataset"] == data).any()

"""Verdicts and findings, computed from tables and never typed in."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from byhand.errors import BadInput
from byhand.report.claims import WEAK, Claim, Condition, Finding, Number, Power


@dataclass(frozen=True)
class Judgement:
    """A verdict, or why there is none, and what it rests on.

    `value` is the number to quote, from `rows` rows, and `found` a sentence with it; `power` that of the test, if it is
    one; `notices` the smallest error that the comparison would have noticed, in words.
    """

    verdict: str
    value: float | None = None
    found: str = ""
    rows: int = 0
    why_not: str = ""
    power: float | None = None
    notices: str = ""


def judge_claim(
    name: str, claim: Claim, read: Callable[[str], pd.DataFrame], differences: Iterable[str] = ()
) -> Judgement:
    """Judge one claim by its table, which `read` gives by its name.

    What it says, C, is its `condition`; what its exercise needs of it, S, is its `substance`, where it has one:

        not judged               a setting is not the assignment's, the data are others, there are no such rows, or
                                 a condition of `requires` is false: then the run itself cannot be relied on
        holds                    C, and its test, if it is one, has a power of at least `WEAK`
        depends on the hardware  C, if the claim is about times
        consistent, but …        C, but the power of its test is less than `WEAK`
        holds with a correction  not C, but S
        does not hold            neither

    `differences` lists the settings that are not the assignment's.

    Raises:
        BadInput: an expression of the claim does not fit the table.
    """
    if reasons := rests_on(claim, differences):
        return Judgement("not judged", why_not=reasons[0])
    table = read(claim.table)
    if other(claim.data, table):
        return Judgement("not judged", why_not=f"it is about {claim.data}, and this run uses other data")
    try:
        rows = selected(claim, table)
        if rows.empty:
            why = claim.absent or f"no row of {claim.table} is about it under this configuration"
            return Judgement("not judged", why_not=why)
        for required in claim.requires:
            if not true(required, read(required.table)):
                return Judgement("not judged", why_not=f"in this run it is not true that {required.says}")
        power = least_power(claim.power, read(claim.power.table)) if claim.power else None
        smallest = float(evaluated(claim.smallest, rows)) if claim.smallest else None
        value = figure(claim, rows)
        return Judgement(
            verdict_of(claim, rows, power, read),
            value,
            claim.found.format(value, rows=len(rows)),
            len(rows),
            power=power,
            notices=claim.notices.format(smallest),
        )
    except Exception as error:  # pandas raises many kinds of errors
        raise BadInput(f"{name}: does not fit {claim.table} ({type(error).__name__}: {error})") from error


def verdict_of(claim: Claim, rows: pd.DataFrame, power: float | None, read: Callable[[str], pd.DataFrame]) -> str:
    """The verdict over these rows, by the rule of `judge_claim`."""
    if all_true(claim.condition, rows, claim.level):
        weak = power is not None and not power >= WEAK
        return "consistent, but the test is weak" if weak else claim.verdict
    if claim.substance and true(claim.substance, read(claim.substance.table)):
        return "holds with a correction"
    return "does not hold"


def evaluated(expression: str, rows: pd.DataFrame, level: float | None = None) -> Any:
    """The value of a pandas expression over rows."""
    return rows.eval(expression, engine="python", local_dict={"level": level})


def all_true(condition: str, rows: pd.DataFrame, level: float | None = None) -> bool:
    """Whether a condition is true of every row; False if there is none."""
    return len(rows) > 0 and bool(pd.Series(evaluated(condition, rows, level)).all())


def true(of: Condition, table: pd.DataFrame) -> bool:
    """Whether a condition is true of every row that it is about; False if there is none."""
    return all_true(of.condition, selected(of, table))


def selected(of: Claim | Number | Condition, table: pd.DataFrame) -> pd.DataFrame:
    """The rows of its table that a claim, a number or a condition is about."""
    return table.query(of.rows, engine="python") if of.rows else table


def figure(of: Claim | Number, rows: pd.DataFrame) -> float:
    """The number over these rows."""
    return float(evaluated(of.figure, rows))


def least_power(of: Power, table: pd.DataFrame) -> float:
    """The power against the least likely of the alternatives to be noticed; NaN if one of them was not run."""
    rows = selected(of, table)
    return figure(of, rows) if len(rows) == of.alternatives else math.nan


def numbers_of(name: str, finding: Finding, read: Callable[[str], pd.DataFrame]) -> dict[str, float]:
    """The numbers of a finding; empty if this run has other data or no such rows.

    Raises:
        BadInput: an expression of the finding does not fit its table.
    """
    numbers = {}
    for key, number in finding.numbers.items():
        table = read(number.table)
        try:
            rows = selected(number, table)
            if rows.empty or ("dataset" in table and other(finding.data, table)):
                return {}
            numbers[key] = figure(number, rows)
        except Exception as error:  # pandas raises many kinds of errors
            raise BadInput(f"{name}.{key}: does not fit {number.table} ({type(error).__name__}: {error})") from error
    return numbers


def finding_text(name: str, finding: Finding, read: Callable[[str], pd.DataFrame]) -> str:
    """What a finding says, with its numbers; empty if this run has other data or no such rows.

    Raises:
        BadInput: an expression of the finding does not fit its table, or its words do not fit its numbers.
    """
    numbers = numbers_of(name, finding, read)
    try:
        return finding.says.format(**numbers) if numbers else ""
    except (KeyError, ValueError, IndexError) as error:
        raise BadInput(f"{name}.says: does not fit its numbers ({type(error).__name__}: {error})") from error


def rests_on(claim: Claim, differences: Iterable[str]) -> list[str]:
    """Those of the differences that are about a setting that the claim rests on."""
    prefix = f"{claim.settings}."
    return [text for text in differences if claim.settings and f"{text.partition(' ')[0]}.".startswith(prefix)]


def other(data: str, table: pd.DataFrame) -> bool:
    """Whether the table uses data other than those that a claim or finding is about."""
    return bool(data) and not (table["dataset"] == data).any()

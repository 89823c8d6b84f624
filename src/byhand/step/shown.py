"""Tables as the page shows them: selections of this run's tables, with readable numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

Read = Callable[[str], pd.DataFrame]
"""Gives a table by its name under `results`."""


@dataclass(frozen=True)
class Shown:
    """A table as it is shown: the words above it, the file that it comes from, its columns, and its rows as text."""

    caption: str
    source: str
    headers: list[str]
    rows: list[list[str]]


def text(value: Any) -> str:
    """A value formatted for reading: four significant digits, thousands separators, — for a missing value."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if pd.isna(value):
        return "—"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else str(value).replace("_", " ")


def shown(caption: str, source: str, table: pd.DataFrame, columns: Mapping[str, str]) -> Shown:
    """`columns` of a table, under the given headings."""
    rows = [[text(value) for value in row] for row in table[list(columns)].astype(object).to_numpy().tolist()]
    return Shown(caption, source, list(columns.values()), rows)


def plus_minus(mean: pd.Series, spread: pd.Series, digits: int = 3) -> pd.Series:
    """Mean ± spread as text."""
    return pd.Series(
        [f"{m:.{digits}f} ± {s:.{digits}f}" for m, s in zip(mean, spread, strict=True)], index=mean.index, dtype=object
    )


EVIDENCE = {
    "comparisons": "comparisons",
    "decisive": "decisive",
    "within": "of these within the derived bound",
    "digits": "certified correct digits, median",
    "fewest_digits": "fewest",
    "median": "median error of all [ulp]",
    "largest": "largest",
}


def evidence(check: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """How many comparisons there are in each group, how many could fail, and how far from the truth results are."""
    return (
        check.assign(
            within=check["within"] & check["decisive"], digits=check["correct_digits"].where(check["decisive"])
        )
        .groupby(by, as_index=False)
        .agg(
            comparisons=("within", "size"),
            decisive=("decisive", "sum"),
            within=("within", "sum"),
            digits=("digits", "median"),
            fewest_digits=("digits", "min"),
            median=("ulp_error", "median"),
            largest=("ulp_error", "max"),
        )
    )


def exact_tests(
    read: Read, room: str, names: Mapping[str, str], alternatives: Mapping[str, str], words: Mapping[str, str]
) -> list[Shown]:
    """The exact tests of printed numbers and their power, if any.

    `names` and `alternatives` are columns; `words` are what values are shown as.
    """
    tests, powers = (read(f"{room}/{name}.csv").replace(words) for name in ("exact_test", "power"))
    power = {"alternative_runs": "runs", "reruns": "reruns", "power": "share rejected"}
    tables = [
        shown(
            "Could the printed numbers come from one more run? An exact rank test of all of them together",
            f"{room}/exact_test.csv",
            tests,
            {**names, "numbers": "numbers", "reruns": "reruns", "p_value": "p"},
        ),
        shown(
            "Power: how often the test would reject runs that were trained in another way",
            f"{room}/power.csv",
            powers,
            {**alternatives, **power},
        ),
    ]
    return [table for table in tables if table.rows]

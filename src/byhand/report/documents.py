"""The documents that quote numbers of a run, written from templates; every number in them has a name."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from byhand.errors import BadInput
from byhand.report.claims import Finding, Quoted
from byhand.report.judgement import figure, numbers_of, selected

COLUMNS = ["finding", "number", "of", "value"]
"""The columns of the table of numbers. A number that only the documents quote has no finding."""


def numbers(
    findings: Mapping[str, Finding], quoted: Mapping[str, Quoted], read: Callable[[str], pd.DataFrame]
) -> pd.DataFrame:
    """The table of all numbers that the documents may quote, from the tables of a run, which `read` gives by name.

    Raises:
        BadInput: an expression does not fit its table.
    """
    rows: list[tuple[str, str, str, float]] = []
    for name, finding in findings.items():
        rows += [(name, key, "", value) for key, value in numbers_of(name, finding, read).items()]
    for name, number in quoted.items():
        rows += [("", name, key, value) for key, value in values(name, number, read(number.table)).items()]
    return pd.DataFrame(rows, columns=COLUMNS).dropna(subset="value")


def values(name: str, number: Quoted, table: pd.DataFrame) -> dict[str, float]:
    """A quoted number for each of its groups, by the name of the group; that of all rows has an empty name."""
    try:
        rows = selected(number, table)
        if not number.by:
            return {"": figure(number, rows)}
        return {" ".join(map(str, key)): figure(number, group) for key, group in rows.groupby(number.by)}
    except Exception as error:  # pandas raises many kinds of errors
        raise BadInput(f"{name}: does not fit {number.table} ({type(error).__name__}: {error})") from error


def nested(table: pd.DataFrame) -> dict[str, Any]:
    """The numbers as templates name them: `finding.number`, `number` or `number["group"]`."""
    named: dict[str, Any] = {}
    for *keys, value in table[COLUMNS].astype(object).fillna("").to_numpy():
        *outer, last = filter(None, keys)
        inner = named
        for key in outer:
            inner = inner.setdefault(key, {})
        inner[last] = value
    return named


def shown(value: float, how: str = ",.0f") -> str:
    """A number as the documents show it: −0.01, 60 %, 1.4e7."""
    text = re.sub(r"e\+?(-?)0*(\d)", r"e\1\2", format(value, how))
    return re.sub("^-", "−", text).replace("%", " %")


def render(path: Path, context: Mapping[str, Any]) -> str:
    """The template at `path`, in which `{{ number | to(".2f") }}` shows a number.

    Raises:
        BadInput: it names a number that this run does not have.
    """
    jinja = jinja2.Environment(  # noqa: S701  (Markdown, of the project's own words)
        loader=jinja2.FileSystemLoader(path.parent),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        keep_trailing_newline=True,
    )
    jinja.filters["to"] = shown
    try:
        return jinja.get_template(path.name).render(context)
    except jinja2.UndefinedError as error:
        raise BadInput(f"{path}: {error.message}; the documents need a run on the real data") from error


MARKED = re.compile(r"<!-- (\w+)[^\n]*? -->.*?<!-- end of \1 -->", re.DOTALL)
"""A part of the README that is written by machine, between its two marks."""


def filled(text: str, made: str) -> str:
    """`text` with each of its marked parts replaced by that of the same name in `made`.

    Raises:
        BadInput: they have not the same parts.
    """
    parts = {match[1]: match[0] for match in MARKED.finditer(made)}
    found = [match[1] for match in MARKED.finditer(text)]
    if sorted(found) != sorted(parts):
        raise BadInput(f"README.md: found the marked parts {', '.join(found)}, expected {', '.join(parts)}")
    return MARKED.sub(lambda match: parts[match[1]], text)

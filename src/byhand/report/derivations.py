"""The derivations of the exercises as data: a formula for each line, which is checked and displayed.

`assignment/derivations/<room>.yaml` maps numbers of exercises to `let` and `lines`. `let` defines names by formulas
(`byhand.report.formulas`); `lines` are derived from them. Every line is checked against the definitions alone, never
against an earlier line, so a wrong line is named itself and those after it stay right. Its LaTeX is made from the
formula that is checked (`byhand.report.typeset`).
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, Field, ValidationError

from byhand.errors import BadInput
from byhand.step import tables
from byhand.workflow.setting_types import Section, first_error
from byhand.workflow.yaml_files import read_yaml

Text = Annotated[str, BeforeValidator(str), Field(min_length=1, title="text")]

COLUMNS = ["exercise", "line", "latex", "says", "code", "text", "how", "verdict", "residual", "unit"]
"""The columns of the table of derivations. A definition has no number of a line, and no verdict."""


class Line(Section):
    """One line of a derivation.

    line: the formula, a relation. says: what it is, in a sentence. where: a relation that one name must satisfy, such
    as 0 <= x < 1. each: the ranges of indices. code: a file of the project, and a text that occurs in it once.
    within: how far the two sides may be apart, relative to the right one, for numbers that are computed.
    """

    line: Text
    says: Text
    where: Annotated[str, Field(title="a relation")] = ""
    each: Annotated[dict[str, str], Field(title="a mapping from indices to ranges")] = Field(default={})
    code: Annotated[dict[str, str], Field(max_length=1, title="a file and a text in it")] = Field(default={})
    within: Annotated[float | None, Field(gt=0, title="a number above 0")] = None


class Derivation(Section):
    """One exercise: definitions, and what is derived from them."""

    let: Annotated[dict[str, Text], Field(title="a mapping from names to formulas")]
    lines: Annotated[list[Line], Field(min_length=1, title="a list of lines")]


def load(paths: Iterable[Path]) -> dict[int, Derivation]:
    """The derivations in these files, by exercise.

    Raises:
        BadInput: a file is not there or is not YAML; its keys are not numbers; an exercise has an unknown field or
            lacks one.
    """
    found: dict[int, Derivation] = {}
    for path in paths:
        content = read_yaml(path)
        if not isinstance(content, dict) or not all(isinstance(number, int) for number in content):
            raise BadInput(f"{path}: expected a mapping from numbers of exercises to let and lines")
        for number, entry in content.items():
            try:
                found[number] = Derivation.model_validate(entry)
            except ValidationError as error:
                raise BadInput(f"{path}: exercise {number}: {first_error(error, Derivation)}") from error
    return dict(sorted(found.items()))


class Row(NamedTuple):
    """A row of the table: a definition (without number and verdict), or a line of the derivation.

    number: of the line, from 1. code, code_line: the file of the project that computes it, and the line there. how: in
    words that follow the verdict, such as "as an identity at N = 2". residual: of a verdict `checked`, in this unit.
    """

    number: int | None
    latex: str
    says: str
    code: str
    code_line: int | None
    how: str
    verdict: str
    residual: float | None
    unit: str


def read_table(path: Path, project: Path) -> dict[int, list[Row]]:
    """The rows of each exercise from `report/derivations.csv`, in their order; `project` is the folder with `src`.

    Raises:
        BadInput: it is no such table, or a text does not occur exactly once in its file.
    """
    table = tables.read(path, COLUMNS)
    found: dict[int, list[Row]] = {}
    for row in table.astype(object).where(table.notna(), None).to_dict("records"):
        code, text = row["code"] or "", row["text"]
        found.setdefault(int(row["exercise"]), []).append(
            Row(
                number=None if row["line"] is None else int(row["line"]),
                latex=row["latex"],
                says=row["says"] or "",
                code=code,
                code_line=line_of(project / code, text) if code else None,
                how=row["how"] or "",
                verdict=row["verdict"] or "",
                residual=row["residual"],
                unit=row["unit"] or "",
            )
        )
    return found


def line_of(path: Path, text: str) -> int:
    """The number of the line on which `text` begins, which occurs exactly once in the file.

    Raises:
        BadInput: it does not, or there is no such file.
    """
    try:
        content = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise BadInput(f"{path}: no such file, expected one with {text!r}") from error
    if (times := content.count(text)) != 1:
        raise BadInput(f"{path}: has {text!r} {times} times, expected once")
    return content[: content.index(text)].count("\n") + 1

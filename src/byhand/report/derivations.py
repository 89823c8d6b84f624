"""The derivations of the exercises as data: a formula for each line, which is checked and displayed.

`assignment/derivations/<room>.yaml` maps numbers of exercises to `let` and `lines`. `let` defines names by formulas
(`byhand.report.formulas`); `lines` are derived from them. Every line is checked against the definitions alone, never
against an earlier line, so a wrong line is named itself and those after it stay right. Its LaTeX is made from the
formula that is checked (`byhand.report.typeset`).
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, ValidationError

from byhand.errors import BadInput
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


def code_files(paths: Iterable[Path]) -> list[str]:
    """The files of the project in which lines of these derivations are computed, with the same errors as `load`."""
    lines = [line for derivation in load(paths).values() for line in derivation.lines]
    return sorted({file for line in lines for file in line.code})


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

"""The derivations of the exercises as data: a formula for each line, which is checked and displayed.

`assignment/derivations/<room>.yaml` maps numbers of exercises to `let` and `lines`. `let` defines names by formulas
(`byhand.report.formulas`); `lines` are derived from them. Every line is checked against the definitions alone, never
against an earlier line, so a wrong line is named itself and those after it stay right. Its LaTeX is made from the
formula that is checked (`byhand.report.typeset`).
"""

import ast
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import Field, TypeAdapter, ValidationError

from byhand.errors import BadInput
from byhand.report.typeset import Typesetter, name
from byhand.step import tables
from byhand.workflow.setting_types import Section, first_error
from byhand.workflow.yaml_files import read_yaml

Text = Annotated[str, Field(min_length=1, title="text")]

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
    each: Annotated[dict[str, str], Field(title="a mapping from indices to ranges")] = {}
    code: Annotated[dict[str, str], Field(max_length=1, title="a file and a text in it")] = {}
    within: Annotated[float | None, Field(gt=0, title="a number above 0")] = None


class Derivation(Section):
    """One exercise: definitions, and what is derived from them."""

    let: Annotated[dict[str, str | int], Field(title="a mapping from names to formulas")]
    lines: Annotated[list[Line], Field(min_length=1, title="a list of lines")]


class File(Section):
    """All exercises of one room, by their numbers."""

    exercises: Annotated[dict[int, Derivation], Field(title="a mapping from exercises to let and lines")]


def load(paths: Iterable[Path]) -> dict[int, Derivation]:
    """The derivations in these files, by exercise.

    Raises:
        BadInput: a file is not there, is not YAML, has an unknown field or lacks one.
    """
    found: dict[int, Derivation] = {}
    for path in paths:
        try:
            found |= File.model_validate({"exercises": read_yaml(path)}).exercises
        except ValidationError as error:
            raise BadInput(f"{path}: {first_error(error, File)}") from error
    return dict(sorted(found.items()))

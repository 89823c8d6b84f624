"""The assignment that is checked, as `assignment/assignment.yaml` describes it: its title, source and exercises."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from byhand.errors import BadInput
from byhand.workflow.setting_types import Section, first_error
from byhand.workflow.yaml_files import read_yaml

Text = Annotated[str, Field(title="text")]
Number = Annotated[int, Field(ge=1, title="a number from 1")]


class Exercise(Section):
    """One exercise; the header of the file explains the fields."""

    title: Text
    asks: Text
    answers: Text
    tempting: Text = ""
    figure: Text = ""
    code: Annotated[dict[str, Text], Field(title="a mapping from files to a text in each")] = Field(default={})


class Chapter(Section):
    """One problem; its name in `chapters` is that of the room that checks it."""

    problem: Number
    title: Text
    exercises: Annotated[dict[Number, Exercise], Field(title="a mapping from numbers to exercises")]


class Assignment(Section):
    """The assignment; the header of the file explains the fields."""

    title: Text
    source: Text
    contains: Text
    method: Text
    chapters: Annotated[dict[str, Chapter], Field(title="a mapping from rooms to problem, title, exercises")]
    limits: Annotated[list[Text], Field(title="a list of sentences")] = Field(default=[])
    terms: Annotated[dict[str, Text], Field(title="a mapping from terms to what they mean")] = Field(default={})

    def room_of(self, exercises: str) -> str:
        """The chapter of "4" or "4, 5", by the first of them.

        Raises:
            BadInput: no chapter has that exercise.
        """
        first = int(str(exercises).split(",")[0])
        for name, chapter in self.chapters.items():
            if first in chapter.exercises:
                return name
        known = sorted(number for chapter in self.chapters.values() for number in chapter.exercises)
        raise BadInput(f"exercise {first}: is in no chapter, expected one of {', '.join(map(str, known))}")


def code_files(path: Path) -> list[str]:
    """The files of the project whose code is shown with the exercises, with the same errors as `load`."""
    chapters = load(path).chapters.values()
    shown = [file for chapter in chapters for exercise in chapter.exercises.values() for file in exercise.code]
    return sorted(set(shown))


def load(path: Path) -> Assignment:
    """What the file at `path` says.

    Raises:
        BadInput: it is not there, is not YAML, has an unknown field, or lacks one.
    """
    try:
        return Assignment.model_validate(read_yaml(path))
    except ValidationError as error:
        raise BadInput(f"{path}: {first_error(error, Assignment)}") from error

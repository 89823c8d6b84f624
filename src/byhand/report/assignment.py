"""The document that is checked, as `assignment/assignment.yaml` describes it: its title, source and chapters."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, ValidationError

from byhand.errors import BadInput
from byhand.workflow.setting_types import Different, Section, first_error
from byhand.workflow.yaml_files import read_yaml

Text = Annotated[str, Field(title="text")]
Number = Annotated[int, Field(ge=1, title="a number from 1")]
Exercises = Annotated[tuple[Number, ...], Different("a list of different numbers of exercises")]


class Chapter(Section):
    """One problem of the document; its name in `chapters` is that of the room that checks it."""

    problem: Number
    title: Text
    exercises: Exercises


class Assignment(Section):
    """The document; the header of the file explains the fields."""

    title: Text
    source: Text
    contains: Text
    method: Text
    chapters: Annotated[dict[str, Chapter], Field(title="a mapping from rooms to problem, title, exercises")]

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


def load(path: Path) -> Assignment:
    """What the file at `path` says.

    Raises:
        BadInput: it is not there, is not YAML, has an unknown field, or lacks one.
    """
    try:
        return Assignment.model_validate(read_yaml(path))
    except ValidationError as error:
        raise BadInput(f"{path}: {first_error(error, Assignment)}") from error

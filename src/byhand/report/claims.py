"""The assignment's claims and the findings as data: what each says, and the evidence that it rests on.

Imports nothing heavy: the Snakefile asks for the evidence while it is read.
"""

from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BeforeValidator, Field, ValidationError

from byhand.errors import BadInput
from byhand.workflow.setting_types import Section, first_error, text
from byhand.workflow.yaml_files import read_yaml

SIGNS = {
    "holds": "✓",
    "holds with a correction": "≈",
    "consistent, but the test is weak": "~",
    "depends on the hardware": "⚙",
    "does not hold": "✗",
    "not judged": "–",
}
"""The verdicts, each with a sign, since not everybody can tell colours apart."""

MEANINGS = {
    "holds": "right as written",
    "holds with a correction": "wrong as written, but what the exercise needs from it is right",
    "consistent, but the test is weak": "not rejected, but the test would often miss a wrong claim",
    "depends on the hardware": "the answer may differ between machines; measured on ours",
    "does not hold": "the evidence is against it",
    "not judged": "this run has no evidence, or not enough",
}
"""The verdicts in a few words, for first-time readers."""

Exercises = Annotated[str, BeforeValidator(str), text("numbers of exercises, such as 4 or 4, 5", r"\d+(, \d+)*")]
Text = Annotated[str, BeforeValidator(str), Field(title="text")]
Verdict = Annotated[
    Literal[
        "holds",
        "holds with a correction",
        "consistent, but the test is weak",
        "depends on the hardware",
        "does not hold",
    ],
    Field(title=f"one of {', '.join(list(SIGNS)[:-1])}"),
]
Kind = Annotated[Literal["stated", "implied", "printed"], Field(title="one of stated, implied, printed")]

WEAK = 0.8
"""The power below which a test that rejects nothing says little."""


class Number(Section):
    """One number: an expression over rows of a table."""

    table: Text
    figure: Text
    rows: Text = ""


class Quoted(Number):
    """A number that only the documents quote; with `by`, one for each group of rows that agree in these columns."""

    by: list[Text] = Field(default=[], title="a list of columns")


class Power(Number):
    """The power of a test: the least over rows of a table, one for each alternative."""

    alternatives: Annotated[int, Field(ge=1, title="a whole number from 1")]


class Condition(Section):
    """What must be true of every one of these rows of a table, and that in words."""

    says: Text
    table: Text
    condition: Text
    rows: Text = ""


class Claim(Section):
    """One entry of `assignment/claims.yaml`, whose header explains the fields."""

    says: Text
    exercise: Exercises
    kind: Kind
    place: Text
    table: Text
    condition: Text
    figure: Text
    found: Text
    tolerance: Text
    expected: Verdict
    rows: Text = ""
    data: Text = ""
    settings: Text = ""
    requires: list[Condition] = Field(default=[], title="a list of entries with says, table, rows, condition")
    verdict: Verdict = "holds"
    substance: Condition | None = None
    absent: Text = ""
    level: Annotated[float, Field(gt=0, lt=1, title="a number above 0 and below 1")] | None = None
    power: Power | None = None
    against: Text = ""
    notices: Text = ""
    smallest: Text = ""
    correction: Text = ""


class OwnClaim(Claim):
    """A claim of somebody else than the assignment, whose name is given; it belongs to no exercise."""

    author: Text
    exercise: Text = ""
    kind: Kind = "stated"
    place: Text = ""


class Finding(Section):
    """One entry of `assignment/findings.yaml`, whose header explains the fields."""

    title: Text
    exercise: Exercises
    says: Text
    claim: Text
    numbers: Annotated[dict[str, Number], Field(title="a mapping from names of numbers to table, rows, figure")]
    data: Text = ""


Entry = TypeVar("Entry", Claim, OwnClaim, Finding, Quoted)


def load(path: Path) -> dict[str, Claim]:
    """The claims by name.

    Raises:
        BadInput: the file is not there, or an entry has an unknown field, lacks one, or names an unknown verdict.
    """
    return _entries(path, Claim)


def load_own(path: Path) -> dict[str, OwnClaim]:
    """The claims of one's own by name, with the same errors as `load`."""
    return _entries(path, OwnClaim)


def load_findings(path: Path) -> dict[str, Finding]:
    """The findings by name.

    Raises:
        BadInput: the file is not there, or an entry has an unknown field or lacks one.
    """
    return _entries(path, Finding)


def load_quoted(path: Path) -> dict[str, Quoted]:
    """The numbers by name that only the documents quote, with the same errors as `load_findings`."""
    return _entries(path, Quoted)


def evidence(claims: Path, findings: Path, own: Path | None = None) -> list[str]:
    """The tables that the claims and findings rest on, as paths under `results`."""
    known = (load(claims) | (load_own(own) if own else {})).values()
    rests_on = [claim.table for claim in known]
    rests_on += [other.table for claim in known for other in (claim.power, claim.substance, *claim.requires) if other]
    rests_on += [number.table for finding in load_findings(findings).values() for number in finding.numbers.values()]
    return sorted({f"results/{table}" for table in rests_on})


def _entries(path: Path, kind: type[Entry]) -> dict[str, Entry]:
    entries = read_yaml(path)
    if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
        raise BadInput(f"{path}: expected a mapping from names to their fields")
    parsed = {}
    for name, entry in entries.items():
        try:
            parsed[str(name)] = kind.model_validate({str(key): value for key, value in entry.items()})
        except ValidationError as error:
            raise BadInput(f"{path}: {name}.{first_error(error, kind)}") from error
    return parsed

"""The assignment's claims and the findings as data: what each says, and the evidence that it rests on.

Imports nothing heavy: the Snakefile asks for the evidence while it is read.
"""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import yaml

from byhand.errors import BadInput
from byhand.workflow.configuration import FAST

SIGNS = {
    "holds": "✓",
    "holds with a correction": "≈",
    "depends on the hardware": "⚙",
    "does not hold": "✗",
    "not judged": "–",
}
"""The verdicts, each with a sign, since colour alone does not reach everybody."""

MEANINGS = {
    "holds": "right as it stands",
    "holds with a correction": "right at heart; what is off is said below",
    "depends on the hardware": "another machine, another answer; measured on this one",
    "does not hold": "the evidence is against it",
    "not judged": "this run has no evidence",
}
"""The verdicts in a few words, for somebody who meets them for the first time."""

VERDICTS = tuple(SIGNS)


@dataclass(frozen=True)
class Claim:
    """One entry of `published/claims.yaml`, whose head explains the fields."""

    says: str
    exercise: str
    table: str
    condition: str
    figure: str
    unit: str
    tolerance: str
    expected: str
    rows: str = ""
    data: str = ""
    verdict: str = "holds"
    otherwise: str = "does not hold"
    absent: str = ""
    correction: str = ""


@dataclass(frozen=True)
class Number:
    """One number of a finding: an expression over rows of a table."""

    table: str
    figure: str
    rows: str = ""


@dataclass(frozen=True)
class Finding:
    """One entry of `published/findings.yaml`, whose head explains the fields."""

    title: str
    exercise: str
    says: str
    claim: str
    numbers: Mapping[str, Number]
    data: str = ""


Entry = TypeVar("Entry", Claim, Finding, Number)


def load(path: Path) -> dict[str, Claim]:
    """The claims by name.

    Raises:
        BadInput: the file is not there, or an entry has an unknown field, lacks one, or names an unknown verdict.
    """
    claims = {}
    for name, fields_of in _entries(path).items():
        claim = _made(Claim, {key: str(value) for key, value in fields_of.items()}, f"{path}: {name}")
        for key in ("expected", "verdict", "otherwise"):
            if getattr(claim, key) not in VERDICTS[:-1]:
                known = ", ".join(VERDICTS[:-1])
                raise BadInput(f"{path}: {name}.{key}: found {getattr(claim, key)!r}, expected one of {known}")
        claims[name] = claim
    return claims


def load_findings(path: Path) -> dict[str, Finding]:
    """The findings by name.

    Raises:
        BadInput: the file is not there, or an entry has an unknown field or lacks one.
    """
    findings = {}
    for name, fields_of in _entries(path).items():
        numbers = fields_of.pop("numbers", {})
        if not isinstance(numbers, dict) or not all(isinstance(number, dict) for number in numbers.values()):
            raise BadInput(f"{path}: {name}.numbers: expected a mapping from names of numbers to table, rows, figure")
        made = {key: _made(Number, number, f"{path}: {name}.numbers.{key}") for key, number in numbers.items()}
        words = {key: str(value) for key, value in fields_of.items()}
        findings[name] = _made(Finding, {**words, "numbers": made}, f"{path}: {name}")
    return findings


def evidence(claims: Path, findings: Path) -> list[str]:
    """The tables that the claims and findings rest on, as paths under `results`."""
    rests_on = [claim.table for claim in load(claims).values()]
    rests_on += [number.table for finding in load_findings(findings).values() for number in finding.numbers.values()]
    return sorted({f"results/{table}" for table in rests_on})


def _entries(path: Path) -> dict[str, dict[str, Any]]:
    try:
        entries = yaml.load(path.read_text(encoding="utf-8"), FAST)  # noqa: S506  it is a SafeLoader
    except FileNotFoundError as error:
        raise BadInput(f"{path}: no such file") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput(f"{path}: is not YAML ({' '.join(str(error).split())})") from error
    if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
        raise BadInput(f"{path}: expected a mapping from names to their fields")
    return {str(name): entry for name, entry in entries.items()}


def _made(kind: type[Entry], values: Mapping[str, Any], where: str) -> Entry:
    known = {field.name: field for field in fields(kind)}
    if unknown := [key for key in values if key not in known]:
        raise BadInput(f"{where}.{unknown[0]}: unknown field; known here: {', '.join(sorted(known))}")
    if missing := [key for key, field in known.items() if field.default is MISSING and key not in values]:
        raise BadInput(f"{where}.{missing[0]}: missing")
    return kind(**values)

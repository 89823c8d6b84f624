"""The document's claims as data: what each says, the evidence that it is judged by, and the verdict that is expected.

Imports nothing heavy: the Snakefile asks for the evidence while it is read.
"""

from dataclasses import MISSING, dataclass, fields
from pathlib import Path

import yaml

from byhand.errors import BadInput

VERDICTS = ("holds", "holds with a correction", "depends on the hardware", "does not hold", "not judged")


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


def load(path: Path) -> dict[str, Claim]:
    """The claims by name.

    Raises:
        BadInput: the file is not there, or an entry has an unknown field, lacks one, or names an unknown verdict.
    """
    try:
        entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise BadInput(f"{path}: no such file") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput(f"{path}: is not YAML ({' '.join(str(error).split())})") from error
    if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
        raise BadInput(f"{path}: expected a mapping from names of claims to their fields")
    known = {field.name for field in fields(Claim)}
    needed = [field.name for field in fields(Claim) if field.default is MISSING]
    claims = {}
    for name, entry in entries.items():
        if unknown := [key for key in entry if key not in known]:
            raise BadInput(f"{path}: {name}.{unknown[0]}: unknown field; known here: {', '.join(sorted(known))}")
        if missing := [key for key in needed if key not in entry]:
            raise BadInput(f"{path}: {name}.{missing[0]}: missing")
        claim = Claim(**{key: str(value) for key, value in entry.items()})
        for key in ("expected", "verdict", "otherwise"):
            if getattr(claim, key) not in VERDICTS[:-1]:
                known_verdicts = ", ".join(VERDICTS[:-1])
                raise BadInput(f"{path}: {name}.{key}: found {getattr(claim, key)!r}, expected one of {known_verdicts}")
        claims[str(name)] = claim
    return claims


def evidence(path: Path) -> list[str]:
    """The tables that the claims rest on, as paths under `results`."""
    return sorted({f"results/{claim.table}" for claim in load(path).values()})

"""What the page shows of an exercise: question, answer, claims with verdicts, derivation, figure, code, command."""

import ast
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from byhand.errors import BadInput
from byhand.report.assignment import Assignment
from byhand.report.derivations import COLUMNS
from byhand.step import tables
from byhand.workflow.fingerprint import SOURCE

GRAVEST = {  # and what is said of one such claim, and of several
    "does not hold": ("does not hold", "do not hold"),
    "holds with a correction": ("needs a correction", "need a correction"),
    "consistent, but the test is weak": (
        "is consistent, but its test is weak",
        "are consistent, but their tests are weak",
    ),
    "depends on the hardware": ("depends on the hardware", "depend on the hardware"),
    "not judged": ("is not judged", "are not judged"),
    "holds": ("holds", "hold"),
}
"""Of several verdicts, the one that stands for an exercise is the first of these."""


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


def source_file(path: str) -> Path:
    """The file of a path such as src/byhand/errors.py, also where the package is installed without `src`."""
    return SOURCE / Path(path).relative_to("src")


def read_table(path: Path) -> dict[int, list[Row]]:
    """The rows of each exercise from `report/derivations.csv`, in their order.

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
                code_line=line_of(source_file(code), text) if code else None,
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


class Code(NamedTuple):
    """A function or class of the project: its file, the line in question, and its text."""

    path: str
    line: int
    text: str


def code(path: str, text: str) -> Code:
    """The function, class or statement of a file of the project that has this text once.

    Raises:
        BadInput: there is no such file, or the text does not occur exactly once.
    """
    file = source_file(path)
    line = line_of(file, text)
    content = file.read_text(encoding="utf-8")
    for node in ast.parse(content).body:
        if node.lineno <= line <= (node.end_lineno or 0):
            return Code(path, line, "\n".join(content.splitlines()[node.lineno - 1 : node.end_lineno]))
    return Code(path, line, content.splitlines()[line - 1])


def verdict(verdicts: Sequence[str]) -> tuple[str, str]:
    """One verdict for several, the gravest; and in words how many have it, and each other one but `holds`."""
    counts = {grave: verdicts.count(grave) for grave in GRAVEST if grave in verdicts}
    if not counts:
        return "not judged", "has no claim"
    words = {grave: GRAVEST[grave][min(count, 2) - 1] for grave, count in counts.items()}
    (gravest, share), *others = counts.items()
    of = len(verdicts)
    if of == 1:
        return gravest, words[gravest]
    first = f"{share} of {of}" if others else "both" if of == 2 else f"all {of}"
    rest = [f", {count} {words[other]}" for other, count in others if other != "holds"]
    return gravest, f"{first} claims {words[gravest]}{''.join(rest)}"


def blocks(
    assignment: Assignment,
    derivations: Mapping[int, Sequence[Row]],
    claims: Sequence[Mapping[Any, Any]],
    pictures: Mapping[str, Mapping[str, str]],
) -> Iterator[dict[str, Any]]:
    """Each exercise with all that its block shows, in order.

    A claim about several exercises is shown with the first of them, and so is a figure.
    """
    figure_of: dict[str, int] = {}
    shown_claims: set[str] = set()
    for chapter, problem in assignment.chapters.items():
        for number, exercise in problem.exercises.items():
            about = [claim for claim in claims if str(number) in str(claim["exercise"]).split(", ")]
            new = [claim for claim in about if claim["claim"] not in shown_claims]
            gravest, says = verdict([claim["verdict"] for claim in about])
            first = figure_of.setdefault(exercise.figure, number)
            yield {
                **exercise.model_dump(),
                "number": number,
                "chapter": chapter,
                "verdict": gravest,
                "verdict_says": says,
                "derivation": derivations.get(number, []),
                "claims": new,
                "judged_above": [claim for claim in about if claim not in new],
                "picture": pictures.get(exercise.figure),
                "figure_of": first,
                "code": [code(path, text) for path, text in exercise.code.items()],
                "targets": list(dict.fromkeys(f"results/{claim['table']}" for claim in about)),
            }
            shown_claims |= {claim["claim"] for claim in new}

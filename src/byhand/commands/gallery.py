"""Copy the figures of a run to docs/gallery, and write its numbers and verdicts into the findings and the README."""

import argparse
import shutil
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

import pandas as pd

from byhand import step
from byhand.report import documents
from byhand.report.assignment import Assignment, load
from byhand.report.captions import Caption, caption
from byhand.report.claims import SIGNS, load_findings, load_quoted
from byhand.step import files, tables

ALL_SHOWN = ("does not hold", "not judged")
"""The verdicts for which every claim is shown, rather than one example."""


def verdicts(claims: Iterable[tuple[str, str, str]]) -> str:
    """The README's table of verdicts: the number of claims with each, and one claim as an example.

    Args:
        claims: for each claim, its exercise ("4, 5"), its wording and its verdict, in the order of the exercises.
    """
    lines = ["| verdict | claims | |", "| --- | --- | --- |"]
    claims = list(claims)
    for verdict, sign in SIGNS.items():
        said = [f"{says} (exercise {exercise})" for exercise, says, found in claims if found == verdict]
        shown = said if verdict in ALL_SHOWN else said[:1]
        if said:
            start = "" if shown == said else "such as: "
            lines.append(f"| {sign} {verdict} | {len(said)} | {start}{'<br>'.join(shown)} |")
    return "\n".join(lines)


def findings(templates: Path, numbers: pd.DataFrame) -> str:
    """The page of findings, with these numbers."""
    return documents.render(templates / "findings.md.j2", documents.nested(numbers))


def readme(text: str, templates: Path, numbers: pd.DataFrame, table: str) -> str:
    """`text`, the README, with these numbers and this table of verdicts in its marked parts."""
    made = documents.render(templates / "readme.md.j2", documents.nested(numbers) | {"verdicts": table})
    return documents.filled(text, made)


def page(captions: Mapping[str, Caption], assignment: Assignment) -> str:
    """The gallery's page: each picture with its caption, by chapter."""
    lines = ["# Gallery", "", "The figures of a full run on the real data, written by `make gallery`.", ""]
    for room, chapter in assignment.chapters.items():
        named = [name for name in captions if name.startswith(f"{room}_figure_")]
        if named:
            lines += [f"## Problem {chapter.problem}: {chapter.title}", ""]
            for name in named:
                title, words, seen = captions[name]
                lines += [f"![{seen}]({name}.png)", "", f"**{title}** {words}", ""]
    return "\n".join(lines).rstrip() + "\n"


def main(arguments: argparse.Namespace) -> None:
    """Write the gallery, the numbers, and the documents that quote them."""

    @cache
    def read(name: str) -> pd.DataFrame:
        return tables.read(arguments.results / name, [])

    gallery, templates = arguments.docs / "gallery", arguments.docs / "templates"
    quoted = load_quoted(templates / "numbers.yaml")
    numbers = documents.numbers(load_findings(arguments.findings), quoted, read)
    judged = read("report/claims.csv")
    judged = judged[judged["author"].isna()]
    words = verdicts(zip(judged["exercise"].astype(str), judged["says"], judged["verdict"], strict=True))
    text = readme(arguments.readme.read_text(encoding="utf-8"), templates, numbers, words)
    of_findings = findings(templates, numbers)
    for picture in sorted(arguments.results.glob("*/figure_*.png")):
        if picture.stem == "figure_benchmark_history":  # of one machine's runs
            continue
        shutil.copy(picture, gallery / f"{picture.parent.name}_{picture.stem}.png")
    captions = {  # includes the benchmarks' pictures, kept from the run that measured them
        picture.stem: caption(picture.stem) for picture in sorted(gallery.glob("*_figure_*.png"))
    }
    files.write_text(gallery / "README.md", page(captions, load(arguments.assignment)))
    files.write_text(arguments.docs / "findings.md", of_findings)
    files.write_text(arguments.readme, text)
    tables.write(numbers, arguments.docs / "numbers.csv")


if __name__ == "__main__":
    parser = step.parser(__doc__)
    parser.add_argument("--results", type=Path, required=True, help="the folder of all results")
    parser.add_argument("--assignment", type=Path, required=True, help="the document that is checked (.yaml)")
    parser.add_argument("--findings", type=Path, required=True, help="what judging it has revealed (.yaml)")
    parser.add_argument("--docs", type=Path, required=True, help="the folder of the documents and their templates")
    parser.add_argument("--readme", type=Path, required=True, help="the file that shows the verdicts (.md)")
    step.command(main, parser)

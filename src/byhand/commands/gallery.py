"""Copy the figures of a run to docs/gallery, and its verdicts into the README, between two markers."""

import argparse
import re
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from byhand import step
from byhand.errors import BadInput
from byhand.report.assignment import Assignment, load
from byhand.report.captions import Caption, caption
from byhand.report.claims import SIGNS
from byhand.step import files, tables

ALL_SHOWN = ("does not hold", "not judged")
"""The verdicts for which every claim is shown, rather than one example."""

MARKS = ("<!-- verdicts: written by `make gallery` -->", "<!-- end of verdicts -->")


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


def between_marks(text: str, words: str) -> str:
    """`text` with `words` inserted between the markers.

    Raises:
        BadInput: the markers are missing.
    """
    start, end = MARKS
    pattern = re.compile(f"({re.escape(start)}\n).*?(\n{re.escape(end)})", re.DOTALL)
    if not pattern.search(text):
        raise BadInput(f"README.md: expected a line {start} and, after it, a line {end}")
    return pattern.sub(lambda match: match[1] + words + match[2], text)


def page(captions: Mapping[str, Caption], assignment: Assignment) -> str:
    """The gallery's page: each picture with its caption, by chapter."""
    lines = ["# Gallery", "", "The figures of a full run on the real data, written by `make gallery`.", ""]
    for room, chapter in assignment.chapters.items():
        named = [name for name in captions if name.startswith(f"{room}_figure_")]
        if named:
            lines += [f"## Problem {chapter.problem}: {chapter.title}", ""]
            for name in named:
                title, words = captions[name]
                lines += [f"![{title}]({name}.png)", "", f"**{title}** {words}", ""]
    return "\n".join(lines).rstrip() + "\n"


def main(arguments: argparse.Namespace) -> None:
    """Write the gallery and the README's table."""
    table = tables.read(arguments.results / "report/claims.csv", ["exercise", "says", "verdict", "author"])
    table = table[table["author"].isna()]
    for picture in sorted(arguments.results.glob("*/figure_*.png")):
        shutil.copy(picture, arguments.gallery / f"{picture.parent.name}_{picture.stem}.png")
    captions = {  # includes the benchmarks' pictures, kept from the run that measured them
        picture.stem: caption(picture.stem) for picture in sorted(arguments.gallery.glob("*_figure_*.png"))
    }
    files.write_text(arguments.gallery / "README.md", page(captions, load(arguments.assignment)))
    words = verdicts(zip(table["exercise"].astype(str), table["says"], table["verdict"], strict=True))
    files.write_text(arguments.readme, between_marks(arguments.readme.read_text(encoding="utf-8"), words))


if __name__ == "__main__":
    parser = step.parser(__doc__)
    parser.add_argument("--results", type=Path, required=True, help="the folder of all results")
    parser.add_argument("--assignment", type=Path, required=True, help="the document that is checked (.yaml)")
    parser.add_argument("--gallery", type=Path, required=True, help="the folder to copy the pictures to")
    parser.add_argument("--readme", type=Path, required=True, help="the file that shows the verdicts (.md)")
    step.command(main, parser)

"""Write the report: one HTML file with every claim, its verdict, the evidence, and what was run.

It loads nothing from the network: formulas are MathML, and pictures and styles are embedded in the file.
"""

import argparse
import importlib
import importlib.util
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from byhand import step
from byhand.report import captions, exercises, history, html, playthings
from byhand.report.assignment import Assignment, load
from byhand.report.claims import MEANINGS, SIGNS
from byhand.step import provenance, tables
from byhand.step.files import write_text
from byhand.step.shown import Read, Shown, shown
from byhand.workflow.registry import ROOMS


def pictures(paths: Sequence[Path], rooms: Path) -> dict[str, dict[str, str]]:
    """Each picture with its caption, by its name in the gallery.

    Raises:
        BadInput: a picture has no caption.
    """
    shown_pictures = {}
    for path in paths:
        name = f"{path.parent.name}_{path.stem}"
        words = captions.caption(name, rooms)
        shown_pictures[name] = {
            "name": name,
            "room": path.parent.name,
            "path": f"{path.parent.name}/{path.name}",
            "drawing": html.inline(path.read_text(encoding="utf-8"), name, words.seen),
            **words._asdict(),
        }
    return shown_pictures


def chapters(assignment: Assignment, pictures: Sequence[dict[str, str]], read: Read) -> list[dict[str, Any]]:
    """The chapters of the assignment, then the rooms with pictures that it lacks; each with its heading and tables.

    `pictures` are those that no exercise shows.
    """
    problems = [chapter.problem for chapter in assignment.chapters.values()]
    headings = {
        name: f"Problem {chapter.problem}{', continued' * (chapter.problem in problems[:place])}: {chapter.title}"
        for place, (name, chapter) in enumerate(assignment.chapters.items())
    }
    known, pictured = {"report", *headings}, {picture["room"] for picture in pictures}
    others = {name: room.title for name, room in ROOMS.items() if name in pictured - known}
    listed = []
    for name, heading in {**headings, **others}.items():
        module = f"byhand.{name}.chapter"
        shows = importlib.import_module(module).tables if name in ROOMS and importlib.util.find_spec(module) else None
        own = [picture for picture in pictures if picture["room"] == name]
        listed.append({"name": name, "heading": heading, "tables": shows(read) if shows else [], "pictures": own})
    return listed


def run_of(records: Sequence[history.Record]) -> dict[str, Any]:
    """What was run: steps with their jobs and seconds, versions, machines."""
    table = pd.DataFrame([{"step": record.step, "seconds": record.seconds} for record in records])
    steps = table.groupby("step", as_index=False).agg(
        jobs=("seconds", "size"), seconds=("seconds", "sum"), longest=("seconds", "max")
    )
    steps = steps.sort_values("seconds", ascending=False).round(1)
    columns = {"step": "step", "jobs": "jobs", "seconds": "seconds in all", "longest": "longest job [s]"}
    return {
        "steps": shown("Time by step", "the provenance beside each table", steps, columns),
        "seconds": float(table["seconds"].sum()),
        "jobs": len(records),
        "first": min(record.finished for record in records),
        "last": max(record.finished for record in records),
        "projects": sorted({record.project for record in records}),
        "versions": sorted({pair for record in records for pair in record.versions}),
        "machines": sorted({record.machine for record in records}),
    }


def measured(paths: Sequence[Path]) -> list[Shown]:
    """The benchmarks' tables in full, where there are any."""
    shown_tables = []
    for path in paths:
        if path.suffix == ".csv":
            table = tables.read(path, [])
            columns = {str(column): str(column).replace("_", " ") for column in table.columns}
            name = f"{path.parent.name}/{path.name}"
            shown_tables.append(shown(f"Benchmark: {path.parent.name.replace('_', ' ')}", name, table, columns))
    return shown_tables


def main(files: step.Files) -> None:
    """Write the page."""
    assignment = load(files.assignment)

    @cache
    def read(name: str) -> pd.DataFrame:
        return tables.read(files.results / name, [])

    judged = tables.read(files.results / "report/claims.csv", ["claim", "exercise", "verdict", "value", "author"])
    claims, own = judged[judged["author"].isna()], judged[judged["author"].notna()]
    findings = tables.read(files.results / "report/findings.csv", ["finding", "title", "says"])
    claims, findings = (table.astype(object).where(table.notna(), "") for table in (claims, findings))
    for numbers in (*claims["exercise"], *findings["exercise"]):
        assignment.room_of(numbers)  # which refuses an exercise that is in no chapter, and so would not be shown
    counts = Counter(claims["verdict"])
    records = history.behind(files.results, files.made)
    downloads = [provenance.read(path) for path in provenance.files_in(files.results / "data")]
    svgs = [path for path in (*files.made, *files.benchmarks) if path.suffix == ".svg"]
    pictured = pictures(svgs, files.rooms)
    derived = files.results / "report/derivations.csv"
    derivations = exercises.read_table(derived) if derived.is_file() else {}
    blocks = list(exercises.blocks(assignment, derivations, claims.to_dict("records"), pictured))
    answered = {block["figure"] for block in blocks}
    tests = [tables.read(path, ["reruns"]) for path in files.made if path.name == "exact_test.csv"]
    page = (
        html.environment(files.rooms, assignment.terms)
        .get_template("page.html.j2")
        .render(
            assignment=assignment,
            claims=claims.to_dict("records"),
            own=own.astype(object).where(own.notna(), "").to_dict("records"),
            findings=[finding for finding in findings.to_dict("records") if finding["says"]],
            counts=[(verdict, counts[verdict], MEANINGS[verdict]) for verdict in SIGNS if counts[verdict]],
            false_alarms=float(judged["level"].sum()),
            reruns=sorted({count for test in tests for count in test["reruns"]}),
            why_not=sorted({str(reason) for reason in claims["why_not"] if reason}),
            exercises=blocks,
            chapters=chapters(
                assignment,
                [picture for name, picture in pictured.items() if name not in answered],
                lambda name: read(name).copy(),
            ),
            pictures=pictured.values(),
            depth_data=playthings.depth(lambda name: read(name).copy()),
            benchmarks=measured(files.benchmarks),
            downloads=downloads,
            run=run_of(records),
            configuration=yaml.safe_dump(yaml.safe_load(files.configuration), sort_keys=False, allow_unicode=True),
        )
    )
    write_text(files.page, page)


def add_optional(parser: argparse.ArgumentParser) -> None:
    """The flags for the configuration of the run, and for rooms that are not the project's."""
    parser.add_argument("--configuration", required=True, help="the configuration of the run, as JSON")
    parser.add_argument(
        "--rooms", type=Path, default=captions.ROOMS, help="the folder of captions and chapters, by room"
    )


if __name__ == "__main__":
    step.run(
        main,
        inputs={"assignment": "the document that is checked (.yaml)"},
        unrecorded={
            "results": "the folder of all results and their provenance",
            "made": ("the results that are shown",),
            "benchmarks": ("tables and pictures of benchmarks",),
        },
        outputs={"page": "the page to write (.html)"},
        extra=add_optional,
    )

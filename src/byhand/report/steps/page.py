"""Write the report: one HTML file with every claim, its verdict, the evidence, and what was run.

It loads nothing from the network: formulas are MathML, and pictures and styles are embedded in the file.
"""

import argparse
import base64
import importlib
import importlib.util
import re
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd
import yaml
from latex2mathml.converter import convert
from markupsafe import Markup

from byhand import step
from byhand.data.layout import TITLES
from byhand.report import captions, history, playthings
from byhand.report.assignment import Assignment, load
from byhand.report.claims import MEANINGS, SIGNS
from byhand.step import provenance, tables
from byhand.step.files import write_text
from byhand.step.shown import Read, Shown, shown
from byhand.workflow.registry import ROOMS

TEMPLATES = Path(__file__).parents[1] / "templates"
SCRIPTS = Path(__file__).parents[1] / "playthings"


def environment(rooms: Path) -> jinja2.Environment:
    """Templates that escape whatever they show and fail at an unknown name."""
    jinja = jinja2.Environment(
        loader=jinja2.FileSystemLoader([TEMPLATES, SCRIPTS, rooms]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    formula = jinja.get_template("formula.html.j2")
    jinja.filters["formula"] = lambda tex: Markup(formula.render(mathml=convert(tex.strip(), display="block")))  # noqa: S704
    jinja.filters["named"] = lambda dataset: TITLES.get(dataset, dataset.replace("_", " "))
    jinja.filters["sign"] = SIGNS.__getitem__
    jinja.filters["slug"] = lambda words: "-".join(re.findall(r"\w+", words))
    return jinja


def pictures(paths: Sequence[Path], rooms: Path) -> list[dict[str, str]]:
    """Each picture with its caption.

    Raises:
        BadInput: a picture has no caption.
    """
    shown_pictures = []
    for path in paths:
        name = f"{path.parent.name}_{path.stem}"
        data = base64.b64encode(path.read_bytes()).decode()
        source = f"data:image/svg+xml;base64,{data}"
        shown_pictures.append(
            {"name": name, "room": path.parent.name, "source": source, **captions.caption(name, rooms)._asdict()}
        )
    return shown_pictures


def chapters(assignment: Assignment, pictured: Sequence[str], read: Read) -> list[dict[str, Any]]:
    """The chapters of the assignment, then the rooms with pictures that it lacks; each with its heading and tables."""
    headings = {name: f"Problem {chapter.problem}: {chapter.title}" for name, chapter in assignment.chapters.items()}
    known = {"report", *headings}
    others = {name: room.title for name, room in ROOMS.items() if name in pictured and name not in known}
    listed = []
    for name, heading in {**headings, **others}.items():
        module = f"byhand.{name}.chapter"
        shows = importlib.import_module(module).tables if name in ROOMS and importlib.util.find_spec(module) else None
        listed.append({"name": name, "heading": heading, "tables": shows(read) if shows else []})
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
    claims, findings = (
        table.astype(object)
        .where(table.notna(), "")
        .assign(chapter=[assignment.room_of(exercises) for exercises in table["exercise"]])
        for table in (claims, findings)
    )
    counts = Counter(claims["verdict"])
    records = history.behind(files.results, files.made)
    downloads = [provenance.read(path) for path in provenance.files_in(files.results / "data")]
    svgs = [path for path in (*files.made, *files.benchmarks) if path.suffix == ".svg"]
    page = (
        environment(files.rooms)
        .get_template("page.html.j2")
        .render(
            assignment=assignment,
            claims=claims.to_dict("records"),
            own=own.astype(object).where(own.notna(), "").to_dict("records"),
            findings=[finding for finding in findings.to_dict("records") if finding["says"]],
            counts=[(verdict, counts[verdict], MEANINGS[verdict]) for verdict in SIGNS if counts[verdict]],
            false_alarms=float(judged["level"].sum()),
            why_not=sorted({str(reason) for reason in claims["why_not"] if reason}),
            chapters=chapters(assignment, [path.parent.name for path in svgs], lambda name: read(name).copy()),
            pictures=pictures(svgs, files.rooms),
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

"""Write the report: one HTML file with every claim, its verdict, the evidence, and what was run.

It loads nothing from the network: formulas are MathML, and pictures and styles are embedded in the file.
"""

import argparse
import base64
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
from byhand.errors import BadInput
from byhand.report import history
from byhand.report.chapters import CHAPTERS, Shown, of_exercise, shown
from byhand.report.claims import MEANINGS, SIGNS
from byhand.step import tables
from byhand.step.files import write_text

DATA_SETS = {
    "mnist": "MNIST",
    "california_housing": "California Housing",
    "digits": "scikit-learn's bundled digits",
    "diabetes": "scikit-learn's bundled diabetes data",
}
HERE = Path(__file__).parents[1]


def environment() -> jinja2.Environment:
    """Templates that escape whatever they show and fail at an unknown name."""
    jinja = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    formula = jinja.get_template("formula.html.j2")
    jinja.filters["formula"] = lambda tex: Markup(formula.render(mathml=convert(tex.strip(), display="block")))  # noqa: S704
    jinja.filters["named"] = lambda dataset: DATA_SETS.get(dataset, dataset.replace("_", " "))
    jinja.filters["sign"] = SIGNS.__getitem__
    jinja.filters["slug"] = lambda words: words.replace(" ", "-")
    return jinja


def pictures(paths: Sequence[Path], captions: Path) -> list[dict[str, str]]:
    """Each picture with its caption from the folder `captions`; the caption's first paragraph is the title.

    Raises:
        BadInput: a picture has no caption.
    """
    shown_pictures = []
    for path in paths:
        name = f"{path.parent.name}_{path.stem}"
        written = captions / f"{name}.rst"
        try:
            title, _, words = written.read_text(encoding="utf-8").strip().partition("\n\n")
        except FileNotFoundError as error:
            raise BadInput(f"{written}: no such file, expected the caption of {path}") from error
        data = base64.b64encode(path.read_bytes()).decode()
        shown_pictures.append(
            {
                "name": name,
                "problem": path.parent.name,
                "title": " ".join(title.split()),
                "words": " ".join(words.split()),
                "source": f"data:image/svg+xml;base64,{data}",
            }
        )
    return shown_pictures


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

    @cache
    def read(name: str) -> pd.DataFrame:
        return tables.read(files.results / name, [])

    judged = tables.read(files.results / "report/claims.csv", ["claim", "exercise", "verdict", "value", "author"])
    claims, own = judged[judged["author"].isna()], judged[judged["author"].notna()]
    findings = tables.read(files.results / "report/findings.csv", ["finding", "title", "says"])
    claims, findings = (
        table.astype(object).where(table.notna(), "").assign(chapter=[of_exercise(e).name for e in table["exercise"]])
        for table in (claims, findings)
    )
    counts = Counter(claims["verdict"])
    records = history.behind(files.results, files.made)
    data = {
        name: {"dataset": table["dataset"].iloc[0], "fallback_for": table["fallback_for"].iloc[0]}
        for name, table in (("housing", read("housing/final_losses.csv")), ("images", read("initialization/depth.csv")))
    }
    svgs = [path for path in (*files.made, *files.benchmarks) if path.suffix == ".svg"]
    page = (
        environment()
        .get_template("page.html.j2")
        .render(
            claims=claims.to_dict("records"),
            own=own.astype(object).where(own.notna(), "").to_dict("records"),
            findings=[finding for finding in findings.to_dict("records") if finding["says"]],
            counts=[(verdict, counts[verdict], MEANINGS[verdict]) for verdict in SIGNS if counts[verdict]],
            why_not=sorted({str(reason) for reason in claims["why_not"] if reason}),
            problems={chapter.name: f"Problem {chapter.problem}" for chapter in CHAPTERS},
            chapters=[(chapter, chapter.tables(lambda name: read(name).copy())) for chapter in CHAPTERS],
            pictures=pictures(svgs, files.captions),
            benchmarks=measured(files.benchmarks),
            data=data,
            run=run_of(records),
            configuration=yaml.safe_dump(yaml.safe_load(files.configuration), sort_keys=False, allow_unicode=True),
        )
    )
    write_text(files.page, page)


def add_configuration(parser: argparse.ArgumentParser) -> None:
    """The flag for the configuration of the run."""
    parser.add_argument("--configuration", required=True, help="the configuration of the run, as JSON")


if __name__ == "__main__":
    step.run(
        main,
        unrecorded={
            "results": "the folder of all results and their provenance",
            "made": ("the results that are shown",),
            "benchmarks": ("tables and pictures of benchmarks",),
            "captions": "the folder of the pictures' captions (.rst)",
        },
        outputs={"page": "the page to write (.html)"},
        extra=add_configuration,
    )

"""Judge every claim of the assignment by the tables of this run, and say what was found; one row each."""

import argparse
from functools import cache
from pathlib import Path

import pandas as pd

from byhand import step
from byhand.report import claims
from byhand.report.judgement import finding_text, judge_claim, rests_on
from byhand.step import tables

WRONG = ("holds with a correction", "does not hold")
"""The verdicts that are followed by what is right instead."""


def main(files: step.Files) -> step.Facts:
    """Write the tables and print the verdicts."""

    @cache
    def read(name: str) -> pd.DataFrame:
        return tables.read(files.results / name, [])

    rows = []
    known = claims.load(files.claims)
    own = {name: claim for path in files.own for name, claim in claims.load_own(path).items()}
    for name, claim in [*known.items(), *own.items()]:
        judgement = judge_claim(name, claim, read, files.differences)
        rows.append(
            {
                "claim": name,
                "exercise": claim.exercise,
                "says": claim.says,
                "kind": claim.kind,
                "place": claim.place,
                "verdict": judgement.verdict,
                "correction": claim.correction if judgement.verdict in WRONG else "",
                "substance": claim.substance.says if claim.substance else "",
                "value": judgement.value,
                "found": judgement.found,
                "condition": claim.condition,
                "tolerance": claim.tolerance,
                "level": claim.level if judgement.rows else None,
                "power": judgement.power,
                "against": claim.against,
                "notices": judgement.notices,
                "table": claim.table,
                "rows": judgement.rows,
                "why_not": judgement.why_not,
                "expected": claim.expected,
                "as_expected": judgement.verdict in (claim.expected, "not judged"),
                "author": claim.author if isinstance(claim, claims.OwnClaim) else "",
            }
        )
    table = pd.DataFrame(rows)
    print(table[["exercise", "claim", "verdict", "value"]].to_string(index=False))
    numbers = [
        {
            "finding": name,
            "exercise": finding.exercise,
            "title": finding.title,
            "says": finding_text(name, finding, read) if not rests_on(known[finding.claim], files.differences) else "",
            "claim": finding.claim,
            "tables": " ".join(dict.fromkeys(number.table for number in finding.numbers.values())),
        }
        for name, finding in claims.load_findings(files.findings).items()
    ]
    tables.write(table, files.verdicts)
    tables.write(pd.DataFrame(numbers), files.numbers)
    inputs = claims.evidence(files.claims, files.findings, *files.own)
    in_results = [files.results / Path(path).relative_to("results") for path in inputs]
    return {"inputs": [files.claims, files.findings, *files.own, *in_results]}


def add_optional(parser: argparse.ArgumentParser) -> None:
    """The flags for settings that are not the assignment's, and for claims that are not."""
    parser.add_argument("--differences", nargs="*", default=[], help="settings that are not the assignment's, in words")
    parser.add_argument("--own", type=Path, nargs="*", default=[], help="claims of one's own (.yaml)")


if __name__ == "__main__":
    step.run(
        main,
        inputs={"claims": "what the assignment claims (.yaml)", "findings": "what judging it has revealed (.yaml)"},
        unrecorded={"results": "the folder of all tables"},
        outputs={
            "verdicts": "the table of verdicts to write (.csv)",
            "numbers": "the table of findings and their numbers to write (.csv)",
        },
        extra=add_optional,
    )

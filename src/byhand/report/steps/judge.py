"""Judge every claim of the document by the tables of this run, and say what was found; one row each."""

import argparse
from functools import cache
from pathlib import Path

import pandas as pd

from byhand import step
from byhand.report import claims
from byhand.report.judgement import judged, told
from byhand.step import tables


def main(arguments: argparse.Namespace) -> None:
    """Write the tables and print the verdicts."""

    @cache
    def read(name: str) -> pd.DataFrame:
        return tables.read(arguments.results / name, [])

    rows = []
    for name, claim in claims.load(arguments.claims).items():
        judgement = judged(name, claim, read(claim.table))
        rows.append(
            {
                "claim": name,
                "exercise": claim.exercise,
                "says": claim.says,
                "verdict": judgement.verdict,
                "correction": claim.correction if judgement.verdict == claim.otherwise else "",
                "value": judgement.value,
                "unit": claim.unit,
                "tolerance": claim.tolerance,
                "table": claim.table,
                "rows": judgement.rows,
                "why_not": judgement.why_not,
                "expected": claim.expected,
                "as_expected": judgement.verdict in (claim.expected, "not judged"),
            }
        )
    table = pd.DataFrame(rows)
    print(table[["exercise", "claim", "verdict", "value"]].to_string(index=False))
    found = [
        {
            "finding": name,
            "exercise": finding.exercise,
            "title": finding.title,
            "says": told(name, finding, read),
            "claim": finding.claim,
            "tables": " ".join(dict.fromkeys(number.table for number in finding.numbers.values())),
        }
        for name, finding in claims.load_findings(arguments.findings).items()
    ]
    tables.write(table, arguments.output[0])
    tables.write(pd.DataFrame(found), arguments.output[1])
    inputs = claims.evidence(arguments.claims, arguments.findings)
    in_results = [arguments.results / Path(path).relative_to("results") for path in inputs]
    step.finish(arguments, arguments.output, inputs=[arguments.claims, arguments.findings, *in_results])


if __name__ == "__main__":
    parser = step.parser(__doc__)
    parser.add_argument("--claims", type=Path, required=True, help="what the document claims (.yaml)")
    parser.add_argument("--findings", type=Path, required=True, help="what fell out of judging it (.yaml)")
    parser.add_argument("--results", type=Path, required=True, help="the folder of all tables")
    parser.add_argument(
        "--output", type=Path, nargs=2, required=True, help="the tables of verdicts and of findings to write (.csv)"
    )
    step.run(main, parser)

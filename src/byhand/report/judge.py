"""Judge every claim of the document by the tables of this run; one row a claim."""

import argparse
from pathlib import Path

import pandas as pd

from byhand import step, tables
from byhand.report import claims
from byhand.report.judgement import judged


def main(arguments: argparse.Namespace) -> None:
    """Write the table and print the verdicts."""
    rows = []
    for name, claim in claims.load(arguments.claims).items():
        path = arguments.results / claim.table
        judgement = judged(name, claim, tables.read(path, []))
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
    tables.write(table, arguments.output)
    inputs = sorted({arguments.results / table for table in table["table"]})
    step.finish(arguments, [arguments.output], inputs=[arguments.claims, *inputs])


if __name__ == "__main__":
    parser = step.parser(__doc__)
    parser.add_argument("--claims", type=Path, required=True, help="what the document claims (.yaml)")
    parser.add_argument("--results", type=Path, required=True, help="the folder of all tables")
    parser.add_argument("--output", type=Path, required=True, help="the table of verdicts to write (.csv)")
    step.run(main, parser)

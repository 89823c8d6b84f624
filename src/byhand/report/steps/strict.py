"""Fail if a verdict differs from the one expected for the real data with the default configuration."""

import argparse
from pathlib import Path

from byhand import step
from byhand.errors import BadInput
from byhand.step import tables


def main(arguments: argparse.Namespace) -> None:
    """Report that all is as expected, or name what is not."""
    table = tables.read(arguments.table, ["claim", "verdict", "expected", "as_expected"])
    other = table[~table["as_expected"]]
    if len(other):
        words = [f"{row.claim}: found {row.verdict}, expected {row.expected}" for row in other.itertuples()]
        raise BadInput(f"{arguments.table}: {'; '.join(words)}")
    print(f"{len(table)} verdicts as expected, {(table['verdict'] == 'not judged').sum()} of them not judged")


if __name__ == "__main__":
    parser = step.parser(__doc__)
    parser.add_argument("--table", type=Path, required=True, help="the verdicts (.csv)")
    step.command(main, parser)

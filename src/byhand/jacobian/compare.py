"""Sum up the benchmark's observations: times, verdicts for each shape, and the document's claim at each depth."""

import argparse
from pathlib import Path

import pandas as pd

from byhand import step, tables
from byhand.jacobian import ratios

COLUMNS = ["device", "shape", "depth", "inputs", "library", "contender", "repetition", "wall_seconds", "operations"]


def main(arguments: argparse.Namespace) -> None:
    """Write the tables and print the verdicts."""
    times = pd.concat([tables.read(path, COLUMNS) for path in arguments.times])
    printed = tables.read(arguments.published, ["device", "depth", "mode", "seconds"])
    table = ratios.summary(times)
    verdicts, claims = ratios.verdicts(times, table), ratios.claims(times, printed)
    for name, found in zip(arguments.output, (table, verdicts, claims), strict=True):
        tables.write(found, name)
    print(verdicts.round(2).to_string(index=False))
    print(claims.round(2).to_string(index=False))
    step.finish(arguments, arguments.output, inputs=[*arguments.times, arguments.published])


if __name__ == "__main__":
    parser = step.parser(__doc__)
    parser.add_argument("--times", type=Path, nargs="+", required=True, help="the observations of each device (.csv)")
    parser.add_argument("--published", type=Path, required=True, help="the document's printed times (.csv)")
    parser.add_argument(
        "--output", type=Path, nargs=3, required=True, help="the tables: times, verdicts, claims (.csv)"
    )
    step.run(main, parser)

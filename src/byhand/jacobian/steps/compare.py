"""Sum up the benchmark's observations: times, and verdicts for each shape."""

import argparse
from pathlib import Path

import pandas as pd

from byhand import step
from byhand.jacobian import ratios
from byhand.step import tables

COLUMNS = ["device", "shape", "depth", "inputs", "library", "contender", "repetition", "wall_seconds", "operations"]


def main(arguments: argparse.Namespace) -> None:
    """Write the tables and print the verdicts."""
    times = pd.concat([tables.read(path, COLUMNS) for path in arguments.times])
    table = ratios.summary(times)
    verdicts = ratios.verdicts(times, table)
    for name, found in zip(arguments.output, (table, verdicts), strict=True):
        tables.write(found, name)
    print(verdicts.round(2).to_string(index=False))
    step.finish(arguments, arguments.output, inputs=arguments.times)


if __name__ == "__main__":
    parser = step.parser(__doc__)
    parser.add_argument("--times", type=Path, nargs="+", required=True, help="the observations of each device (.csv)")
    parser.add_argument("--output", type=Path, nargs=2, required=True, help="the tables: times, verdicts (.csv)")
    step.run(main, parser)

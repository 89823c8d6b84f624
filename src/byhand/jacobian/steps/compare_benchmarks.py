"""Summarise the benchmark's observations: times, and verdicts for each shape."""

import pandas as pd

from byhand import step
from byhand.jacobian import ratios
from byhand.step import tables

COLUMNS = [
    "device", "shape", "depth", "inputs", "library", "contender", "repetition", "wall_seconds", "throughput_seconds",
    "operations", "machine",
]  # fmt: skip


def main(files: step.Files) -> None:
    """Write the tables and print the verdicts."""
    times = pd.concat([tables.read(path, COLUMNS) for path in files.times])
    table = ratios.summary(times)
    verdicts = ratios.verdicts(times, table)
    tables.write(table, files.table)
    tables.write(verdicts, files.verdicts)
    print(verdicts.round(2).to_string(index=False))


if __name__ == "__main__":
    step.run(
        main,
        inputs={"times": ("the observations of each device (.csv)",)},
        outputs={"table": "the table of times to write (.csv)", "verdicts": "the table of verdicts to write (.csv)"},
    )

"""Hold the document's printed times of reverse and forward mode against this machine, by shape and device.

Under `published` the document's own way is timed, under `corrected` the modes by hand: synchronised, and without full
diagonal matrices.
"""

import argparse
from pathlib import Path

import pandas as pd

from byhand import step
from byhand.jacobian import ratios
from byhand.step import tables

COLUMNS = ["device", "shape", "contender", "repetition", "wall_seconds"]


def printed(seconds: pd.DataFrame, check: pd.DataFrame) -> pd.DataFrame:
    """Both printed timings as (device, shape, mode, seconds).

    The check ran where the notebook put it: on its GPU, which it names beside the gradients. Its seconds include those
    of the autograd Jacobian that each was compared with.
    """
    large = [f"1000-1000*{depth}-1" for depth in seconds["depth"]]
    small = [
        f"{row.input_width}-{row.hidden_width}*{row.depth}-{row.output_width}" for row in check.itertuples(index=False)
    ]
    columns = ["device", "shape", "mode", "seconds"]
    return pd.concat([seconds.assign(shape=large)[columns], check.assign(device="cuda", shape=small)[columns]])


def main(arguments: argparse.Namespace) -> None:
    """Write the table and print it."""
    times = pd.concat([tables.read(path, COLUMNS) for path in arguments.times])
    seconds = tables.read(arguments.seconds, ["device", "depth", "mode", "seconds"])
    check = tables.read(arguments.check, ["mode", "input_width", "hidden_width", "output_width", "depth", "seconds"])
    table = ratios.claims(times, printed(seconds, check))
    print(table.round(2).to_string(index=False))
    tables.write(table, arguments.output)
    step.finish(arguments, [arguments.output], inputs=[*arguments.times, arguments.seconds, arguments.check])


if __name__ == "__main__":
    parser = step.parser(__doc__)
    parser.add_argument("--times", type=Path, nargs="+", required=True, help="the observations of each device (.csv)")
    parser.add_argument("--seconds", type=Path, required=True, help="the printed times at D = K = 1000, P = 1 (.csv)")
    parser.add_argument("--check", type=Path, required=True, help="the printed times of the document's check (.csv)")
    parser.add_argument("--output", type=Path, required=True, help="the table to write (.csv)")
    step.run(main, parser)

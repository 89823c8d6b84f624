"""Compare the printed times of reverse and forward mode with this machine's, by shape and device.

`published` times the assignment's own code, `corrected` the hand-derived modes: synchronised, and without full
diagonal matrices.
"""

import pandas as pd

from byhand import step
from byhand.jacobian import ratios
from byhand.step import tables

COLUMNS = ["device", "shape", "contender", "repetition", "wall_seconds", "machine", "busy_share", "probe_spread"]


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


def main(files: step.Files) -> None:
    """Write the table and print it."""
    times = pd.concat([tables.read(path, COLUMNS) for path in files.times])
    seconds = tables.read(files.seconds, ["device", "depth", "mode", "seconds"])
    check = tables.read(files.check, ["mode", "input_width", "hidden_width", "output_width", "depth", "seconds"])
    table = ratios.claims(times, printed(seconds, check))
    print(table.round(2).to_string(index=False))
    tables.write(table, files.table)


if __name__ == "__main__":
    step.run(
        main,
        inputs={
            "times": ("the observations of each device (.csv)",),
            "seconds": "the printed times at D = K = 1000, P = 1 (.csv)",
            "check": "the printed times of the assignment's check (.csv)",
        },
        outputs={"table": "the table to write (.csv)"},
    )

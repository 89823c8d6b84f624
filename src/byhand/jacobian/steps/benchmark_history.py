"""Add a line for each device to the history of benchmarks: when, where, with what, and our median ratio at each shape.

Columns: date (when the times were finished), device, project (version and commit), machine (quiet, or busy if it was so
at any shape), hardware (the processor or GPU), threads, the versions of Python and of each library, and for each shape
how many times faster our best mode is than the best rival. The table is kept from one benchmark to the next.
"""

from typing import Any

import pandas as pd

from byhand import step
from byhand.step import provenance, tables

LIBRARIES = ("numpy", "torch", "jax")


def line(device: str, verdicts: pd.DataFrame, record: dict[str, Any]) -> dict[str, Any]:
    """The line of one device, from its verdicts and the provenance of its times."""
    return {
        "date": record["finished"],
        "device": device,
        "project": record["project"],
        "machine": "busy" if (verdicts["machine"] == "busy").any() else "quiet",
        "hardware": record["hardware"]["gpu"] or record["hardware"]["processor"],
        "threads": record["threads"],
        "python": record["versions"]["python"],
        **{library: record["libraries"].get(library) for library in LIBRARIES},
        **dict(zip(verdicts["shape"], verdicts["ours_times_faster"], strict=True)),
    }


def main(files: step.Files) -> None:
    """Write the table."""
    verdicts = tables.read(files.verdicts, ["device", "shape", "ours_times_faster", "machine"])
    records = [provenance.read(path.with_suffix(".json")) for path in files.times]
    lines = [
        line(device, verdicts[verdicts["device"] == device], record)
        for record in records
        for device in [record["settings"]["device"]]
    ]
    known = [tables.read(files.table, ["date", "device"])] if files.table.is_file() else []
    tables.write(pd.concat([*known, pd.DataFrame(lines)]).drop_duplicates(["date", "device"]), files.table)


if __name__ == "__main__":
    step.run(
        main,
        inputs={"times": ("the observations of each device (.csv)",), "verdicts": "the verdicts (.csv)"},
        outputs={"table": "the history to write, with the lines added (.csv)"},
    )

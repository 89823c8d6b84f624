"""Draw how many times faster our best mode is than the best rival, from one benchmark to the next."""

from itertools import cycle
from typing import Any

import pandas as pd

from byhand import step
from byhand.jacobian.figures.benchmark import short
from byhand.step import style, tables

SHAPE = r"\d+(-\d+(\*\d+)?)+(@\d+)?"
"""The columns that hold a shape's ratio are named by it."""


def draw(runs: pd.DataFrame, axes: Any) -> None:
    """A line for each shape; a run on a busy machine is hollow."""
    places = range(len(runs))
    busy = (runs["machine"] == "busy").to_numpy()
    looks = cycle([(colour, marker) for marker in "os" for colour in style.COLOURS.values()])
    for shape in runs.columns[runs.columns.str.fullmatch(SHAPE)]:
        colour, marker = next(looks)
        axes.plot(places, runs[shape], marker=marker, color=colour, label=short(shape), linewidth=0.8)
        axes.plot(
            [place for place in places if busy[place]],
            runs.loc[busy, shape],
            marker,
            color=colour,
            markerfacecolor="white",
            zorder=3,
        )
    axes.axhline(1, color=style.COLOURS["black"], linewidth=0.8)
    axes.set_yscale("log")
    axes.set_xticks(places, runs["date"].str[:10], rotation=45, horizontalalignment="right")
    axes.set_ylabel(f"times faster on {runs['device'].iloc[0]}")
    axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))


def main(files: step.Files) -> None:
    """Write the figure."""
    table = tables.read(files.table, ["date", "device", "machine"])
    devices = list(dict.fromkeys(table["device"]))
    with style.figure(files.figure, len(devices), 1, 3.4 * len(devices), squeeze=False) as (_, panels):
        for device, axes in zip(devices, panels.flat, strict=True):
            draw(table[table["device"] == device].reset_index(drop=True), axes)


if __name__ == "__main__":
    step.run(main, inputs={"table": "the history of benchmarks (.csv)"}, outputs={"figure": step.PICTURES})

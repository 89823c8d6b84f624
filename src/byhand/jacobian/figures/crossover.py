"""Draw which of reverse and forward mode takes fewer multiplications over (P, D): counted points, predicted line."""

import numpy as np

from byhand import step
from byhand.step import style, tables

SERIES = [  # (which is cheaper, colour, marker, label)
    ("reverse", "blue", "o", "reverse mode"),
    ("forward", "vermillion", "s", "forward mode"),
    ("equal", "black", "x", "equal"),
]


def main(files: step.Files) -> None:
    """Write the figure."""
    columns = ["output_width", "input_width", "hidden_width", "depth", "forward_over_reverse", "counted_cheaper"]
    table = tables.read(files.table, columns)
    with style.figure(files.figure, height=3.2) as (drawn, axes):
        for cheaper, colour, marker, label in SERIES:
            points = table[table["counted_cheaper"] == cheaper]
            # The area of a point shows how much cheaper: it grows with the logarithm of the ratio.
            size = 8 + 10 * np.abs(np.log2(points["forward_over_reverse"]))
            axes.scatter(
                points["output_width"],
                points["input_width"],
                s=size,
                c=style.COLOURS[colour],
                marker=marker,
                linewidths=0.8,
                label=label,
            )
        ends = [table["output_width"].min(), table["output_width"].max()]
        axes.plot(
            ends, ends, color=style.COLOURS["black"], linewidth=0.8, linestyle="--", zorder=0, label="predicted: P = D"
        )
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("output width P")
        axes.set_ylabel("input width D")
        first, extreme = table.iloc[0], table["forward_over_reverse"].max()
        style.legend_below(drawn, axes)
        style.heading(
            drawn,
            f"mode with fewer multiplications, K = {first['hidden_width']}, L = {first['depth']}; "
            f"area: ratio of the two counts, up to {extreme:.0f}",
        )


if __name__ == "__main__":
    step.run(main, inputs={"table": "the map over (P, D) (.csv)"}, outputs={"figure": step.PICTURES})

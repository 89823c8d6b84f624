"""Draw each target, the network that equals it, and what each of the network's units contributes."""

import pandas as pd

from byhand import step
from byhand.step import style, tables

TITLES = {
    "tent": "tent:\nReLU(1 − ReLU(2x−1) − ReLU(1−2x))",
    "soft threshold": "soft threshold, s = {s:g}:\nReLU(x−s) − ReLU(−x−s)",
    "zigzag": "any function:\n4 breakpoints, 5 units",
}
UNITS = [  # (colour, line style)
    ("blue", "--"),
    ("vermillion", "-."),
    ("green", ":"),
    ("purple", (0, (6, 1, 1, 1, 1, 1))),
    ("black", (0, (1, 2.5))),
]


def main(files: step.Files) -> None:
    """Write the figure."""
    table = tables.read(files.table, ["function", "series", "x", "value"])
    with style.figure(files.figure, columns=len(TITLES), height=3.4) as (_, panels):
        for axes, (name, title) in zip(panels, TITLES.items(), strict=True):
            series = dict(iter(table[table["function"] == name].groupby("series", sort=False)))
            target, network = series.pop("target"), series.pop("network")
            axes.plot(target["x"], target["value"], color=style.COLOURS["sky"], linewidth=4.5, label="target")
            axes.plot(network["x"], network["value"], color=style.COLOURS["black"], label="network")
            for (colour, dashes), (label, unit) in zip(UNITS, series.items(), strict=False):
                text = str(label).replace("-", "−")
                axes.plot(unit["x"], unit["value"], color=style.COLOURS[colour], linestyle=dashes, label=text)
            low, high = target["value"].min(), target["value"].max()
            every = pd.concat([target, *series.values()])["value"]
            margin = 0.08 * (high - low)
            axes.set_ylim(max(every.min(), 1.8 * low - 0.8 * high) - margin, min(every.max(), high) + margin)
            axes.set(xlim=(target["x"].min(), target["x"].max()), xlabel="x")
            axes.set_title(title.format(s=target.loc[target["value"] == 0, "x"].max()))
            axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.16), ncols=2, handlelength=2.6)
        panels[0].set_ylabel("value")


if __name__ == "__main__":
    step.run(main, inputs={"table": "curves of the units (.csv)"}, outputs={"figure": step.PICTURES})

"""Draw the benchmark: time against depth with the assignment's ratios, speed against each rival, and the roofline."""

from typing import Any

import numpy as np
import pandas as pd

from byhand import step
from byhand.step import style, tables

ASSIGNMENT = r"1000-1000\*\d+-1"
"""The shape of the assignment's timing, at any depth."""

LOOKS: dict[str, tuple[str, str, str]] = {  # contender: (colour, marker, line)
    "published_forward": ("vermillion", "s", ":"),
    "published_reverse": ("blue", "o", ":"),
    "forward": ("vermillion", "s", "-"),
    "reverse": ("blue", "o", "-"),
    "fast_reverse": ("green", "^", "-"),
    "graph_reverse": ("green", "^", "-"),
    "jax_jacrev": ("purple", "v", "--"),
    "jacrev": ("orange", "D", "--"),
}
RIVALS: dict[str, tuple[str, str]] = {  # contender: (colour, marker that is distinct in greyscale too)
    "published_reverse": ("grey", "x"),
    "published_forward": ("grey", "+"),
    "functional_reverse": ("orange", "o"),
    "functional_forward": ("orange", "s"),
    "jacrev": ("vermillion", "^"),
    "jacfwd": ("vermillion", "v"),
    "compiled_jacrev": ("sky", "^"),
    "compiled_jacfwd": ("sky", "v"),
    "jax_jacrev": ("purple", "D"),
    "jax_jacfwd": ("purple", "P"),
}


def draw_depth(table: pd.DataFrame, claims: pd.DataFrame, device: str, panels: Any) -> None:
    """Times of one device on the left; forward over reverse, printed and measured, on the right."""
    left, right = panels
    rows = table[(table["device"] == device) & table["shape"].str.fullmatch(ASSIGNMENT)]
    for contender, (colour, marker, line) in LOOKS.items():
        run = rows[rows["contender"] == contender].sort_values("depth")
        if len(run):
            left.plot(
                run["depth"],
                run["milliseconds"],
                line,
                marker=marker,
                color=style.COLOURS[colour],
                markerfacecolor="none" if contender.startswith("published") else None,
                label=name(contender),
            )
            style.band(left, run["depth"], run["lower_quartile"], run["upper_quartile"], style.COLOURS[colour])
    of_device = claims[(claims["device"] == device) & claims["shape"].str.fullmatch(ASSIGNMENT)]
    printed = of_device.drop_duplicates("depth")
    right.plot(printed["depth"], printed["printed_ratio"], "k*", markersize=7, label="printed")
    for variant, colour, marker, line in (("published", "grey", "D", ":"), ("corrected", "blue", "o", "--")):
        run = of_device[of_device["variant"] == variant]
        spread = [run["measured_ratio"] - run["lower_quartile"], run["upper_quartile"] - run["measured_ratio"]]
        right.errorbar(
            run["depth"],
            run["measured_ratio"],
            spread,
            fmt=marker,
            capsize=2,
            color=style.COLOURS[colour],
            label=f"{variant}, measured",
        )
        right.plot(
            run["depth"],
            run["ratio_of_multiplications"],
            line,
            color=style.COLOURS[colour],
            label=f"{variant}, multiplications",
        )
    for axes in panels:
        axes.set_yscale("log")
        axes.set_xlabel("depth L")
        axes.set_xticks(sorted(set(of_device["depth"])))
    left.set_ylabel(f"time on {device} [ms]")
    left.set_title("D = K = 1000, P = 1: median, quartiles")
    right.set_ylabel("time of forward / reverse")
    right.set_title("how many times faster reverse mode is")


def draw_rivals(table: pd.DataFrame, device: str, axes: Any) -> None:
    """How many times faster our best is than each rival, a row for each shape."""
    rows = table[table["device"] == device]
    shapes = list(dict.fromkeys(rows["shape"]))
    for rival, (colour, marker) in RIVALS.items():
        for place, shape in enumerate(shapes):
            of_shape = rows[rows["shape"] == shape]
            best = of_shape.loc[of_shape["kind"] == "ours", "milliseconds"].min()
            for _, row in of_shape[of_shape["contender"] == rival].iterrows():
                ratio = row["milliseconds"] / best
                spread = [[ratio - row["lower_quartile"] / best], [row["upper_quartile"] / best - ratio]]
                axes.errorbar(ratio, place, xerr=spread, fmt=marker, color=style.COLOURS[colour], elinewidth=0.8)
        axes.plot([], [], marker, color=style.COLOURS[colour], label=name(rival), linestyle="none")
    axes.axvline(1, color=style.COLOURS["black"], linewidth=0.8)
    axes.set_xscale("log")
    axes.set_yticks(range(len(shapes)), [short(shape) for shape in shapes])
    axes.invert_yaxis()
    axes.set_xlabel(f"time / time of our best mode on {device} (above 1 we are faster)")


def draw_roofline(table: pd.DataFrame, device: str, axes: Any) -> None:
    """Operations per second over operations per byte, under the machine's two limits."""
    rows = table[(table["device"] == device) & (table["kind"] != "published")]
    # The rate is the median over the shapes; the bandwidth ranges from the slowest memory to the fastest cache.
    rate = rows["gigaflop_per_second_of_the_machine"].median()
    low, high = (rows["gigabyte_per_second_of_the_machine"].quantile(q) for q in (0, 1))
    intensity = np.geomspace(0.1, 2 * (rows["operations"] / rows["bytes"]).max(), 100)
    lower, upper = np.minimum(rate, low * intensity), np.minimum(rate, high * intensity)
    grey = style.COLOURS["grey"]
    label = "limit (slowest to fastest memory)"
    axes.fill_between(intensity, lower, upper, color=grey, alpha=0.3, linewidth=0, label=label)
    axes.plot(intensity, upper, color=grey)
    for kind, colour, marker, label in (("rival", "vermillion", "x", "best rival"), ("ours", "blue", "o", "our best")):
        best = rows[rows["kind"] == kind].sort_values("milliseconds").drop_duplicates("shape")
        axes.plot(
            best["operations"] / best["bytes"],
            best["operations"] / best["milliseconds"] / 1e6,
            marker,
            color=style.COLOURS[colour],
            label=label,
            linestyle="none",
        )
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel("operations per byte moved")
    axes.set_ylabel(f"GFLOP/s on {device}")


def name(contender: str) -> str:
    """A contender's name in the legend."""
    return contender.replace("_", " ")


def short(shape: str) -> str:
    """A shape's name, shortened to fit beside an axis."""
    return shape if len(shape) <= 20 else f"{shape[:9]}…{shape[-9:]}"


def main(files: step.Files) -> None:
    """Write the figures."""
    table = tables.read(files.table, ["device", "shape", "contender", "kind", "milliseconds", "share_of_roofline"])
    columns = ["device", "shape", "depth", "variant", "printed_ratio", "measured_ratio", "ratio_of_multiplications"]
    claims = tables.read(files.claims, columns)
    devices = list(dict.fromkeys(table["device"]))
    with style.figure(files.depth, len(devices), 2, 3.2 * len(devices), squeeze=False) as (_, panels):
        for device, pair in zip(devices, panels, strict=True):
            draw_depth(table, claims, device, pair)
            for axes in pair:
                axes.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=2)
    for outputs, draw, height in ((files.rivals, draw_rivals, 4.2), (files.roofline, draw_roofline, 3.0)):
        with style.figure(outputs, len(devices), 1, height * len(devices), squeeze=False) as (_, panels):
            for device, axes in zip(devices, panels.flat, strict=True):
                draw(table, device, axes)
                axes.legend(loc="center left", bbox_to_anchor=(1, 0.5))


if __name__ == "__main__":
    step.run(
        main,
        inputs={"table": "times and ratios (.csv)", "claims": "the assignment's claim at each depth (.csv)"},
        outputs={"depth": step.PICTURES, "rivals": step.PICTURES, "roofline": step.PICTURES},
    )

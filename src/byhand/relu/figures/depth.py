"""Draw the teeth that each further composition of the tent doubles, and the units that this takes."""

from matplotlib.ticker import MaxNLocator

from byhand import step
from byhand.step import style, tables

COUNTS = [  # (column, label, colour, marker, line style)
    ("shallow_units", "one hidden layer: 2ⁿ + 1", "vermillion", "s", "--"),
    ("teeth", "teeth: 2ⁿ⁻¹", "green", "^", ":"),
    ("deep_units", "n + 1 layers: 2n + 1", "blue", "o", "-"),
]


def main(files: step.Files) -> None:
    """Write the figure."""
    curves = tables.read(files.curves, ["function", "series", "x", "value"])
    counts = tables.read(files.counts, ["compositions", *(column for column, *_ in COUNTS)])
    teeth = dict(iter(curves[curves["function"] == "sawtooth"].groupby("series", sort=False)))
    with style.figure(files.figure, columns=2, height=2.9) as (_, (left, right)):
        for index, (label, curve) in enumerate(teeth.items()):
            height = 1.5 * (len(teeth) - 1 - index)
            left.plot(curve["x"], curve["value"] + height, color=style.COLOURS["blue"])
            left.text(1.02, height + 0.35, label, fontsize=7)
        left.set(xlim=(0, 1), xlabel="x", title="tent composed n times, each from 0 to 1")
        left.set_yticks([])
        left.spines["left"].set_visible(False)
        for column, label, colour, marker, dashes in COUNTS:
            right.plot(
                counts["compositions"],
                counts[column],
                label=label,
                color=style.COLOURS[colour],
                marker=marker,
                linestyle=dashes,
            )
        right.set_yscale("log")
        right.xaxis.set_major_locator(MaxNLocator(integer=True))
        right.set(xlabel="compositions n", ylabel="number", title="ReLU units that compute it on all of ℝ, proven")
        right.legend()


if __name__ == "__main__":
    step.run(
        main,
        inputs={"curves": "curves of the sawtooth (.csv)", "counts": "units against compositions (.csv)"},
        outputs={"figure": step.PICTURES},
    )

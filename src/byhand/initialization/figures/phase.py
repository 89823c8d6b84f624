"""Draw the phase diagram: χ₁ against d by mean-field theory, overlaid with the measured growth of δ² per layer."""

from byhand import step
from byhand.step import style, tables

SERIES = [("blue", "o"), ("vermillion", "s"), ("green", "^"), ("purple", "D")]


def main(files: step.Files) -> None:
    """Write the figure."""
    columns = ["d", "hidden_width", "chi_1", "growth", "growth_lower_quartile", "growth_upper_quartile", "seeds"]
    table = tables.read(files.table, columns)
    with style.figure(files.figure, height=3.2) as (drawn, axes):
        for (width, points), (colour, marker) in zip(table.groupby("hidden_width"), SERIES, strict=False):
            paint = style.COLOURS[colour]
            axes.plot(points["d"], points["chi_1"], color=paint, linewidth=0.9)
            axes.errorbar(
                points["d"], points["growth"],
                [
                    (points["growth"] - points["growth_lower_quartile"]).clip(lower=0),
                    (points["growth_upper_quartile"] - points["growth"]).clip(lower=0),
                ],
                fmt=marker, color=paint, markerfacecolor="none", capsize=1.5, label=f"width {width}",
            )  # fmt: skip
        axes.axhline(1, color=style.COLOURS["black"], linewidth=0.8, linestyle=(0, (5, 3)))
        for height, words in ((1.25, "chaos: gradients explode"), (0.8, "order: gradients vanish")):
            axes.annotate(
                words, (0.02, height), xycoords=("axes fraction", "data"), va="bottom" if height > 1 else "top"
            )
        axes.set(xscale="log", yscale="log", xlabel="d of U[−d, d]", ylabel="growth of ‖δ‖² per layer, χ₁")
        axes.xaxis.set_major_formatter("{x:g}")
        seeds = table["seeds"].iloc[0]
        style.heading(drawn, f"lines: mean-field theory; marks: {seeds} random networks each, median and quartiles")
        axes.legend(loc="lower right")


if __name__ == "__main__":
    step.run(main, inputs={"table": "measured growth (.csv)"}, outputs={"figure": step.PICTURES})

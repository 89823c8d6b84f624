"""Draw how far the gradients by hand and by autograd are from the true ones: in ulp, and as a share of the bound."""

import numpy as np

from byhand import step
from byhand.step import style, tables

PARAMETERS = {"W1": "W₁", "b1": "b₁", "w2": "w₂", "b2": "b₂"}
SERIES = [  # (method, dtype, colour, marker, label)
    ("by_hand", "float32", "vermillion", "s", "by hand, float32"),
    ("autograd", "float32", "vermillion", "D", "autograd, float32"),
    ("by_hand", "float64", "blue", "o", "by hand, float64"),
    ("autograd", "float64", "blue", "v", "autograd, float64"),
]
COLUMNS = ["method", "dtype", "parameter", "ulp_error", "relative_error", "allowed_relative_error"]


def main(files: step.Files) -> None:
    """Write the figure."""
    table = tables.read(files.table, COLUMNS)
    table["share"] = table["relative_error"] / table["allowed_relative_error"]
    groups = dict(iter(table.groupby(["method", "dtype", "parameter"])))
    with style.figure(files.figure, columns=2, height=3.1) as (drawn, panels):
        for axes, column in zip(panels, ("ulp_error", "share"), strict=True):
            for index, (method, dtype, name, marker, label) in enumerate(SERIES):
                colour = style.COLOURS[name]
                for position, parameter in enumerate(PARAMETERS):
                    errors = groups[method, dtype, parameter][column]
                    low, middle, high, top = np.quantile(errors, [0.05, 0.5, 0.95, 1])
                    x = position + 0.2 * (index - 1.5)
                    axes.errorbar(
                        x, middle, [[middle - low], [high - middle]], fmt=marker, color=colour, capsize=2,
                        markerfacecolor=colour if method == "by_hand" else "none",
                        label=None if position else label,
                    )  # fmt: skip
                    axes.plot(x, top, marker="_", markersize=7, color=colour)
            axes.set_xticks(range(len(PARAMETERS)), PARAMETERS.values())
            axes.set_xlabel("gradient with respect to")
            axes.grid(visible=False, axis="x")
        panels[0].set_yscale("symlog", linthresh=0.5)
        panels[0].set(ylim=(-0.1, None), ylabel="error [ulp]")
        panels[1].axhline(1, color=style.COLOURS["black"], linestyle="--", linewidth=1)
        panels[1].text(1.5, 1.15, "bound derived from rounding", ha="center", va="bottom", fontsize=7)
        panels[1].set(yscale="log", ylim=(1e-4, 4), ylabel="error / its bound")
        style.legend_below(drawn, panels[0])
        count = len(table) // len(SERIES) // len(PARAMETERS)
        style.heading(drawn, f"median, 5 to 95 %, and the largest (dash) of {count:,} comparisons each")


if __name__ == "__main__":
    step.run(main, inputs={"table": "results of the check (.csv)"}, outputs={"figure": step.PICTURES})

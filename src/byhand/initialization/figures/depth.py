"""Draw what depth and initialisation do, as heat maps: test accuracy, growth of δ, saturation; with the depth scale."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from matplotlib.colors import Normalize

from byhand import step
from byhand.initialization.figures import appearance
from byhand.step import style, tables

PANELS: dict[str, tuple[str, str, Normalize, Callable[[float], str]]] = {
    "test_accuracy": ("test accuracy", "cividis", Normalize(0, 1), "{:.0%}".format),
    "first_to_last_delta": (r"$\log_{10}\,\|\delta^1\|/\|\delta^L\|$", "PuOr_r", Normalize(-10, 10), "{:+.1f}".format),
    "saturated_share": ("saturated units at the start", "cividis", Normalize(0, 1), "{:.0%}".format),
}


def heat_map(axes: Any, values: np.ndarray, cmap: str, norm: Normalize, word: Callable[[float], str]) -> None:
    """Values (depths, initialisations) as colours, with their numbers."""
    image = axes.imshow(values, origin="lower", aspect="auto", cmap=cmap, norm=norm, interpolation="nearest")
    for row, column in np.ndindex(values.shape):
        value = float(values[row, column])
        if math.isfinite(value):
            red, green, blue, _ = image.cmap(norm(value))
            ink = "black" if 0.3 * red + 0.6 * green + 0.1 * blue > 0.5 else "white"
            axes.text(column, row, word(value), ha="center", va="center", fontsize=5, color=ink)
    axes.grid(visible=False)


def main(files: step.Files) -> None:
    """Write the figure: one row of panels per width."""
    columns = ["dataset", "fallback_for", "initialization", "depth", "hidden_width", "order", "seeds"]
    table = tables.read(files.table, [*columns, *PANELS]).query("order == 'file'")
    table["first_to_last_delta"] = np.log10(table["first_to_last_delta"])
    scales = tables.read(files.agreement, ["initialization", "hidden_width", "depth_scale"])
    names, depths = list(table["initialization"].unique()), sorted(table["depth"].unique())
    widths = sorted(table["hidden_width"].unique())
    size = (2.35 * style.COLUMN, 2.9 * len(widths))
    seeds = " or ".join(map(str, sorted(table["seeds"].unique())))
    with style.figure(files.figure, len(widths), 3, sharey=True, squeeze=False, figsize=size) as (figure, rows):
        for width, panes in zip(widths, rows, strict=True):
            of_width = table[table["hidden_width"] == width]
            scale_of = scales[scales["hidden_width"] == width].groupby("initialization")["depth_scale"].first()
            for (column, (title, cmap, norm, word)), axes in zip(PANELS.items(), panes, strict=True):
                grid = of_width.pivot(index="depth", columns="initialization", values=column)
                heat_map(axes, grid.reindex(index=depths, columns=names).to_numpy(), cmap, norm, word)
                axes.set_title(title if len(widths) == 1 else f"{title}, width {width}")
                axes.set_xticks(range(len(names)), [appearance.label(name) for name in names], rotation=40, ha="right")
                for place, name in enumerate(names):
                    if name in scale_of.index and math.isfinite(scale_of[name]):
                        height = np.interp(math.log2(scale_of[name]), np.log2(depths), range(len(depths)), left=-0.45)
                        axes.plot(
                            [place - 0.45, place + 0.45], [height] * 2, color=style.COLOURS["vermillion"], linewidth=1.6
                        )
            panes[0].set_yticks(range(len(depths)), depths)
            panes[0].set_ylabel("depth (tanh layers)")
        note = style.data_note(table)
        figure.suptitle(
            rf"{note}; means of {seeds} seeds; bars: depth scale $\xi = 1/|\ln\chi_1|$ where finite", fontsize=8
        )


if __name__ == "__main__":
    step.run(
        main,
        inputs={"table": "one row per trained network (.csv)", "agreement": "theory of each network (.csv)"},
        outputs={"figure": step.PICTURES},
    )

"""Draw what depth and initialisation do, as heat maps: test accuracy, growth of δ, saturation; with the depth scale."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.colors import Normalize

from byhand import step
from byhand.initialization.cells import METHOD
from byhand.initialization.figures import appearance
from byhand.step import style, tables

PANELS: dict[str, tuple[str, str, Normalize, Callable[[float], str]]] = {
    "test_accuracy": ("test accuracy", "Blues", Normalize(0, 1), "{:.0%}".format),
    "first_to_last_delta": ("log₁₀ of ‖δ¹‖ / ‖δᴸ‖", "PuOr_r", Normalize(-10, 10), "{:+.1f}".format),
    "saturated_share": ("saturated units at the start", "Greens", Normalize(0, 1), "{:.0%}".format),
}


def heat_map(axes: Any, values: np.ndarray, cmap: str, norm: Normalize, word: Callable[[float], str]) -> None:
    """Values (networks, depths) as colours, with their numbers."""
    edges = [np.arange(count + 1) - 0.5 for count in values.shape]
    axes.pcolormesh(edges[1], edges[0], values, cmap=cmap, norm=norm)
    for row, column in np.ndindex(values.shape):
        value = float(values[row, column])
        if math.isfinite(value):
            red, green, blue, _ = colormaps[cmap](norm(value))
            ink = style.ON_LIGHT if 0.3 * red + 0.6 * green + 0.1 * blue > 0.5 else style.ON_DARK
            text = word(value).replace("-", "−")
            axes.text(column, row, text, ha="center", va="center", fontsize=7, color=ink)
    axes.grid(visible=False)
    axes.spines[:].set_visible(False)
    axes.tick_params(length=0)


def mark(axes: Any, scales: Sequence[float], depths: Sequence[int]) -> None:
    """In each row a line between the networks that are less deep than the depth scale and those that are deeper."""
    for row, scale in enumerate(scales):
        if math.isfinite(scale):
            place = sum(depth <= scale for depth in depths) - 0.5
            ends = [row - 0.48, row + 0.48]
            axes.plot([place] * 2, ends, color=style.COLOURS["vermillion"], linewidth=2.5, clip_on=False)


def main(files: step.Files) -> None:
    """Write the figure: one row of panels per width."""
    network = ["initialization", *METHOD]
    columns = ["dataset", "fallback_for", *network, "depth", "hidden_width", "order", "seeds"]
    table = tables.read(files.table, [*columns, *PANELS]).query("order == 'file'")
    table["first_to_last_delta"] = np.log10(table["first_to_last_delta"])
    agreement = tables.read(files.agreement, ["initialization", "activation", "hidden_width", "depth_scale"])
    scale_of = agreement.groupby(["initialization", "activation", "hidden_width"])["depth_scale"].first()
    rows, depths = table[network].drop_duplicates(), sorted(table["depth"].unique())
    words = [appearance.label(name) for name in rows["initialization"]]
    if len(rows[[*METHOD]].drop_duplicates()) > 1:
        words = [f"{word}, {appearance.method(row)}" for word, (_, row) in zip(words, rows.iterrows(), strict=True)]
    widths = sorted(table["hidden_width"].unique())
    options: dict[str, Any] = {"height": (0.8 + 0.26 * len(rows)) * len(widths), "squeeze": False}
    with style.figure(files.figure, len(widths), 3, **options) as (drawn, panels):
        for width, panes in zip(widths, panels, strict=True):
            of_width = table[table["hidden_width"] == width]
            scales = [float(scale_of.get((*row[:2], width), math.inf)) for row in rows.itertuples(index=False)]
            for (column, (title, cmap, norm, word)), axes in zip(PANELS.items(), panes, strict=True):
                grid = of_width.pivot(index=network, columns="depth", values=column)
                heat_map(
                    axes,
                    grid.reindex(index=pd.MultiIndex.from_frame(rows), columns=depths).to_numpy(),
                    cmap,
                    norm,
                    word,
                )
                mark(axes, scales, depths)
                axes.set_title(title if len(widths) == 1 else f"{title}, width {width}")
                axes.set_xticks(range(len(depths)), depths)
                axes.set_yticks([])
                axes.set_xlabel("depth (hidden layers)")
                axes.invert_yaxis()
            numbers = [f"{scale:.1f}" if math.isfinite(scale) else "∞" for scale in scales]
            labels = [f"{name}, ξ = {scale}" for name, scale in zip(words, numbers, strict=True)]
            panes[0].set_yticks(range(len(labels)), labels)
        seeds = " or ".join(map(str, sorted(table["seeds"].unique())))
        style.heading(
            drawn,
            f"{style.data_note(table)}; means of {seeds} seeds; right of a bar, the depth exceeds the depth scale ξ",
        )


if __name__ == "__main__":
    step.run(
        main,
        inputs={"table": "one row per trained network (.csv)", "agreement": "theory of each network (.csv)"},
        outputs={"figure": step.PICTURES},
    )

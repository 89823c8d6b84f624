"""Draw which networks can be trained: training accuracy by weight scale and depth, with theory's line."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.colors import Normalize

from byhand import step
from byhand.initialization.figures import appearance
from byhand.initialization.settings import MapFigure
from byhand.step import style, tables


def edges(places: np.ndarray) -> np.ndarray:
    """The borders of cells around these places of a logarithmic axis."""
    middles = np.sqrt(places[1:] * places[:-1])
    if not len(middles):
        return np.array([places[0] / 1.5, places[0] * 1.5])
    return np.array([places[0] ** 2 / middles[0], *middles, places[-1] ** 2 / middles[-1]])


def panel(axes: Any, cells: pd.DataFrame, scales: pd.DataFrame, settings: MapFigure) -> Any:
    """One activation's map; returns what has the colours."""
    grid = cells.pivot(index="depth", columns="weight_scale", values="train_accuracy")
    depths, sigmas = grid.index.to_numpy(dtype=float), grid.columns.to_numpy(dtype=float)
    drawn = axes.pcolormesh(edges(sigmas), edges(depths), grid.to_numpy(), cmap="cividis", norm=Normalize(0, 1))
    wrong = cells[~cells["right_by_signal"]]
    axes.plot(
        wrong["weight_scale"], wrong["depth"], "X", color=style.ON_DARK, markeredgecolor=style.ON_LIGHT,
        markeredgewidth=0.6, markersize=5, label="theory is wrong",
    )  # fmt: skip
    curve = scales[scales["initialization"] == ""].sort_values("weight_scale")
    for column, line, words in (("signal_scale", "-", "ξ of the signal"), ("error_scale", ":", "ξ of the error")):
        label = f"{settings.multiple:g} {words}"
        axes.plot(curve["weight_scale"], settings.multiple * curve[column], line, color=style.ON_DARK, linewidth=2.4)
        axes.plot(
            curve["weight_scale"],
            settings.multiple * curve[column],
            line,
            color=style.COLOURS["vermillion"],
            label=label,
        )
    for row in scales[scales["initialization"] != ""].itertuples():
        axes.plot(
            row.weight_scale, settings.depth, appearance.marker(str(row.initialization)), color=style.ON_DARK,
            markeredgecolor=style.ON_LIGHT, markersize=6.5, label=appearance.label(str(row.initialization)),
        )  # fmt: skip
    borders = edges(sigmas), edges(depths)
    axes.set(xscale="log", yscale="log", xlim=borders[0][[0, -1]], ylim=borders[1][[0, -1]])
    axes.set_xlabel("weight scale σ = √(fan_in · Var(w))")
    axes.xaxis.set_major_formatter("{x:g}")
    axes.set_yticks([2**power for power in range(8) if 2**power <= depths.max()])
    axes.yaxis.set_major_formatter("{x:g}")
    axes.minorticks_off()
    axes.grid(visible=False)
    return drawn


def main(files: step.Files, settings: MapFigure) -> None:
    """Write the figure."""
    columns = ["dataset", "fallback_for", "activation", "depth", "weight_scale", "train_accuracy", "right_by_signal"]
    cells = tables.read(files.cells, [*columns, "seeds"])
    scales = tables.read(
        files.scales, ["activation", "initialization", "weight_scale", "signal_scale", "error_scale"]
    ).fillna({"initialization": ""})
    names = list(map(str, cells["activation"].unique()))
    with style.figure(files.figure, columns=len(names), height=3.6, squeeze=False, sharey=True) as (drawn, panes):
        for name, axes in zip(names, panes[0], strict=True):
            of_name = cells["activation"] == name
            coloured = panel(axes, cells[of_name], scales[scales["activation"] == name], settings)
            axes.set_title(appearance.activation(name))
        panes[0, 0].set_ylabel("depth (hidden layers)")
        bar = drawn.colorbar(coloured, ax=panes[0].tolist(), pad=0.01, format=lambda value, _: f"{value:.0%}")
        bar.set_label("training accuracy")
        bar.ax.axhline(settings.trained_accuracy, color=style.ON_DARK, linewidth=1.5)
        style.legend_below(drawn, panes[0, 0], columns=4)
        style.heading(drawn, f"{style.data_note(cells)}; means of {cells['seeds'].max()} seeds")


if __name__ == "__main__":
    step.run(
        main,
        inputs={"cells": "the cells of the map (.csv)", "scales": "the depth scales of theory (.csv)"},
        outputs={"figure": step.PICTURES},
    )

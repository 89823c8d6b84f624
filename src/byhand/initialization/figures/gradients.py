"""Draw the norms of weight gradient, bias gradient and δ per layer, for the assignment's network before training."""

from typing import Any

import numpy as np
import pandas as pd

from byhand import step
from byhand.initialization.figures import appearance
from byhand.initialization.settings import Network
from byhand.step import style, tables

PANELS = {
    "weight_gradient_norm": "weight gradient ‖∂J/∂Wˡ‖",
    "bias_gradient_norm": "bias gradient ‖∂J/∂bˡ‖",
    "delta_norm": "error ‖δˡ‖",
}
CASE = ["dataset", "fallback_for", "initialization", "activation", "pixels", "depth", "hidden_width", "layer"]


def draw(panes: Any, norms: pd.DataFrame, theory: pd.DataFrame, depth: int, addition: str) -> None:
    """The three panels of one activation."""
    for (column, title), axes in zip(PANELS.items(), panes, strict=True):
        for name in map(str, norms["initialization"].unique()):
            runs = norms[norms["initialization"] == name]
            paint = style.COLOURS[appearance.colour(name)]
            quantiles = runs.groupby("layer")[column].quantile(np.array([0.05, 0.5, 0.95])).unstack()
            axes.plot(
                quantiles.index, quantiles[0.5], marker=appearance.marker(name), color=paint, markersize=4.5,
                linestyle="" if column == "delta_norm" else "-", label=appearance.label(name),
            )  # fmt: skip
            style.band(axes, quantiles.index, quantiles[0.05], quantiles[0.95], paint)
            if column == "delta_norm":
                line = theory[theory["initialization"] == name].dropna(subset="predicted_delta_ratio")
                predicted = line["predicted_delta_ratio"] * quantiles[0.5][depth]
                axes.plot(line["layer"], predicted, "--", color=style.COLOURS["black"], linewidth=1, zorder=3)
        axes.set(yscale="log", xlabel="layer", title=title + addition)
        axes.set_xticks(range(1, depth + 2))
    panes[0].set_ylabel("norm")


def main(files: step.Files, settings: Network) -> None:
    """Write the figure: the assignment's networks, and three more panels for each other activation."""
    norms = pd.concat(tables.read(path, [*CASE, "seed", *PANELS]) for path in files.norms)
    theory = pd.concat(tables.read(path, [*CASE, "predicted_delta_ratio"]) for path in files.propagation)
    shown = f"pixels == 'unit' and depth == {settings.depth} and hidden_width == {settings.hidden_width}"
    norms, theory = norms.query(shown), theory.query(shown)
    names = norms["activation"].unique()
    options: dict[str, Any] = {"sharey": "row", "squeeze": False, "height": 3.2 * len(names)}
    with style.figure(files.figure, len(names), 3, **options) as (figure, rows):
        for name, panes in zip(names, rows, strict=True):
            addition = f", {appearance.activation(name)}" if len(names) > 1 else ""
            of_norms, of_theory = (table[table["activation"] == name] for table in (norms, theory))
            draw(panes, of_norms, of_theory, settings.depth, addition)
        named = set(rows[0, 0].get_legend_handles_labels()[1])
        for name in norms["initialization"].unique():
            if appearance.label(name) not in named:
                marker, paint = appearance.marker(name), style.COLOURS[appearance.colour(name)]
                rows[0, 0].plot([], [], marker=marker, color=paint, label=appearance.label(name))
        rows[0, 0].plot([], [], "--", color=style.COLOURS["black"], linewidth=1, label="mean-field theory (right)")
        style.legend_below(figure, rows[0, 0])
        style.heading(
            figure,
            f"one batch of {style.data_note(norms)} before training; "
            f"median (mark) and 5 to 95 % (band) of {norms['seed'].nunique()} seeds",
        )


if __name__ == "__main__":
    step.run(
        main,
        inputs={"norms": ("each seed's norms (.csv)",), "propagation": ("layers, with the theory (.csv)",)},
        outputs={"figure": step.PICTURES},
    )

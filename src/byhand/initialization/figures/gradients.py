"""Draw the norms of weight gradient, bias gradient and δ per layer, for the assignment's network before training."""

import numpy as np
import pandas as pd

from byhand import step
from byhand.initialization.figures import appearance
from byhand.initialization.settings import Network
from byhand.step import style, tables

PANELS = {
    "weight_gradient_norm": r"weight gradient  $\|\partial J/\partial W^l\|$",
    "bias_gradient_norm": r"bias gradient  $\|\partial J/\partial b^l\|$",
    "delta_norm": r"error  $\|\delta^l\|$, dashed: theory",
}
CASE = ["dataset", "fallback_for", "initialization", "pixels", "depth", "hidden_width", "layer"]


def main(files: step.Files, settings: Network) -> None:
    """Write the figure."""
    norms = pd.concat(tables.read(path, [*CASE, "seed", *PANELS]) for path in files.norms)
    theory = pd.concat(tables.read(path, [*CASE, "predicted_delta_ratio"]) for path in files.propagation)
    shown = f"pixels == 'unit' and depth == {settings.depth} and hidden_width == {settings.hidden_width}"
    norms, theory = norms.query(shown), theory.query(shown)
    with style.figure(files.figure, columns=3, sharey=True, figsize=(2 * style.COLUMN, 2.9)) as (figure, panes):
        for (column, title), axes in zip(PANELS.items(), panes, strict=True):
            for name in map(str, norms["initialization"].unique()):
                runs = norms[norms["initialization"] == name]
                paint = style.COLOURS[appearance.colour(name)]
                quantiles = runs.groupby("layer")[column].quantile(np.array([0.05, 0.5, 0.95])).unstack()
                axes.plot(
                    quantiles.index,
                    quantiles[0.5],
                    marker=appearance.marker(name),
                    color=paint,
                    label=appearance.label(name),
                )
                style.band(axes, quantiles.index, quantiles[0.05], quantiles[0.95], paint)
                if column == "delta_norm":
                    line = theory[theory["initialization"] == name].dropna(subset="predicted_delta_ratio")
                    anchor = quantiles[0.5][settings.depth]
                    axes.plot(
                        line["layer"], line["predicted_delta_ratio"] * anchor, "--", color=style.COLOURS["grey"],
                        linewidth=0.9, zorder=3,
                    )  # fmt: skip
            axes.set(yscale="log", xlabel="layer", title=title)
            axes.set_xticks(range(1, settings.depth + 2))
        panes[0].set_ylabel("norm")
        style.legend_below(figure, panes[0])
        note = style.data_note(norms)
        figure.suptitle(
            f"one batch of {note} before training; median and 5–95 % of {norms['seed'].nunique()} seeds", fontsize=8
        )


if __name__ == "__main__":
    step.run(
        main,
        inputs={"norms": ("each seed's norms (.csv)",), "propagation": ("layers, with the theory (.csv)",)},
        outputs={"figure": step.PICTURES},
    )

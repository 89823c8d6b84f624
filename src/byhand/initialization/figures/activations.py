"""Draw the histograms of the activations, layer by layer, for the assignment's network before training."""

import pandas as pd

from byhand import step
from byhand.initialization.figures import appearance
from byhand.step import style, tables

HEIGHT = 0.85
"""Of the highest bin of each layer, as a share of the distance between two layers."""


def main(files: step.Files) -> None:
    """Write the figure."""
    columns = ["dataset", "fallback_for", "initialization", "layer", "left_edge", "right_edge", "share"]
    table = pd.concat(tables.read(path, columns) for path in files.histograms)
    names = list(map(str, table["initialization"].unique()))
    with style.figure(files.figure, columns=len(names), height=3, squeeze=False, sharey=True) as (drawn, panes):
        for name, axes in zip(names, panes[0], strict=True):
            colour = style.COLOURS[appearance.colour(name)]
            for _, bins in table[table["initialization"] == name].groupby("layer"):
                layer = float(bins["layer"].iloc[0])
                edges = [*bins["left_edge"], bins["right_edge"].iloc[-1]]
                heights = layer + HEIGHT * bins["share"] / bins["share"].max()
                axes.stairs(heights, edges, baseline=layer, fill=True, color=colour, linewidth=0)
            axes.set(title=appearance.label(name), xlabel="activation", xticks=[-1, 0, 1], xlim=(-1.04, 1.04))
        panes[0, 0].set_yticks(sorted(table["layer"].unique()))
        panes[0, 0].set_ylabel("layer")
        style.heading(drawn, f"{style.data_note(table)}, tanh activations before training; each layer to its own scale")


if __name__ == "__main__":
    step.run(main, inputs={"histograms": ("histograms per layer (.csv)",)}, outputs={"figure": step.PICTURES})

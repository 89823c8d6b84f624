"""Draw the histograms of the activations, layer by layer, for the assignment's network before training."""

import numpy as np
import pandas as pd
from matplotlib.colors import LogNorm

from byhand import step
from byhand.initialization.figures import appearance
from byhand.step import style, tables


def main(files: step.Files) -> None:
    """Write the figure."""
    columns = ["dataset", "fallback_for", "initialization", "layer", "left_edge", "right_edge", "share"]
    table = pd.concat(tables.read(path, columns) for path in files.histograms)
    names = list(table["initialization"].unique())
    with style.figure(
        files.figure, columns=len(names), squeeze=False, sharey=True, figsize=(2 * style.COLUMN, 2.3)
    ) as (figure, panes):
        for name, axes in zip(names, panes[0], strict=True):
            shares = table[table["initialization"] == name].pivot(index="layer", columns="left_edge", values="share")
            edges = np.append(shares.columns.to_numpy(), table["right_edge"].max())
            mesh = axes.pcolormesh(
                edges, np.arange(0.5, len(shares) + 1), shares.where(shares > 0),
                norm=LogNorm(1e-4, 1), cmap="cividis_r", rasterized=True,
            )  # fmt: skip
            axes.set(title=appearance.label(name), xlabel="activation", xticks=[-1, 0, 1])
            axes.grid(visible=False)
        panes[0, 0].set_ylabel("layer")
        panes[0, 0].set_yticks(shares.index)
        figure.colorbar(mesh, ax=panes, label="share of activations", pad=0.01)
        figure.suptitle(f"tanh activations before training, {style.data_note(table)}", fontsize=8)


if __name__ == "__main__":
    step.run(main, inputs={"histograms": ("histograms per layer (.csv)",)}, outputs={"figure": step.PICTURES})

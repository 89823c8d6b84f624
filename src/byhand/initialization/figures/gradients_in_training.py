"""Draw the norm of the weight gradient in each layer while the assignment's networks are trained, as heat maps."""

import pandas as pd
from matplotlib.colors import LogNorm

from byhand import step
from byhand.initialization.figures import appearance
from byhand.step import style, tables

NORM = "weight_gradient_norm"


def main(files: step.Files) -> None:
    """Write the figure."""
    columns = ["dataset", "fallback_for", "initialization", "seed", "epoch", "layer", NORM]
    table = pd.concat(tables.read(path, columns) for path in files.layers)
    names = list(map(str, table["initialization"].unique()))
    medians = table.groupby(["initialization", "layer", "epoch"])[NORM].median()
    colours = LogNorm(medians[medians > 0].min(), medians.max())
    with style.figure(files.figure, columns=len(names), height=2.8, squeeze=False, sharey=True) as (drawn, panes):
        for name, axes in zip(names, panes[0], strict=True):
            grid = medians[name].unstack("epoch")
            epochs, layers = grid.columns.to_numpy(), grid.index.to_numpy()
            coloured = axes.pcolormesh(
                range(len(epochs) + 1), [*(layers - 0.5), layers[-1] + 0.5], grid, cmap="cividis", norm=colours
            )
            axes.set(title=appearance.label(name), xlabel="epoch")
            axes.set_xticks([place + 0.5 for place in range(len(epochs))], epochs)
            axes.tick_params(length=0)
            axes.grid(visible=False)
        panes[0, 0].set_ylabel("layer")
        panes[0, 0].set_yticks(layers)
        bar = drawn.colorbar(coloured, ax=panes[0].tolist(), pad=0.01)
        bar.set_label("weight gradient ‖∂J/∂Wˡ‖")
        note = f"{style.data_note(table)}; medians of {table['seed'].nunique()} seeds; epoch 0 is before training"
        style.heading(drawn, note)


if __name__ == "__main__":
    step.run(
        main,
        inputs={"layers": ("layers of each network as training goes on (.csv)",)},
        outputs={"figure": step.PICTURES},
    )

"""Draw the iterates of gradient descent on the contours of a loss in two dimensions, one panel per step size."""

from typing import Any

import numpy as np

from byhand import step
from byhand.least_squares.figures.appearance import step_size_text
from byhand.step import style, tables

COLOURS = ("blue", "green", "orange", "vermillion", "purple")


def main(files: step.Files) -> None:
    """Write the figure."""
    iterates = tables.read(files.iterates, ["step", "step_size", "k", "w_1", "w_2"])
    landscape = tables.read(files.landscape, ["w_1", "w_2", "excess_loss"])
    grid = landscape.pivot_table(index="w_2", columns="w_1", values="excess_loss")
    best = iterates[iterates["step"] == "minimiser"].iloc[0]
    runs = iterates[iterates["step"] != "minimiser"]
    steps = list(runs.groupby("step", sort=False))
    rows = (len(steps) + 1) // 2
    options: dict[str, Any] = {"sharex": True, "sharey": True, "squeeze": False}
    with style.figure(files.figure, rows, 2, figsize=(style.COLUMN, 1.75 * rows), **options) as (drawn, panels):
        levels = np.geomspace(grid.to_numpy().max() / 400, grid.to_numpy().max(), 8)
        for index, (axes, (name, run)) in enumerate(zip(panels.flat, steps, strict=False)):
            axes.contour(grid.columns, grid.index, grid, levels=levels, colors=style.COLOURS["grey"], linewidths=0.4)
            colour = style.COLOURS[COLOURS[index % len(COLOURS)]]
            axes.plot(run["w_1"], run["w_2"], color=colour, marker="o", markersize=2.5, linewidth=0.9)
            axes.plot(run["w_1"].iloc[0], run["w_2"].iloc[0], "s", color=style.COLOURS["black"], markersize=4)
            axes.plot(best["w_1"], best["w_2"], "*", color=style.COLOURS["black"], markersize=7)
            axes.set_title(f"α = {step_size_text(str(name))}")
            axes.set_aspect("equal")
            axes.grid(visible=False)
        for axes in panels.flat[len(steps) :]:
            panels[-2, 1].tick_params(labelbottom=True)  # the one above the legend is the last of its column
            axes.axis("off")
            axes.plot([], [], "s", color=style.COLOURS["black"], markersize=4, label="start")
            axes.plot([], [], "*", color=style.COLOURS["black"], markersize=7, label="minimiser")
            axes.plot([], [], "o-", color=style.COLOURS["grey"], markersize=2.5, label=f"{runs['k'].max()} steps")
            axes.plot([], [], color=style.COLOURS["grey"], linewidth=0.4, label="equal loss")
            axes.legend(loc="center")
        drawn.supxlabel("w₁", fontsize=8)
        drawn.supylabel("w₂", fontsize=8)


if __name__ == "__main__":
    step.run(
        main,
        inputs={"iterates": "iterates by step size (.csv)", "landscape": "the loss on a grid (.csv)"},
        outputs={"figure": step.PICTURES},
    )

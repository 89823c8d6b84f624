"""Draw the iterates of gradient descent on the contours of a loss in two dimensions, one panel per step size."""

from typing import Any

import numpy as np

from byhand import step
from byhand.least_squares.figures.appearance import step_size_text
from byhand.step import style, tables


def main(files: step.Files) -> None:
    """Write the figure: step sizes from left to right, as many to a row as are legible."""
    iterates = tables.read(files.iterates, ["step", "step_size", "k", "w_1", "w_2"])
    landscape = tables.read(files.landscape, ["w_1", "w_2", "excess_loss"])
    grid = landscape.pivot_table(index="w_2", columns="w_1", values="excess_loss")
    best = iterates[iterates["step"] == "minimiser"].iloc[0]
    runs = iterates[iterates["step"] != "minimiser"]
    steps = list(runs.sort_values("step_size", kind="stable").groupby("step", sort=False))
    columns = min(4, len(steps))
    rows = -(-len(steps) // columns)
    options: dict[str, Any] = {"height": 2.1 * rows + 0.3, "sharex": True, "sharey": True, "squeeze": False}
    black = style.COLOURS["black"]
    with style.figure(files.figure, rows, columns, **options) as (drawn, panels):
        levels = np.geomspace(grid.to_numpy().max() / 400, grid.to_numpy().max(), 8)
        for axes, (name, run) in zip(panels.flat, steps, strict=False):
            axes.contour(
                grid.columns, grid.index, grid, levels=levels, colors=style.COLOURS["grey"], linewidths=0.5, alpha=0.6
            )
            axes.plot(
                run["w_1"], run["w_2"], "o-", color=style.COLOURS["blue"], markersize=2.5, linewidth=0.9,
                label=f"{run['k'].max()} steps",
            )  # fmt: skip
            first, last = run.iloc[0], run.iloc[-1]
            axes.plot(first["w_1"], first["w_2"], "s", color=black, markersize=4.5, label="start", linestyle="")
            axes.plot(best["w_1"], best["w_2"], "*", color=black, markersize=8, label="minimiser", linestyle="")
            axes.plot(
                last["w_1"], last["w_2"], "D", color=style.COLOURS["vermillion"], markersize=5, label="end",
                linestyle="",
            )  # fmt: skip
            axes.set_title(f"α = {step_size_text(str(name))}")
            axes.set_aspect("equal")
            axes.grid(visible=False)
        for axes in panels.flat[len(steps) :]:
            axes.axis("off")
        panels[0, 0].plot([], [], color=style.COLOURS["grey"], linewidth=0.5, label="equal loss")
        style.legend_below(drawn, panels[0, 0])
        for axes in panels[-1]:
            axes.set_xlabel("w₁")
        for axes in panels[:, 0]:
            axes.set_ylabel("w₂")


if __name__ == "__main__":
    step.run(
        main,
        inputs={"iterates": "iterates by step size (.csv)", "landscape": "the loss on a grid (.csv)"},
        outputs={"figure": step.PICTURES},
    )

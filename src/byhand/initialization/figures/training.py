"""Draw loss and accuracy per epoch for the assignment's networks: mean and range over seeds; open marks: printed.

The printed running means hide each epoch's own figures; these are recovered from them and shown.
"""

from collections.abc import Sequence
from typing import Any

import pandas as pd

from byhand import step
from byhand.initialization.cells import METHOD
from byhand.initialization.figures import appearance
from byhand.initialization.printed import per_epoch
from byhand.step import style, tables

PANELS = {
    "train_loss": "training loss",
    "test_loss": "test loss",
    "train_accuracy": "training accuracy",
    "test_accuracy": "test accuracy",
}


def draw(panes: Any, runs: pd.DataFrame, names: Sequence[str], printed: pd.DataFrame, addition: str) -> None:
    """The four panels of one method, with its networks of the initialisations `names`."""
    for (column, title), axes in zip(PANELS.items(), panes.flat, strict=True):
        for name in names:
            curves = runs[runs["initialization"] == name]
            paint = style.COLOURS[appearance.colour(name)]
            spread = curves.groupby("epoch")[column].agg(["mean", "min", "max"])
            marker = appearance.marker(name)  # on the last epoch, for those who cannot tell the colours apart
            axes.plot(
                spread.index, spread["mean"], appearance.line(name), marker=marker, markevery=[-1], color=paint,
                label=appearance.label(name),
            )  # fmt: skip
            style.band(axes, spread.index, spread["min"], spread["max"], paint)
            dots = printed[printed["init"] == name]
            if len(dots):
                values = dots[column] if column in dots else dots[f"{column}_percent"] / 100
                axes.plot(dots["epoch"], values, marker, color=paint, markerfacecolor="none", linestyle="")
        axes.set(title=title + addition)
        if column.endswith("loss"):
            style.plain_log_axis(axes)
        else:
            axes.set_ylim(0, 1)
            axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
    panes[0, 0].set_ylabel("cross entropy")
    panes[1, 0].set_ylabel("share of images")


def main(files: step.Files) -> None:
    """Write the figure: the assignment's networks, and four more panels for each other method."""
    columns = ["dataset", "fallback_for", "initialization", *METHOD, "seed", "epoch", *PANELS]
    runs = pd.concat(tables.read(path, columns) for path in files.curves)
    printed = per_epoch(tables.read(files.printed, ["init", "epoch"])).replace({"init": appearance.PRINTED_NAMES})
    if runs["dataset"].iloc[0] != "mnist":
        printed = printed.iloc[:0]  # nothing was printed about other data
    names = list(map(str, runs["initialization"].unique()))
    methods = [of_method for _, of_method in runs.groupby(list(METHOD), sort=False)]
    height = 4.6 * len(methods)
    with style.figure(files.figure, 2 * len(methods), 2, sharex=True, height=height) as (figure, panes):
        for number, of_method in enumerate(methods):
            addition = f", {appearance.method(of_method.iloc[0])}" if len(methods) > 1 else ""
            of_assignment = printed if number == 0 else printed.iloc[:0]
            draw(panes[2 * number : 2 * number + 2], of_method, names, of_assignment, addition)
        for axes in panes[-1]:
            axes.set_xlabel("epoch")
            axes.xaxis.get_major_locator().set_params(integer=True)
        style.legend_below(figure, panes[0, 0])
        seeds = " or ".join(map(str, sorted({of_method["seed"].nunique() for of_method in methods})))
        marks = "; open marks: printed, each epoch's own" if len(printed) else ""
        style.heading(figure, f"{style.data_note(runs)}; mean (line) and range (band) of {seeds} seeds{marks}")


if __name__ == "__main__":
    step.run(
        main,
        inputs={
            "curves": ("training of each network (.csv)",),
            "printed": "the running means that were printed (.csv)",
        },
        outputs={"figure": step.PICTURES},
    )

"""Draw loss and accuracy per epoch for the assignment's networks: mean and range over seeds; open marks: printed.

The printed running means hide each epoch's own figures; these are recovered from them and shown.
"""

import pandas as pd

from byhand import step
from byhand.initialization.figures import appearance
from byhand.initialization.printed import per_epoch
from byhand.step import style, tables

PANELS = {
    "train_loss": "training loss",
    "test_loss": "test loss",
    "train_accuracy": "training accuracy",
    "test_accuracy": "test accuracy",
}


def main(files: step.Files) -> None:
    """Write the figure."""
    columns = ["dataset", "fallback_for", "initialization", "seed", "epoch", *PANELS]
    runs = pd.concat(tables.read(path, columns) for path in files.curves)
    printed = per_epoch(tables.read(files.printed, ["init", "epoch"])).replace({"init": appearance.PRINTED_NAMES})
    with style.figure(files.figure, 2, 2, sharex=True, height=4.6) as (figure, panes):
        for (column, title), axes in zip(PANELS.items(), panes.flat, strict=True):
            for name in map(str, runs["initialization"].unique()):
                curves = runs[runs["initialization"] == name]
                paint = style.COLOURS[appearance.colour(name)]
                spread = curves.groupby("epoch")[column].agg(["mean", "min", "max"])
                axes.plot(
                    spread.index, spread["mean"], appearance.line(name), color=paint, label=appearance.label(name)
                )
                style.band(axes, spread.index, spread["min"], spread["max"], paint)
                if runs["dataset"].iloc[0] == "mnist":
                    dots = printed[printed["init"] == name]
                    values = dots[column] if column in dots else dots[f"{column}_percent"] / 100
                    axes.plot(
                        dots["epoch"],
                        values,
                        appearance.marker(name),
                        color=paint,
                        markerfacecolor="none",
                        linestyle="",
                    )
            axes.set(title=title)
            if column.endswith("loss"):
                style.plain_log_axis(axes)
            else:
                axes.set_ylim(0, 1)
                axes.yaxis.set_major_formatter(lambda value, _: f"{value:.0%}")
        for axes in panes[1]:
            axes.set_xlabel("epoch")
            axes.xaxis.get_major_locator().set_params(integer=True)
        panes[0, 0].set_ylabel("cross entropy")
        panes[1, 0].set_ylabel("share of images")
        style.legend_below(figure, panes[0, 0])
        note = style.data_note(runs)
        marks = "; open marks: printed, each epoch's own" if runs["dataset"].iloc[0] == "mnist" else ""
        style.heading(figure, f"{note}; mean (line) and range (band) of {runs['seed'].nunique()} seeds{marks}")


if __name__ == "__main__":
    step.run(
        main,
        inputs={
            "curves": ("training of each network (.csv)",),
            "printed": "the running means that were printed (.csv)",
        },
        outputs={"figure": step.PICTURES},
    )

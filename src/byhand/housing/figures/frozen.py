"""Draw what the frozen hidden layer means: how far W₁ moves in training, and the test error, frozen and trained."""

from typing import Any

import pandas as pd

from byhand import step
from byhand.step import style, tables

SERIES = [  # (colour, line, label)
    ("vermillion", "-", "notebook's code: W₁ frozen"),
    ("blue", "--", "this bug fixed: W₁ trained"),
]
COLUMNS = ["dataset", "fallback_for", "seed", "epoch", "test_loss", "largest_move_in_W1"]


def main(files: step.Files) -> None:
    """Write the figure."""
    frozen, trained = (tables.read(path, COLUMNS) for path in files.runs)
    seeds = min(frozen["seed"].nunique(), trained["seed"].nunique())
    baseline = tables.read(files.baseline, ["test_loss"])["test_loss"].mean()
    with style.figure(files.figure, columns=2, height=3) as (drawn, (moves, errors)):
        for (colour, dashes, label), runs in zip(SERIES, (frozen, trained), strict=True):
            paired = runs[runs["seed"] < seeds]  # the notebook's code has more runs, for the exact test
            for axes, column in ((moves, "largest_move_in_W1"), (errors, "test_loss")):
                draw(axes, paired, column, style.COLOURS[colour], dashes, label)
        moves.set(xlabel="epoch", ylabel="largest change of a weight in W₁\nsince the start")
        errors.axhline(baseline, color=style.COLOURS["black"], linewidth=0.8, linestyle=(0, (1, 2)))
        errors.annotate(
            "linear regression", (1, baseline), xycoords=("axes fraction", "data"), xytext=(0, 2),
            textcoords="offset points", ha="right", va="bottom", fontsize=7,
        )  # fmt: skip
        # The first epochs are above: they would take all the height from the end, where the curves differ.
        last = max(runs.loc[runs["epoch"] == runs["epoch"].max(), "test_loss"].mean() for runs in (frozen, trained))
        top = 1.5 * max(baseline, last)
        errors.set(xlabel="epoch", ylabel="test error (mean squared)", ylim=(None, top))
        style.legend_below(drawn, moves)
        style.heading(drawn, f"{style.data_note(frozen)}; mean (line) and range (band) of {seeds} paired seeds")


def draw(axes: Any, runs: pd.DataFrame, column: str, colour: str, dashes: str, label: str) -> None:
    """One quantity per epoch: mean and range over the seeds, and the mean of the last epoch as a number."""
    spread = runs.groupby("epoch")[column].agg(["mean", "min", "max"])
    axes.plot(spread.index, spread["mean"], dashes, color=colour, label=label)
    style.band(axes, spread.index, spread["min"], spread["max"], colour)
    last = spread["mean"].iloc[-1]
    axes.annotate(
        f"{last:.3g}", (spread.index[-1], last), xytext=(3, 0), textcoords="offset points", va="center", fontsize=7
    )


if __name__ == "__main__":
    step.run(
        main,
        inputs={
            "runs": ("the notebook's code, the frozen layer fixed (.csv)",),
            "baseline": "linear regression (.csv)",
        },
        outputs={"figure": step.PICTURES},
    )

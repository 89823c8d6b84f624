"""Draw the losses per epoch: mean and range over the seeds, the printed epochs as open marks.

Left: the notebook's code; middle: the same with w₂ from N(0, 1); right: all bugs fixed.
"""

from byhand import step
from byhand.step import style, tables

SPLITS = [  # (split, colour, line, marker of the printed epochs)
    ("train", "blue", "-", "o"),
    ("validation", "vermillion", "--", "s"),
    ("test", "green", ":", "^"),
]


def main(files: step.Files) -> None:
    """Write the figure."""
    columns = ["dataset", "fallback_for", "seed", "epoch", *(f"{split}_loss" for split, *_ in SPLITS)]
    titles = ("notebook's code", "notebook's code, but w₂ ~ N(0, 1)", "all bugs fixed")
    panels = dict(zip(titles, files.runs, strict=True))
    baseline = tables.read(files.baseline, ["test_loss"])["test_loss"].mean()
    with style.figure(files.figure, columns=3, sharey=True, height=3.2) as (figure, panes):
        for (title, path), axes in zip(panels.items(), panes, strict=True):
            runs = tables.read(path, columns)
            for split, colour, line, marker in SPLITS:
                losses = runs.groupby("epoch")[f"{split}_loss"].agg(["mean", "min", "max"])
                axes.plot(losses.index, losses["mean"], line, color=style.COLOURS[colour], label=split)
                style.band(axes, losses.index, losses["min"], losses["max"], style.COLOURS[colour])
                if title.startswith("notebook") and runs["dataset"].iloc[0] == "california_housing":
                    printed = tables.read(files.printed, ["epoch", f"{split}_loss"])
                    axes.plot(
                        printed["epoch"], printed[f"{split}_loss"], marker, markersize=3.2, markevery=2, markerfacecolor="none",
                        markeredgewidth=0.8, color=style.COLOURS[colour], label=f"{split}, printed",
                    )  # fmt: skip
            axes.axhline(baseline, color=style.COLOURS["black"], linewidth=0.8, linestyle=(0, (1, 2)))
            axes.set(xlabel="epoch", title=f"{title}\n{runs['seed'].nunique()} seeds")
            style.plain_log_axis(axes)
        panes[-1].annotate(
            "linear regression, test", (1, baseline), xycoords=("axes fraction", "data"), xytext=(0, 2),
            textcoords="offset points", ha="right", va="bottom", fontsize=7,
        )  # fmt: skip
        panes[0].set_ylabel("mean squared error")
        style.legend_below(figure, panes[0], columns=3)
        style.heading(figure, f"{style.data_note(runs)}; mean (line) and range (band) over the seeds")


if __name__ == "__main__":
    step.run(
        main,
        inputs={
            "runs": ("the notebook's code, with normal w2, with all bugs fixed (.csv)",),
            "baseline": "linear regression (.csv)",
            "printed": "the losses that the assignment printed (.csv)",
        },
        outputs={"figure": step.PICTURES},
    )

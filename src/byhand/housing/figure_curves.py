"""Draw the losses per epoch, as published and corrected: mean and range over the seeds, the printed epochs as dots."""

import argparse
from pathlib import Path

from byhand import step, style, tables

SPLITS = [  # (split, colour, line, marker of the printed epochs)
    ("train", "blue", "-", "o"),
    ("validation", "orange", "--", "s"),
    ("test", "green", ":", "^"),
]


def main(arguments: argparse.Namespace) -> None:
    """Write the figure."""
    columns = ["dataset", "fallback_for", "seed", "epoch", *(f"{split}_loss" for split, *_ in SPLITS)]
    panels = {"as published": arguments.runs[0], "corrected": arguments.runs[1]}
    baseline = tables.read(arguments.baseline, ["test_loss"])["test_loss"].mean()
    with style.figure(arguments.output, columns=2, sharey=True) as (figure, both):
        for (title, path), axes in zip(panels.items(), both, strict=True):
            runs = tables.read(path, columns)
            for split, colour, line, marker in SPLITS:
                losses = runs.groupby("epoch")[f"{split}_loss"].agg(["mean", "min", "max"])
                axes.plot(losses.index, losses["mean"], line, color=style.COLOURS[colour], label=split)
                axes.fill_between(
                    losses.index, losses["min"], losses["max"], color=style.COLOURS[colour], alpha=0.25, linewidth=0
                )
                if title == "as published" and runs["dataset"].iloc[0] == "california_housing":
                    printed = tables.read(arguments.published, ["epoch", f"{split}_loss"])
                    axes.plot(
                        printed["epoch"], printed[f"{split}_loss"], marker, markersize=2.2, markerfacecolor="none",
                        markeredgewidth=0.5, color=style.COLOURS[colour], label=f"{split}, printed",
                    )  # fmt: skip
            axes.axhline(baseline, color=style.COLOURS["grey"], linewidth=0.8, linestyle=(0, (5, 3)))
            axes.annotate(
                "linear regression, test", (1, baseline), xycoords=("axes fraction", "data"), xytext=(0, 2),
                textcoords="offset points", ha="right", va="bottom", fontsize=6, color=style.COLOURS["grey"],
            )  # fmt: skip
            axes.set(xlabel="epoch", yscale="log", title=f"{title}: mean and range of {runs['seed'].nunique()} seeds")
            axes.yaxis.set_major_formatter("{x:g}")
            axes.yaxis.set_minor_formatter("{x:g}")
            axes.tick_params(axis="y", which="minor", labelsize=6)
        both[0].set_ylabel("mean squared error")
        both[0].legend(ncols=2 if len(both[0].lines) > 5 else 1)
        fallback = runs["fallback_for"].iloc[0] if runs["fallback_for"].notna().any() else ""
        figure.suptitle(style.data_note(runs["dataset"].iloc[0], fallback), fontsize=8)
    step.finish(arguments, arguments.output, inputs=[*arguments.runs, arguments.baseline, arguments.published])


if __name__ == "__main__":
    parser = step.parser(__doc__)
    parser.add_argument("--runs", type=Path, nargs=2, required=True, help="published and corrected training (.csv)")
    parser.add_argument("--baseline", type=Path, required=True, help="linear regression (.csv)")
    parser.add_argument("--published", type=Path, required=True, help="the losses that the document printed (.csv)")
    parser.add_argument("--output", type=Path, nargs="+", required=True, help="the pictures to write (.svg, .png)")
    step.run(main, parser)

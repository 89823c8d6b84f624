"""Draw the error of gradient descent against k, and the slopes that max |1 − αλᵢ| predicts, for three problems."""

from textwrap import fill

from byhand import step
from byhand.errors import BadInput
from byhand.least_squares.figures.appearance import step_size_text
from byhand.least_squares.settings import FigureErrors
from byhand.step import style, tables

LOOKS = [  # (colour, marker)
    ("blue", "o"),
    ("green", "^"),
    ("purple", "s"),
    ("vermillion", "D"),
    ("sky", "v"),
]

WIDTH = 30
"""Characters that fit on a line of a title."""


def main(files: step.Files, settings: FigureErrors) -> None:
    """Write the figure."""
    columns = ["problem", "dataset", "fallback_for", "step", "k", "relative_error", "rate_to_the_k"]
    table = tables.read(files.table, columns)
    known = list(table["problem"].unique())
    if unknown := [name for name in settings.problems if name not in known]:
        raise BadInput(f"--problems: {unknown[0]} is not in {files.table}, which has {'; '.join(known)}")
    chosen = settings.problems
    with style.figure(files.figure, columns=len(chosen), height=3.4, squeeze=False) as (drawn, panels):
        for axes, name in zip(panels.flat, chosen, strict=True):
            of_problem = table[table["problem"] == name]
            for (colour, marker), (label, run) in zip(LOOKS, of_problem.groupby("step", sort=False), strict=False):
                axes.plot(
                    run["k"],
                    run["relative_error"],
                    color=style.COLOURS[colour],
                    marker=marker,
                    markevery=16,
                    label=f"α = {step_size_text(str(label))}",
                )
                # The slope alone, drawn through the last point above rounding.
                anchor = run[run["relative_error"] > 1e-11].iloc[-1]
                slope = run["rate_to_the_k"] * (anchor["relative_error"] / anchor["rate_to_the_k"])
                axes.plot(run["k"], slope, color=style.COLOURS["black"], linestyle=":", linewidth=0.8)
            axes.plot([], [], color=style.COLOURS["black"], linestyle=":", linewidth=0.8, label="predicted slope")
            axes.set_yscale("log")
            axes.set_ylim(max(1e-12, of_problem["relative_error"].min() / 3), 3 * of_problem["relative_error"].max())
            axes.set_xlabel("steps k")
            axes.set_title(f"{name}\n{fill(style.data_note(of_problem), WIDTH)}")
        panels[0, 0].set_ylabel("distance from the minimiser / first one")
        style.legend_below(drawn, panels[0, 0], columns=3)


if __name__ == "__main__":
    step.run(main, inputs={"table": "errors against k (.csv)"}, outputs={"figure": step.PICTURES})

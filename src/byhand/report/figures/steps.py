"""Draw which step feeds which, from the provenance of the results: a row for each problem, time from left to right."""

from collections import defaultdict

from byhand import step
from byhand.report import history
from byhand.step import style
from byhand.workflow.registry import ROOMS

BEHIND = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.5}
"""What keeps a label readable where an arrow runs behind it."""


def main(files: step.Files) -> None:
    """Write the figure."""
    records = history.behind(files.results, files.made)
    between = history.edges(records)
    level = history.levels(sorted({record.step for record in records}), between)
    places: dict[str, tuple[float, float]] = {}
    bottom, bands = 0.0, []
    for problem in ROOMS:
        stacked: dict[int, int] = defaultdict(int)
        for name in sorted((name for name in level if name.partition(".")[0] == problem), key=lambda n: (level[n], n)):
            places[name] = (float(level[name]), bottom + stacked[level[name]])
            stacked[level[name]] += 1
        if stacked:
            bands.append((problem, bottom, max(stacked.values())))
            bottom += max(stacked.values()) + 0.6
    jobs: dict[str, int] = defaultdict(int)
    for record in records:
        jobs[record.step] += 1
    with style.figure(files.figure, figsize=(2 * style.COLUMN, 0.22 * bottom + 0.4)) as (_, axes):
        for first, second in sorted(between):
            axes.annotate(
                "",
                xy=(places[second][0] - 0.05, places[second][1]),
                xytext=(places[first][0] + 0.62, places[first][1]),
                arrowprops={"arrowstyle": "->", "color": style.COLOURS["grey"], "linewidth": 0.5, "alpha": 0.5},
            )
        for name, (x, y) in places.items():
            problem, _, words = name.partition(".")
            label = words.replace("_", " ") + (f" ×{jobs[name]}" if jobs[name] > 1 else "")
            axes.plot(x - 0.03, y, "s", markersize=4, color=style.COLOURS[ROOMS[problem].colour])
            axes.text(x + 0.02, y, label, va="center", fontsize=6, bbox=BEHIND)
        for problem, start, height in bands:
            axes.text(
                -0.15, start + (height - 1) / 2, problem.replace("_", " "), ha="right", va="center", weight="bold"
            )
        axes.set_xlim(-0.95, max(level.values()) + 0.9)
        axes.set_ylim(bottom, -0.8)
        axes.axis("off")


if __name__ == "__main__":
    step.run(
        main,
        unrecorded={
            "results": "the folder of all results and their provenance",
            "made": ("the results whose history is drawn",),
        },
        outputs={"figure": step.PICTURES},
    )

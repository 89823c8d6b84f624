"""Draw which step feeds which, from the provenance of the results: a block for each problem, time from left to right.

Within a problem, arrows lead from box to box. What leads out of it is the same for many steps, so a mark says it: that
a step reads the data sets, and that its table is evidence for a verdict.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from byhand import step
from byhand.report import history
from byhand.step import style
from byhand.workflow.registry import ROOMS

BOX, COLUMN = 1.45, 1.95
"""The width of a box and the distance between two columns, in inches; the unit of both axes."""
ROW, BLOCK = 0.27, 0.14
"""The distance between two rows, and what is added between two problems."""

Edges = set[tuple[str, str]]


def room(name: str) -> str:
    """The room of a step."""
    return name.partition(".")[0]


def arranged(names: Iterable[str], between: Edges) -> dict[str, tuple[int, float]]:
    """The column and row of each step of one problem.

    A column's steps are in the order of the mean row of those that feed them, so that few arrows cross; in the first
    column, those that feed others come first.
    """
    levels = history.levels(sorted(names), between)
    before = {name: [first for first, second in between if second == name] for name in levels}
    feeding = {first for first, _ in between}
    places: dict[str, tuple[int, float]] = {}

    def rank(name: str) -> tuple[float, bool, str]:
        rows = [places[first][1] for first in before[name]]
        return (sum(rows) / len(rows) if rows else 0.0, name not in feeding, name)

    for level in range(max(levels.values()) + 1):
        for row, name in enumerate(sorted((name for name in levels if levels[name] == level), key=rank)):
            places[name] = (level, float(row))
    return places


def draw_box(axes: Any, name: str, place: tuple[float, float], words: str, data: bool, judged: bool) -> None:
    """One step: its name in a frame of its problem's colour, with its marks."""
    x, y = place
    colour = style.COLOURS[ROOMS[room(name)].colour]
    axes.fill([x, x + BOX, x + BOX, x], [y - 0.1, y - 0.1, y + 0.1, y + 0.1], facecolor="none", edgecolor=colour)
    axes.text(x + 0.17, y, words, va="center", fontsize=7)
    if data:
        axes.plot(x + 0.09, y, "o", color=style.COLOURS["black"], markersize=3)
    if judged:
        axes.plot(x + BOX - 0.09, y, "*", color=style.COLOURS["black"], markersize=5)


def draw_arrows(axes: Any, places: Mapping[str, tuple[float, float]], between: Edges) -> None:
    """From the right edge of one box to the left edge of the other."""
    arrow = {"arrowstyle": "-|>", "color": style.COLOURS["grey"], "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0}
    for first, second in sorted(between):
        (x, y), target = places[first], places[second]
        axes.annotate("", xy=target, xytext=(x + BOX, y), arrowprops={**arrow, "mutation_scale": 6})


def main(files: step.Files) -> None:
    """Write the figure."""
    records = history.behind(files.results, files.made)
    between = history.edges(records)
    jobs = Counter(record.step for record in records)
    data = {second for first, second in between if room(first) == "data"}
    judged = {first for first, second in between if room(second) == "report"}
    places: dict[str, tuple[float, float]] = {}
    within: Edges = {edge for edge in between if room(edge[0]) == room(edge[1])}
    bottom, labels = 0.0, []
    for problem in ROOMS:
        names = [name for name in jobs if room(name) == problem]
        if names:
            found = arranged(names, {edge for edge in within if room(edge[0]) == problem})
            places |= {name: (column * COLUMN, bottom + row * ROW) for name, (column, row) in found.items()}
            labels.append((problem, bottom))
            bottom += ROW * (1 + max(row for _, row in found.values())) + BLOCK
    left, top = -1.15, -0.55
    right = max(style.WIDTH + left, max(x for x, _ in places.values()) + BOX + 0.05)
    with style.figure(files.figure, height=bottom - top, layout="none") as (drawn, axes):
        axes.set(position=(0, 0, 1, 1), xlim=(left, right), ylim=(bottom, top))
        axes.axis("off")
        draw_arrows(axes, places, within)
        for name, place in places.items():
            words = name.partition(".")[2].replace("_", " ") + (f" ×{jobs[name]}" if jobs[name] > 1 else "")
            draw_box(axes, name, place, words, name in data and room(name) != "report", name in judged)
        for problem, y in labels:
            axes.text(left + 0.05, y, problem.replace("_", " "), va="center", weight="bold")
        axes.plot([], [], "o", color=style.COLOURS["black"], markersize=3, label="reads the data sets")
        axes.plot([], [], "*", color=style.COLOURS["black"], markersize=5, label="evidence for a verdict")
        drawn.legend(loc="upper center", ncols=2)


if __name__ == "__main__":
    step.run(
        main,
        unrecorded={
            "results": "the folder of all results and their provenance",
            "made": ("the results whose history is drawn",),
        },
        outputs={"figure": step.PICTURES},
    )

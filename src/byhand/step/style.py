"""The common style of all figures: as wide as a page, readable in print, in greyscale and with colour blindness.

An .svg has a transparent background, and its black is `currentColor`: the colour of the text around it. So it can stand
on a light and on a dark page, and by itself it is black on white. Its text is text, in whatever font there is.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from textwrap import fill
from typing import Any

import matplotlib
import pandas as pd

matplotlib.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from byhand.data.layout import TITLES
from byhand.step import files

WIDTH = 7.0
"""Width of every figure in inches, so that their text is equally large: the text width of a page."""

COLOURS = {
    "blue": "#0072B2",
    "orange": "#E69F00",
    "green": "#009E73",
    "vermillion": "#D55E00",
    "purple": "#CC79A7",
    "sky": "#56B4E9",
    "black": "#000000",
    "grey": "#767676",
}
"""The palette of Okabe and Ito (2008), which stays distinct for every common kind of colour blindness; grey is ours.

Blue, vermillion, green and purple are readable on white and on a dark page; orange and sky are pale on white.
"""

ON_LIGHT, ON_DARK = "#111111", "#FFFFFF"
"""Text on a coloured area, which has the same colour on every page."""

# matplotlib's own defaults, whatever the user's `matplotlibrc` says; a backend cannot be changed by a style.
_DEFAULTS: Any = {key: value for key, value in matplotlib.rcParamsDefault.items() if not key.startswith("backend")}
_RC: Any = {
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "legend.fontsize": 7,
    "xtick.labelsize": 7,
    "ytick.labelsize": 7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.linewidth": 0.5,
    "grid.color": "#000000",
    "grid.alpha": 0.15,
    "lines.linewidth": 1.2,
    "lines.markersize": 3.5,
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
    "savefig.dpi": 300,
    "svg.hashsalt": "byhand",
    "svg.fonttype": "none",
}


@contextmanager
def figure(
    outputs: list[Path], rows: int = 1, columns: int = 1, height: float | None = None, **options: Any
) -> Iterator[tuple[Figure, Any]]:
    """Yield a figure and its axes in the project's style, then save it to each of `outputs` (.svg, .png).

    The files hold no dates, so equal tables give equal bytes.

    Args:
        height: of the figure in inches; by default 2.6 for each row.
    """
    with plt.rc_context({**_DEFAULTS, **_RC}):
        drawn, axes = plt.subplots(rows, columns, figsize=(WIDTH, height or 2.6 * rows), **options)
        yield drawn, axes
        for path in outputs:
            with files.atomic_write(path) as temporary:
                if path.suffix == ".svg":
                    unsaid = dict.fromkeys(("Date", "Creator", "Format", "Type"))
                    drawn.savefig(temporary, metadata=unsaid, transparent=True)
                    temporary.write_text(_adaptable(temporary.read_text(encoding="utf-8")), encoding="utf-8")
                else:
                    drawn.savefig(temporary, metadata={"Software": None})
        plt.close(drawn)


def _adaptable(svg: str) -> str:
    """An .svg of matplotlib without what is black and without fonts: both are left to the page that shows it."""
    svg = re.sub(r"<defs>\s*<style.*?</style>\s*</defs>\s*", "", svg, flags=re.DOTALL)  # it would style that page
    svg = re.sub(r"; font-family: [^;\"]*", "", svg).replace("#000000", "currentColor")
    inherited = 'fill="currentColor" stroke-linejoin="round" font-family="\'DejaVu Sans\', Verdana, sans-serif"'
    return svg.replace("<svg ", f"<svg {inherited} ", 1)


def band(axes: Any, x: Any, low: Any, high: Any, colour: str) -> None:
    """Shade the range from `low` to `high`."""
    axes.fill_between(x, low, high, color=colour, alpha=0.25, linewidth=0)


def plain_log_axis(axes: Any) -> None:
    """A logarithmic y axis over a few decades, with plain numbers at 1, 2, 3, 5 and 7 of each."""
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=[1, 2, 3, 5, 7]))
    axes.yaxis.set_major_formatter("{x:g}")
    axes.yaxis.set_minor_formatter(NullFormatter())


def legend_below(drawn: Figure, axes: Any, columns: int | None = None) -> None:
    """One legend for all panels, below them, from what one of them shows."""
    handles, labels = axes.get_legend_handles_labels()
    drawn.legend(handles, labels, loc="outside lower center", ncols=columns or len(handles))


def heading(drawn: Figure, words: str) -> None:
    """A line above all panels; more lines if the words do not fit."""
    drawn.suptitle(fill(words, 100), fontsize=8)


def data_note(table: pd.DataFrame) -> str:
    """The words in a figure that name the data of a table, and say so if they replace the data that were wanted."""
    dataset, wanted = (str(table[name].iloc[0]) for name in ("dataset", "fallback_for"))
    used, unavailable = (TITLES.get(name, f"{name} data") for name in (dataset, wanted))
    return f"{used} (in place of {unavailable}, which was unavailable)" if wanted else used

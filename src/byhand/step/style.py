"""The one look of all figures: a column of a paper wide, readable in print, in grey and by colour-blind eyes."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib

matplotlib.use("Agg")

from matplotlib import pyplot as plt
from matplotlib.figure import Figure

from byhand.step import files

COLUMN = 3.5
"""Width of a figure in inches: one column of a two-column paper."""

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
"""The palette of Okabe and Ito (2008), which stays apart for every common kind of colour blindness; grey is ours."""

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
    "grid.linewidth": 0.4,
    "grid.color": "#DDDDDD",
    "lines.linewidth": 1.2,
    "lines.markersize": 3.5,
    "legend.frameon": False,
    "figure.constrained_layout.use": True,
    "savefig.dpi": 300,
    "svg.hashsalt": "byhand",
    "svg.fonttype": "path",
}


@contextmanager
def figure(outputs: list[Path], rows: int = 1, columns: int = 1, **options: Any) -> Iterator[tuple[Figure, Any]]:
    """Yield a figure and its axes in the project's style, then save it to each of `outputs` (.svg, .png).

    The files hold no dates, so equal tables give equal bytes.
    """
    with plt.rc_context(_RC):
        options.setdefault("figsize", (COLUMN * columns, 2.6 * rows))
        drawn, axes = plt.subplots(rows, columns, **options)
        yield drawn, axes
        for path in outputs:
            with files.atomic_write(path) as temporary:
                metadata = {"Date": None} if path.suffix == ".svg" else {"Software": None}
                drawn.savefig(temporary, metadata=metadata)
        plt.close(drawn)


def data_note(dataset: str, fallback_for: str) -> str:
    """The words in a figure that name its data, and say so if they replace the data that were wanted."""
    note = dataset.replace("_", " ")
    return (
        f"{note} data (in place of {fallback_for.replace('_', ' ')}, which could not be had)"
        if fallback_for
        else f"{note} data"
    )

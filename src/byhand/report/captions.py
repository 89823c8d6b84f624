"""The captions of the figures, each beside the code that draws it: a title, a blank line, and what the figure shows."""

from pathlib import Path
from typing import NamedTuple

from byhand.errors import BadInput

ROOMS = Path(__file__).parents[1]
"""The folder of the rooms; each has its captions in `figures`, as .rst files."""


class Caption(NamedTuple):
    """The title and the words below it."""

    title: str
    words: str


def caption(name: str, rooms: Path = ROOMS) -> Caption:
    """The caption of a figure by its name in the gallery, such as relu_figure_depth.

    Raises:
        BadInput: it has none.
    """
    room, _, figure = name.partition("_figure_")
    path = rooms / room / "figures" / f"{figure}.rst"
    try:
        title, _, words = path.read_text(encoding="utf-8").strip().partition("\n\n")
    except FileNotFoundError as error:
        raise BadInput(f"{path}: no such file, expected the caption of results/{room}/figure_{figure}") from error
    return Caption(" ".join(title.split()), " ".join(words.split()))

"""The captions of the figures, each beside the code that draws it, as three paragraphs.

They are a title, what the figure shows, and what is seen in it, for those who cannot see it.
"""

from pathlib import Path
from typing import NamedTuple

from byhand.errors import BadInput

ROOMS = Path(__file__).parents[1]
"""The folder of the rooms; each has its captions in `figures`, as .rst files."""


class Caption(NamedTuple):
    """The title, the words below it, and the alternative text."""

    title: str
    words: str
    seen: str


def caption(name: str, rooms: Path = ROOMS) -> Caption:
    """The caption of a figure by its name in the gallery, such as relu_figure_depth.

    Raises:
        BadInput: it has none, or not in three paragraphs.
    """
    room, _, figure = name.partition("_figure_")
    path = rooms / room / "figures" / f"{figure}.rst"
    try:
        paragraphs = path.read_text(encoding="utf-8").strip().split("\n\n")
    except FileNotFoundError as error:
        raise BadInput(f"{path}: no such file, expected the caption of results/{room}/figure_{figure}") from error
    if len(paragraphs) != len(Caption._fields):
        raise BadInput(f"{path}: expected three paragraphs: a title, what the figure shows, and what is seen in it")
    return Caption(*(" ".join(paragraph.split()) for paragraph in paragraphs))

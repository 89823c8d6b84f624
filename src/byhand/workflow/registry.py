"""The rooms: every folder of the package with a `room.py` is one, and says there what the others need to know of it."""

import importlib
from pathlib import Path

from byhand.workflow.rooms import Room

PACKAGE = Path(__file__).parents[1]


def module(name: str) -> str:
    """The module that registers a room."""
    return f"byhand.{name}.room"


def chapters() -> list[str]:
    """The modules with the tables that the page shows of a room; not every room has some."""
    return [f"byhand.{path.parent.name}.chapter" for path in sorted(PACKAGE.glob("*/chapter.py"))]


def texts() -> list[Path]:
    """The templates, scripts, fonts, chapters and captions of the page."""
    patterns = ("templates/*", "playthings/*.js", "fonts/*.woff2")
    shared = [path for pattern in patterns for path in sorted((PACKAGE / "report").glob(pattern))]
    return [*shared, *sorted(PACKAGE.glob("*/chapter.html.j2")), *sorted(PACKAGE.glob("*/figures/*.rst"))]


def found() -> dict[str, Room]:
    """All rooms by name, in order."""
    names = sorted(path.parent.name for path in PACKAGE.glob("*/room.py"))
    rooms: dict[str, Room] = {name: importlib.import_module(module(name)).ROOM for name in names}
    return dict(sorted(rooms.items(), key=lambda item: item[1].order))


ROOMS = found()

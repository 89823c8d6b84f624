"""What a room says of itself."""

from dataclasses import dataclass

from byhand.workflow.setting_types import Section


@dataclass(frozen=True)
class Room:
    """One problem: its place among the others, its title, its colour (a name in `step.style`), its settings."""

    order: float
    title: str
    colour: str
    settings: type[Section] | None = None
    """The model of its section in `config.yaml`, if it has one."""

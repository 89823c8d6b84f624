"""What every step shares, in reading order: `command_line`, `tables`, `files`, `provenance`, `style` (of figures)."""

from byhand.step.command_line import PICTURES, Facts, Files, command, parser, run, use_threads

__all__ = ["PICTURES", "Facts", "Files", "command", "parser", "run", "use_threads"]

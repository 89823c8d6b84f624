"""What every step shares: its command line, whole-file writing, tables, provenance and the style of figures."""

from byhand.step.command_line import finish, parser, run, settings, use_threads

__all__ = ["finish", "parser", "run", "settings", "use_threads"]

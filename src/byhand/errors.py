"""The one exception that stands for a person's mistake or a bad file, told in one line without a traceback."""


class BadInput(Exception):
    """What was given cannot be used. The message names the key or file, what was found and what was expected."""

"""The one exception for a user's mistake or a bad file, reported in one line without a traceback."""


class BadInput(Exception):
    """What was given cannot be used. The message names the key or file, what was found and what was expected."""


def brief(error: Exception, width: int = 200) -> str:
    """What a library's error says, in one line of at most `width` characters: it may quote the damaged file."""
    line = " ".join("".join(character if character.isprintable() else " " for character in str(error)).split())
    return line if len(line) <= width else f"{line[: width - 1]}…"

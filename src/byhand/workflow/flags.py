"""The command line that gives a step its values from the configuration."""

from collections.abc import Mapping
from typing import Any


def flags(values: Mapping[str, Any], *names: str) -> list[str]:
    """The command line that gives a step the values of a section of the configuration, or of `names` in it.

    Lists become several values and mappings `name=value` pairs, as `parser` takes them.
    """
    words: list[str] = []
    for name in names or values:
        value = values[name]
        words.append("--" + name.replace("_", "-"))
        if isinstance(value, Mapping):
            words += [f"{key}={item}" for key, item in value.items()]
        elif isinstance(value, list | tuple):
            words += map(str, value)
        else:
            words.append(str(value))
    return words

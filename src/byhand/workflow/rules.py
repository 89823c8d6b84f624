"""What rules are made of: the parameters of a step, and the command line that its files and values make."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from byhand.workflow.fingerprint import code


def step(name: str, *sections: Mapping[str, Any], arguments: Iterable[str] = ()) -> dict[str, Any]:
    """The parameters of a rule that runs `byhand.<name>` with the values of these sections of the configuration."""
    values = {key: value for section in sections for key, value in section.items()}
    return {"step": f"byhand.{name}", "code": code(f"byhand.{name}"), "settings": [*flags(values), *arguments]}


def at_most(mem_mb: int = 1500, runtime: int = 30) -> dict[str, Callable[..., int]]:
    """Resources: memory in MB and time in minutes at the first attempt, twice as much at the second, and so on.

    A job that was ended because it took too much may need more on a larger configuration, and would end in the same way
    if it were tried again with the same limit.
    """
    return {
        "mem_mb": lambda wildcards, attempt: mem_mb * attempt,
        "runtime": lambda wildcards, attempt: runtime * attempt,
    }


def files(wildcards: Any, input: Any, output: Any) -> list[str]:
    """The wildcards and the named files of a rule as flags; provenance is written beside each output without one."""
    named = {**dict(wildcards.items()), **dict(input.items()), **dict(output.items())}
    return flags({name: value for name, value in named.items() if name != "provenance"})


def recorded(**outputs: str) -> dict[str, Any]:
    """Outputs, and the provenance that is written beside each."""
    return {**outputs, "provenance": [str(Path(path).with_suffix(".json")) for path in outputs.values()]}


def flags(values: Mapping[str, Any]) -> list[str]:
    """Values as a step's flags: lists as several values, mappings as `name=value` pairs."""
    words: list[str] = []
    for name, value in values.items():
        words.append("--" + name.replace("_", "-"))
        if isinstance(value, Mapping):
            words += [f"{key}={item}" for key, item in value.items()]
        elif isinstance(value, str) or not hasattr(value, "__iter__"):
            words.append(str(value))
        else:
            words += map(str, value)
    return words

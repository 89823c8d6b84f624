"""Check the configuration files that Snakemake's arguments name, which it would read before the workflow can."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from byhand.workflow import configuration, yaml_files


def named(arguments: Sequence[str]) -> Iterator[Path]:
    """The files after `--configfile` or `--configfiles`, up to the next option."""
    inside = False
    for word in arguments:
        option, equals, value = word.partition("=")
        if word.startswith("-"):
            inside = option in ("--configfile", "--configfiles")
            if inside and equals:
                yield Path(value)
        elif inside:
            yield Path(word)


if __name__ == "__main__":
    for path in named(sys.argv[1:]):
        configuration.or_exit(yaml_files.check_file, path)

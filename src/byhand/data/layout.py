"""Where the libraries keep their caches; imported while Snakemake reads the rules, so it imports nothing heavy."""

import os
from collections.abc import Iterable
from pathlib import Path

from byhand.step.files import sha256

NAMES = {
    # each file packed or unpacked; the packed one goes first, because torchvision has its checksum
    "mnist": [
        f"{name}{ending}"
        for name in (
            "train-images-idx3-ubyte",
            "train-labels-idx1-ubyte",
            "t10k-images-idx3-ubyte",
            "t10k-labels-idx1-ubyte",
        )
        for ending in (".gz", "")
    ],
    "california_housing": ["cal_housing_py3.pkz"],
}
"""The files that each source is read from."""

TITLES = {
    "mnist": "MNIST",
    "california_housing": "California Housing",
    "digits": "scikit-learn's bundled digits",
    "diabetes": "scikit-learn's bundled diabetes data",
}
"""What the page and the figures call each source."""

FOLDERS = {"mnist": ("MNIST/raw", "raw", "."), "california_housing": (".", "scikit_learn_data")}
"""Where in a cache they may be; the library itself looks in the first folder."""


def existing(source: str, home: Path) -> list[Path]:
    """The paths in the cache `home` with the names that `source` is read from, relative to `home`.

    Whatever they are: a folder or an unreadable file counts as well, so that it can be refused by name.
    """
    places = ([Path(folder, name) for folder in FOLDERS[source]] for name in NAMES.get(source, ()))
    return [path for paths in places for path in paths if _is_there(home / path)]


def missing(sources: Iterable[str], home: str) -> list[str]:
    """One line for each source for which the cache `home` holds nothing."""
    return [
        f"{home}: holds no {source.replace('_', ' ')}, expected {NAMES[source][0]} in it or in its folder"
        f" {' or '.join(folder for folder in FOLDERS[source] if folder != '.')}"
        for source in sources
        if home and source in NAMES and not existing(source, Path(home))
    ]


def cached(sources: Iterable[str], home: str) -> list[str]:
    """The files that any of `sources` would be read from in the cache `home`; none where `home` is empty."""
    paths = [os.path.join(home, path) for source in sources for path in existing(source, Path(home))] if home else []
    return [path for path in paths if os.path.isfile(path) and os.access(path, os.R_OK)]


def checksums(paths: Iterable[str | Path]) -> dict[str, str]:
    """The SHA-256 of each file by its name; of the packed one alone where a file is there packed and unpacked."""
    named = {Path(path).name: Path(path) for path in paths}
    return {name: sha256(path) for name, path in sorted(named.items()) if f"{name}.gz" not in named}


def _is_there(path: Path) -> bool:
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:  # in a folder that may not be entered, say
        return True
    return True

"""Where the libraries keep their caches; imported while Snakemake reads the rules, so nothing heavy is here."""

from collections.abc import Iterable
from pathlib import Path

MNIST = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")

CACHES = {
    # each file packed or unpacked; the packed one goes first, for it has torchvision's own checksum
    "mnist": [[Path("MNIST/raw", f"{name}.gz"), Path("MNIST/raw", name)] for name in MNIST],
    "california_housing": [[Path("cal_housing_py3.pkz")]],
}


def existing(source: str, home: Path) -> list[Path]:
    """The files in the cache `home` that `source` is read from, relative to it; none for a bundled source."""
    return [
        found[0]
        for alternatives in CACHES.get(source, [])
        if (found := [path for path in alternatives if (home / path).exists()])
    ]


def cached(sources: Iterable[str], home: str) -> list[str]:
    """The files that any of `sources` would be read from in the cache `home`; none where `home` is empty."""
    return [str(Path(home, path)) for source in sources for path in existing(source, Path(home))] if home else []

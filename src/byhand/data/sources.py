"""The four sources, each read by its library's own code and converted to the same arrays.

Each attempt runs in a separate process, because neither torchvision nor scikit-learn limits its own time:

    python -m byhand.data.sources mnist FOLDER --stall-seconds 15 --mirrors https://…/
"""

import argparse
import hashlib
import socket
import sys
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

Arrays = dict[str, np.ndarray]

ARRAYS = "arrays.npz"
"""The file to which an attempt writes its arrays, in its folder."""

PERMANENT_FAILURE = 3
"""Exit status of an attempt that is pointless to repeat: a package is missing."""


def mnist(folder: Path, mirrors: Sequence[str]) -> Arrays:
    """MNIST (LeCun et al. 1998), fetched by torchvision into `folder`; pixels 0 … 255.

    Raises:
        RuntimeError: a file was unavailable or is not the right one.
    """
    from torchvision.datasets import MNIST  # noqa: PLC0415  loading torch takes seconds; other sources do without

    MNIST.mirrors = list(mirrors) or [url for url in MNIST.mirrors if url.startswith("https:")]
    try:
        parts = {"train": MNIST(folder, train=True, download=True), "test": MNIST(folder, train=False)}
    except RuntimeError as error:
        raise RuntimeError("; ".join([*_wrong_archives(folder, MNIST.resources), str(error)])) from error
    return {
        f"{name}_{what}": tensor.numpy()
        for name, part in parts.items()
        for what, tensor in (("images", part.data), ("labels", part.targets.byte()))
    }


def _wrong_archives(folder: Path, resources: Sequence[tuple[str, str]]) -> list[str]:
    """What torchvision calls "not found or corrupted", by name and checksum."""
    files = [(folder / "MNIST" / "raw" / name, expected) for name, expected in resources]
    present = [(path, path.read_bytes(), expected) for path, expected in files if path.exists()]
    sums = [(path, hashlib.md5(content).hexdigest(), expected) for path, content, expected in present]  # noqa: S324
    return [f"{path.name}: expected MD5 {expected}, found {md5}" for path, md5, expected in sums if md5 != expected]


def california_housing(folder: Path, mirrors: Sequence[str]) -> Arrays:
    """California Housing (Pace and Barry 1997), fetched by scikit-learn into `folder`; target in units of $100,000.

    Raises:
        OSError: it was unavailable or is not the right file.
    """
    from sklearn.datasets import _california_housing, fetch_california_housing  # noqa: PLC0415

    archive = _california_housing.ARCHIVE
    errors: list[str] = []
    for url in [f"{mirror}{archive.filename}" for mirror in mirrors] or [archive.url]:
        _california_housing.ARCHIVE = archive._replace(url=url)
        try:
            # One retry is the least that it allows; the pause between attempts is ours.
            with warnings.catch_warnings(action="ignore"):  # … and its warning about that retry would bury the reason
                bunch = fetch_california_housing(data_home=folder, n_retries=1, delay=0.01)
        except OSError as error:
            errors.append(f"{url}: {error}")
        else:
            return {"features": bunch.data, "target": bunch.target, "feature_names": np.array(bunch.feature_names)}
    raise OSError("; ".join(errors))


def digits(_folder: Path, _mirrors: Sequence[str]) -> Arrays:
    """The 1,797 digits that ship inside scikit-learn, converted to MNIST's shape; a fifth of each is for testing."""
    from sklearn.datasets import load_digits  # noqa: PLC0415
    from sklearn.model_selection import train_test_split  # noqa: PLC0415

    images, labels = load_digits(return_X_y=True)
    parts = train_test_split(
        to_28x28(images.reshape(-1, 8, 8)), labels.astype(np.uint8), test_size=0.2, random_state=0, stratify=labels
    )
    return dict(zip(("train_images", "test_images", "train_labels", "test_labels"), parts, strict=True))


def to_28x28(images: np.ndarray) -> np.ndarray:
    """Digits (n, 8, 8) with values 0 … 16 as (n, 28, 28) with 0 … 255: each pixel 3 × 3, then a margin of 2."""
    enlarged = np.kron(images, np.ones((1, 3, 3)))  # (n, 24, 24)
    return np.pad(np.rint(enlarged * (255 / 16)), ((0, 0), (2, 2), (2, 2))).astype(np.uint8)


def diabetes(_folder: Path, _mirrors: Sequence[str]) -> Arrays:
    """The 442 patients in scikit-learn (Efron et al. 2004), the target standardised to mean 0 and variance 1."""
    from sklearn.datasets import load_diabetes  # noqa: PLC0415

    bunch = load_diabetes()
    target = (bunch.target - bunch.target.mean()) / bunch.target.std()
    return {"features": bunch.data, "target": target, "feature_names": np.array(bunch.feature_names)}


@dataclass(frozen=True)
class Source:
    """How a source is read into arrays, and whether it ships inside a library."""

    read: Callable[[Path, Sequence[str]], Arrays]
    bundled: bool


SOURCES: Mapping[str, Source] = {
    "mnist": Source(mnist, bundled=False),
    "digits": Source(digits, bundled=True),
    "california_housing": Source(california_housing, bundled=False),
    "diabetes": Source(diabetes, bundled=True),
}


def main() -> None:
    """One attempt: read a source and write its arrays to the folder, or print one line that says why not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", choices=SOURCES)
    parser.add_argument(
        "folder", type=Path, help="laid out like the library's cache; what is missing is downloaded into it"
    )
    parser.add_argument(
        "--stall-seconds", type=float, default=15, help="give up on a server that is silent for this long"
    )
    parser.add_argument("--mirrors", nargs="*", default=[], help="base URLs to use in place of the library's")
    arguments = parser.parse_args()
    socket.setdefaulttimeout(arguments.stall_seconds)
    try:
        arrays = SOURCES[arguments.source].read(arguments.folder, arguments.mirrors)
    except ImportError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(PERMANENT_FAILURE)
    except Exception as error:
        sys.exit(" ".join(f"{type(error).__name__}: {error}".split()))
    np.savez(arguments.folder / ARRAYS, allow_pickle=False, **arrays)


if __name__ == "__main__":
    main()

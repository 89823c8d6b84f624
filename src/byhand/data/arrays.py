"""The data sets, read from what the data step has written."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from byhand.errors import BadInput, brief


@dataclass(frozen=True)
class Housing:
    """Features (rows, features) and target (rows,), and which data set they are."""

    features: np.ndarray
    target: np.ndarray
    name: str
    fallback_for: str

    @property
    def columns(self) -> dict[str, str]:
        """The columns by which a table names its data."""
        return {"dataset": self.name, "fallback_for": self.fallback_for}


@dataclass(frozen=True)
class Images:
    """Images (count, 28, 28) and labels (count) as bytes, for training and for testing, and which data set they are."""

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray
    name: str
    fallback_for: str

    @property
    def columns(self) -> dict[str, str]:
        """The columns by which a table names its data."""
        return {"dataset": self.name, "fallback_for": self.fallback_for}


def load_images(path: Path) -> Images:
    """Read `results/data/images.npz`.

    Raises:
        BadInput: it is not there or not such a file.
    """
    names = ("train_images", "train_labels", "test_images", "test_labels")
    with _opened(path, "an image data file") as arrays:
        return Images(
            **{name: arrays[name] for name in names},
            name=str(arrays["dataset"]),
            fallback_for=str(arrays["fallback_for"]),
        )


def load_housing(path: Path) -> Housing:
    """Read `results/data/housing.npz`.

    Raises:
        BadInput: it is not there or not such a file.
    """
    with _opened(path, "a housing data file") as arrays:
        return Housing(arrays["features"], arrays["target"], str(arrays["dataset"]), str(arrays["fallback_for"]))


@contextmanager
def _opened(path: Path, kind: str) -> Iterator[Any]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            yield arrays
    except FileNotFoundError as error:
        raise BadInput(f"{path}: no such file") from error
    except Exception as error:  # of a dozen kinds: zipfile's and NumPy's, by what is damaged
        raise BadInput(
            f"{path}: is not {kind} ({brief(error)}); expected the output of byhand.data.steps.download"
        ) from error

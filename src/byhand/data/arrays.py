"""The data sets, read from what the data step has written."""

from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeVar

import numpy as np

from byhand.errors import BadInput, brief


@dataclass(frozen=True, kw_only=True)
class DataSet:
    """Which data set it is, and which one was wanted if this one is a substitute."""

    name: str
    fallback_for: str

    @property
    def columns(self) -> dict[str, str]:
        """The columns that identify a table's data."""
        return {"dataset": self.name, "fallback_for": self.fallback_for}


@dataclass(frozen=True, kw_only=True)
class Housing(DataSet):
    """Features (rows, features) and target (rows,)."""

    features: np.ndarray
    target: np.ndarray


@dataclass(frozen=True, kw_only=True)
class Images(DataSet):
    """Images (count, 28, 28) and labels (count) as bytes, for training and for testing."""

    train_images: np.ndarray
    train_labels: np.ndarray
    test_images: np.ndarray
    test_labels: np.ndarray

    @property
    def pixels(self) -> int:
        """How many pixels an image has."""
        return int(self.train_images[0].size)

    @property
    def classes(self) -> int:
        """How many classes there are, if they are numbered from 0."""
        return int(self.train_labels.max()) + 1


Kind = TypeVar("Kind", bound=DataSet)


def load_images(path: Path) -> Images:
    """Read `results/data/images.npz`.

    Raises:
        BadInput: it is missing, or is not such a file.
    """
    return _loaded(Images, path, "an image data file")


def load_housing(path: Path) -> Housing:
    """Read `results/data/housing.npz`.

    Raises:
        BadInput: it is missing, or is not such a file.
    """
    return _loaded(Housing, path, "a housing data file")


def _loaded(kind: type[Kind], path: Path, words: str) -> Kind:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            values = {
                field.name: arrays[field.name] for field in fields(kind) if field.name not in DataSet.__annotations__
            }
            return kind(**values, name=str(arrays["dataset"]), fallback_for=str(arrays["fallback_for"]))
    except FileNotFoundError as error:
        raise BadInput(f"{path}: no such file") from error
    except Exception as error:  # any of a dozen types from zipfile and NumPy, depending on the damage
        raise BadInput(
            f"{path}: is not {words} ({brief(error)}); expected the output of byhand.data.steps.download"
        ) from error

"""The data sets as the data step left them, for every room that stands on them."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from byhand.errors import BadInput


@dataclass(frozen=True)
class Housing:
    """Features (rows, features) and target (rows,), and which data set they are."""

    features: np.ndarray
    target: np.ndarray
    name: str
    fallback_for: str

    @property
    def columns(self) -> dict[str, str]:
        """What every table that stands on this data says of it."""
        return {"dataset": self.name, "fallback_for": self.fallback_for}


def load_housing(path: Path) -> Housing:
    """Read `results/data/housing.npz`.

    Raises:
        BadInput: it is not there or not such a file.
    """
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return Housing(arrays["features"], arrays["target"], str(arrays["dataset"]), str(arrays["fallback_for"]))
    except FileNotFoundError as error:
        raise BadInput(f"{path}: no such file") from error
    except (OSError, ValueError, KeyError) as error:
        raise BadInput(
            f"{path}: is not a housing data file ({error}); expected the output of byhand.data.download"
        ) from error

"""Tables as CSV: tidy, one observation per row, every float written so that it reads back as the same number."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from byhand.errors import BadInput, brief
from byhand.step import files


def write(table: pd.DataFrame, path: Path) -> None:
    """Write `table` to `path`, whole or not at all; floats in the shortest form that is exact."""
    with files.atomic_write(path) as temporary:
        table.to_csv(temporary, index=False, lineterminator="\n")


def read(path: Path, columns: Iterable[str]) -> pd.DataFrame:
    """The table at `path`.

    Raises:
        BadInput: it is not there, is not a table, or lacks one of `columns`.
    """
    try:
        table = pd.read_csv(path, keep_default_na=False, na_values=[""])
    except FileNotFoundError as error:
        raise BadInput(f"{path}: no such file") from error
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise BadInput(f"{path}: is not a CSV table ({brief(error)})") from error
    if missing := [column for column in columns if column not in table]:
        raise BadInput(f"{path}: lacks the column {missing[0]}; it has {', '.join(table.columns)}")
    if "fallback_for" in table:  # empty: the data set is the wanted one
        table["fallback_for"] = table["fallback_for"].astype(object).fillna("").astype(str)
    return table

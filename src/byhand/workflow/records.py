"""Snakemake's records of what made each result, kept in `results` itself, so that they travel together.

Snakemake knows that a result is stale by comparing it with its records in `.snakemake/metadata`. These stay
behind when a folder of results is moved to a fresh clone, which then could not tell stale from current. So that
folder is a link to `results/.snakemake`. (Its database backend would not help: it files records under the absolute
path of the working directory.)
"""

import contextlib
import os
from pathlib import Path


def keep_with_results(directory: Path) -> None:
    """Make `.snakemake/metadata` in `directory` a link to `results/.snakemake`, unless there are records already."""
    records = directory / "results" / ".snakemake"
    link = directory / ".snakemake" / "metadata"
    with contextlib.suppress(OSError):  # another process did it; nothing may be written; there are records already
        records.mkdir(parents=True, exist_ok=True)
        # Without this folder, Snakemake takes the records for those of an old version.
        (directory / ".snakemake" / "incomplete").mkdir(parents=True, exist_ok=True)
        if link.is_dir() and not link.is_symlink():
            link.rmdir()
        if not link.exists():
            link.unlink(missing_ok=True)
            link.symlink_to(os.path.relpath(records.resolve(), link.parent.resolve()), target_is_directory=True)

"""Get one data set from the first source that is available, and say so if it is not the preferred one.

A source's files are looked for in `--home` (read, never written) and in `--keep`, where downloads are kept. Each
attempt to download runs in a separate process with a time limit; failures are reported with their reasons.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from byhand import step
from byhand.data import cache, layout
from byhand.data.settings import Download
from byhand.data.sources import ARRAYS, PERMANENT_FAILURE, SOURCES, Arrays
from byhand.errors import BadInput
from byhand.step import provenance
from byhand.step.files import atomic_write, sha256


class Unavailable(Exception):
    """A source is unavailable; the arguments are lines that say why: files that were refused, then the last attempt."""


class Failed(Exception):
    """One attempt to get a source failed; the message says why in one line."""

    def __init__(self, reason: str, in_vain: bool = False) -> None:
        super().__init__(reason)
        self.in_vain = in_vain
        """Whether another attempt would fail too."""


@dataclass(frozen=True)
class Loaded:
    """The arrays of a source, and the files that they were read from."""

    arrays: Arrays
    files: list[Path]


def get(source: str, homes: Sequence[Path], keep: Path, mirrors: Sequence[str], settings: Download) -> Loaded:
    """One source, from the caches or by download.

    Raises:
        Unavailable: every attempt failed.
    """
    if SOURCES[source].bundled:
        return Loaded(SOURCES[source].read(Path(), ()), [])
    with TemporaryDirectory(prefix="byhand-") as name:
        folder = Path(name)
        used, refusals = [], []
        for home in homes:
            good, bad = cache.copied(source, home, folder)
            used += good
            refusals += bad
        for refusal in refusals:
            tell(f"refused, and not used: {refusal}")
        if not cache.complete(source, folder):
            tell(f"{source}: downloading …")
        cached = set(folder.rglob("*"))
        command = [sys.executable, "-m", "byhand.data.sources", source, name]
        command += ["--stall-seconds", str(settings.stall_seconds), "--mirrors", *mirrors]
        for attempt in range(settings.attempts):
            try:
                run(command, settings.attempt_seconds)
                downloaded = checked(source, set(folder.rglob("*")) - cached)
            except Failed as failed:
                reason = failed
            else:
                try:
                    used += cache.keep(downloaded, folder, keep)
                except BadInput as error:
                    tell(f"{source}: used, but not kept: {error}")
                with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
                    return Loaded(dict(arrays), used)
            tell(f"{source}: attempt {attempt + 1} of {settings.attempts} failed: {reason}")
            if reason.in_vain:
                break
            remove_unfinished(set(folder.rglob("*")) - cached)
            if attempt + 1 < settings.attempts:
                time.sleep(settings.pause_seconds * 2**attempt)
    raise Unavailable(*refusals, str(reason))


def before(arrays: Path, source: str) -> step.Facts:
    """The record of the arrays that are there, if they are of this source and as they were made; else None."""
    try:
        record = provenance.read(arrays.with_suffix(".json"))
        as_made = record["outputs"][str(arrays)] == sha256(arrays)
        facts = {key: record[key] for key in ("dataset", "fallback_for", "cached")}
    except (BadInput, OSError, KeyError):
        return None
    return {"inputs": [], **facts} if as_made and record["dataset"] == source else None


def run(command: Sequence[str], seconds: float) -> None:
    """Run one attempt.

    Raises:
        Failed: the attempt failed, or did not finish in this many seconds.
    """
    try:
        done = subprocess.run(
            command, timeout=seconds, stderr=subprocess.PIPE, text=True, errors="replace", check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Failed(f"not done after {seconds:g} seconds") from error
    if done.returncode < 0:
        raise Failed(f"ended by signal {-done.returncode}")
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"ended with status {done.returncode}"]
        raise Failed(said[-1], in_vain=done.returncode == PERMANENT_FAILURE)


def checked(source: str, new_files: Iterable[Path]) -> list[Path]:
    """The cache files among those that an attempt made, verified by the same checksums as any cache.

    Raises:
        Failed: one is not what it should be.
    """
    downloaded = sorted(path for path in new_files if path.suffix in (".gz", ".pkz"))
    for path in downloaded:
        try:
            cache.check(source, path)
        except cache.Refused as refused:
            raise Failed(f"downloaded and refused: {refused}") from refused
    return downloaded


def remove_unfinished(new_files: Iterable[Path]) -> None:
    """Remove files that an interrupted attempt may have left incomplete; archives stay: the libraries verify them."""
    for path in new_files:
        if path.is_file() and path.suffix not in (".gz", ".tgz"):
            path.unlink()


def tell(line: str) -> None:
    """Print a line for the person at the terminal."""
    print(line, file=sys.stderr, flush=True)


def main(files: step.Files, settings: Download) -> step.Facts:
    """Write the arrays and their provenance."""
    homes = [*([files.home] if files.home else []), files.keep]
    mirrors = {"mnist": files.mnist_mirrors, "california_housing": files.california_housing_mirrors}
    wanted, reasons = files.sources[0], []
    refusals: list[str] = []
    for source in files.sources:
        try:
            loaded = get(source, homes, files.keep, mirrors.get(source, ()), settings)
            break
        except (Unavailable, OSError) as error:  # OSError: no space for temporary files
            if (made_before := before(files.arrays, source)) is not None:
                tell(f"{source}: is unavailable, and kept as it was made before")
                return {**made_before, "refusals": refusals}
            lines = [str(line) for line in error.args] if isinstance(error, Unavailable) else [str(error)]
            reasons.append(f"{source}: {lines[-1]}")
            refusals += [f"{source}: {line}" for line in lines]
    else:
        raise BadInput(f"no data: {'; '.join(reasons)}")
    fallback_for = wanted if source != wanted else ""
    if fallback_for:
        tell(f"BUNDLED DATA: {source}, which ships inside scikit-learn, is used in place of {wanted}")
    with atomic_write(files.arrays) as temporary:
        names = {"dataset": np.array(source), "fallback_for": np.array(fallback_for)}
        np.savez_compressed(temporary, allow_pickle=False, **names, **loaded.arrays)
    return {
        "inputs": loaded.files,
        "cached": layout.checksums(path for path in loaded.files if files.home in path.parents),
        "dataset": source,
        "fallback_for": fallback_for,
        "refusals": refusals,
    }


def add_places(parser: argparse.ArgumentParser) -> None:
    """The flags that say where the data come from."""
    parser.add_argument("--sources", choices=SOURCES, nargs="+", required=True, help="in order of preference")
    parser.add_argument("--home", type=Path, help="folder with the libraries' caches, never written to")
    parser.add_argument("--keep", type=Path, default=Path("data"), help="where downloads are kept (default: data)")
    for source, unit in {"mnist": "the four archives", "california_housing": "cal_housing.tgz"}.items():
        parser.add_argument(
            f"--{source.replace('_', '-')}-mirrors", nargs="+", default=[], metavar="URL", help=f"servers for {unit}"
        )


if __name__ == "__main__":
    step.run(main, outputs={"arrays": "the arrays to write (.npz)"}, extra=add_places)

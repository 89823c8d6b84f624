"""Get one data set from the first source that can be had, and say so loudly where that is not the wanted one.

A source's files are looked for in `--home` (read, never written) and in `--keep`, where downloads are kept. Each
attempt to download runs as a process of its own that is ended after a time; failures are told with their reason.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from byhand import files, step
from byhand.data import cache
from byhand.data.sources import ARRAYS, SOURCES, Arrays
from byhand.errors import BadInput


@dataclass(frozen=True)
class Settings:
    """The section `data: download:` of the configuration."""

    attempts: int
    attempt_seconds: float
    stall_seconds: float
    pause_seconds: float


class NotHad(Exception):
    """A source cannot be had; the message says why."""


def get(source: str, homes: Sequence[Path], keep: Path, mirrors: Sequence[str], settings: Settings) -> Arrays:
    """The arrays of one source, from the caches or by download.

    Raises:
        NotHad: every attempt failed; the last one's reason.
    """
    if SOURCES[source].bundled:
        return SOURCES[source].read(Path(), ())
    with TemporaryDirectory(prefix="byhand-") as name:
        folder = Path(name)
        for home in homes:
            for refusal in cache.verified(source, home, folder):
                tell(f"refused, and not used: {refusal}")
        found = set(folder.rglob("*"))
        command = [sys.executable, "-m", "byhand.data.sources", source, name]
        command += ["--stall-seconds", str(settings.stall_seconds), "--mirrors", *mirrors]
        for attempt in range(settings.attempts):
            reason = attempted(command, settings.attempt_seconds)
            if reason is None:
                try:
                    kept = {*folder.rglob("*.gz"), *folder.rglob("*.pkz")} - found
                    cache.keep(kept, folder, keep)
                except BadInput as error:
                    tell(f"{source}: used, but not kept: {error}")
                with np.load(folder / ARRAYS, allow_pickle=False) as arrays:
                    return dict(arrays)
            tell(f"{source}: attempt {attempt + 1} of {settings.attempts} failed: {reason}")
            if attempt + 1 < settings.attempts:
                time.sleep(settings.pause_seconds * 2**attempt)
    raise NotHad(reason)


def attempted(command: Sequence[str], seconds: float) -> str | None:
    """Run one attempt; None if it succeeded, else the reason in one line."""
    try:
        done = subprocess.run(command, timeout=seconds, stderr=subprocess.PIPE, text=True, check=False)
    except subprocess.TimeoutExpired:
        return f"not done after {seconds:g} seconds"
    if done.returncode == 0:
        return None
    return (done.stderr.strip().splitlines() or [f"ended with status {done.returncode}"])[-1]


def tell(line: str) -> None:
    """Say something to the person at the terminal."""
    print(line, file=sys.stderr, flush=True)


def main(arguments: argparse.Namespace) -> None:
    """Write the arrays and their provenance."""
    settings = step.settings(arguments, Settings)
    homes = [*([arguments.home] if arguments.home else []), arguments.keep]
    mirrors = {"mnist": arguments.mnist_mirrors, "california_housing": arguments.california_housing_mirrors}
    wanted, refusals = arguments.sources[0], []
    for source in arguments.sources:
        try:
            arrays = get(source, homes, arguments.keep, mirrors.get(source, ()), settings)
            break
        except NotHad as reason:
            refusals.append(f"{source}: {reason}")
    else:
        raise BadInput(f"no data: {'; '.join(refusals)}")
    fallback_for = wanted if source != wanted else ""
    if fallback_for:
        tell(f"FALLBACK: {source}, which ships inside scikit-learn, is used in place of {wanted}")
    with files.replaced(arguments.output) as temporary:
        np.savez_compressed(
            temporary, allow_pickle=False, dataset=np.array(source), fallback_for=np.array(fallback_for), **arrays
        )
    step.finish(arguments, [arguments.output], dataset=source, fallback_for=fallback_for, refusals=refusals)


if __name__ == "__main__":
    parser = step.parser(__doc__, Settings)
    parser.add_argument("--sources", choices=SOURCES, nargs="+", required=True, help="in order of preference")
    parser.add_argument("--home", type=Path, help="folder with the libraries' caches, which is only read")
    parser.add_argument("--keep", type=Path, default=Path("data"), help="where downloads are kept (default: data)")
    for source, unit in {"mnist": "the four archives", "california_housing": "cal_housing.tgz"}.items():
        parser.add_argument(
            f"--{source.replace('_', '-')}-mirrors", nargs="+", default=[], metavar="URL", help=f"servers of {unit}"
        )
    parser.add_argument("--output", type=Path, required=True, help="the arrays to write (.npz)")
    step.run(main, parser)

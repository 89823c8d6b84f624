"""Files that are complete or absent: everything is written to a temporary file in the same folder and then renamed."""

import contextlib
import fcntl
import glob
import hashlib
import os
import secrets
import tempfile
from collections.abc import Iterator
from pathlib import Path

from byhand.errors import BadInput


@contextlib.contextmanager
def atomic_write(path: Path) -> Iterator[Path]:
    """Yield a temporary path in the folder of `path`; rename it to `path` if the block succeeds, else remove it.

    The temporary name keeps the suffix, because writers such as `numpy.savez` and matplotlib depend on it. The
    writer holds a lock on it, so that the next writer of `path` can recognise and remove what a killed process left.

    Raises:
        BadInput: the folder cannot be written to, or the disk is full.
    """
    temporary = path.with_name(f".{path.stem}.{secrets.token_hex(8)}{path.suffix}")  # known before it is made, so
    handle = None  # that no interrupt, however early, leaves it behind
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(path)
        handle = _locked(temporary)
        yield temporary
        with temporary.open("rb+") as written:
            os.fsync(written.fileno())
        temporary.replace(path)
    except OSError as error:
        raise BadInput(f"{path}: cannot be written ({error.strerror or error})") from error
    finally:
        with contextlib.suppress(OSError):  # it was never made, or was renamed
            temporary.unlink()
        if handle is not None:
            os.close(handle)


@contextlib.contextmanager
def turn(alone: bool) -> Iterator[None]:
    """Compute alongside the other steps of this run on this machine, or `alone`, after waiting until they have ended.

    The steps share a lock on a file for the working folder; a step that computes alone holds it exclusively.
    """
    folder = hashlib.sha256(os.fsencode(Path.cwd())).hexdigest()[:16]
    try:
        handle = os.open(Path(tempfile.gettempdir(), f"byhand-{os.getuid()}-{folder}"), os.O_CREAT | os.O_RDWR, 0o600)
    except OSError:  # nowhere to write to
        yield
        return
    try:
        with contextlib.suppress(OSError):  # a file system without locks
            fcntl.flock(handle, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path` as UTF-8 with Unix line endings, completely or not at all."""
    with atomic_write(path) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def sha256(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _locked(path: Path) -> int:
    """A new file, locked."""
    while True:
        handle = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o666)
        with contextlib.suppress(OSError):  # a file system without locks: nothing is ever taken for abandoned there
            fcntl.flock(handle, fcntl.LOCK_EX)
        if path.exists():
            return handle
        os.close(handle)  # another process removed it before it was locked


def _remove_abandoned(path: Path) -> None:
    for left in path.parent.glob(f".{glob.escape(path.stem)}.*{glob.escape(path.suffix)}"):
        with contextlib.suppress(OSError), left.open("rb+") as file:  # NFS locks only what may be written
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()

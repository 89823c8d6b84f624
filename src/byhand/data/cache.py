"""Files that a library has cached, used only if they are what they should be.

MNIST's archives are checked against torchvision's own MD5 sums. California Housing is cached by scikit-learn
as a pickle, which could run code when it is loaded and whose bytes differ between versions of zlib: it is read here
by an unpickler that calls nothing the file names, its numbers are checked by SHA-256, and what scikit-learn
then loads is a new file written from them.
"""

import gzip
import hashlib
import io
import math
import shutil
import stat
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import ClassVar

import joblib
import numpy as np
from joblib import numpy_pickle

from byhand.data.layout import FOLDERS, NAMES, existing
from byhand.step.files import atomic_write

HOUSING_SHA256 = "898f39f9b96274ded9a9f5a3b1b9f1dc032ab86955ac0f86b1c17330ba30cb25"
"""SHA-256 of California Housing's 20,640 × 9 numbers as scikit-learn caches them: little-endian float64 by rows."""

PACKED_MD5 = {
    "train-images-idx3-ubyte.gz": "f68b3c2dcbeaaa9fbdd348bbdeb94873",
    "train-labels-idx1-ubyte.gz": "d53e105ee54ea40749a09fcbcd1e9432",
    "t10k-images-idx3-ubyte.gz": "9fb629c4189551a2d022fa330f9573f3",
    "t10k-labels-idx1-ubyte.gz": "ec29112dd5afa0611ce80d1b7f02629c",
}
"""Checksums of MNIST's archives, torchvision's own (`MNIST.resources`); copied, because importing it takes seconds."""

UNPACKED_SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""Checksums of MNIST's uncompressed files: what the archives with torchvision's MD5 sums unpack to."""

_HOUSING_SHAPE = (20_640, 9)

_LARGEST = 50_000_000
"""Bytes; the largest file of any cache, MNIST's unpacked training images, has 47,040,016."""


class Refused(Exception):
    """A cached file is not what it should be; the message says which file, what was found and what was expected."""


def copied(source: str, home: Path, folder: Path) -> tuple[list[Path], list[str]]:
    """Copy the valid files of `source` that `folder` lacks into it from the cache `home`, unpacked.

    Returns the files that were copied, and a line for each that was refused.
    """
    good, refusals = [], []
    for path in existing(source, home):
        target = folder / FOLDERS[source][0] / _unpacked(path).name
        if target.exists():
            continue
        try:
            content = check(source, home / path)
        except Refused as refused:
            refusals.append(str(refused))
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            good.append(home / path)
    return good, refusals


def complete(source: str, folder: Path) -> bool:
    """Whether `folder` holds every file that `source` is read from."""
    return all((folder / FOLDERS[source][0] / _unpacked(Path(name))).exists() for name in NAMES[source])


def _unpacked(path: Path) -> Path:
    return path.with_suffix("") if path.suffix == ".gz" else path


def check(source: str, path: Path) -> bytes:
    """What the library may read in place of the cached file at `path`: the same numbers, in bytes that are known.

    Raises:
        Refused: it is not the file that it should be.
    """
    content = _read(path)
    return check_mnist(path, content) if source == "mnist" else check_housing(path, content)


def _read(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # reading a pipe would block forever
            raise Refused(f"{path}: expected a file, found {'a folder' if path.is_dir() else 'a pipe or device'}")
        if status.st_size > _LARGEST:
            raise Refused(f"{path}: expected at most {_LARGEST:,} bytes, found {status.st_size:,}")
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path}: cannot be read ({error.strerror})") from error


def check_mnist(path: Path, content: bytes) -> bytes:
    """The unpacked bytes of one of MNIST's files, given its bytes in the cache.

    Raises:
        Refused: its checksum is wrong.
    """
    if path.suffix == ".gz":
        _hold(path, "MD5", PACKED_MD5[path.name], hashlib.md5(content, usedforsecurity=False).hexdigest())
        content = gzip.decompress(content)
    _hold(path, "SHA-256", UNPACKED_SHA256[path.name.removesuffix(".gz")], hashlib.sha256(content).hexdigest())
    return content


def check_housing(path: Path, content: bytes) -> bytes:
    """The numbers in scikit-learn's cache of California Housing, as a cache file that we have written.

    Raises:
        Refused: they are not the expected numbers.
    """
    numbers = _numbers(path, content)
    _hold(path, "SHA-256 of its numbers", HOUSING_SHA256, hashlib.sha256(numbers.tobytes(order="C")).hexdigest())
    written = io.BytesIO()
    joblib.dump(numbers, written)
    return written.getvalue()


def _hold(path: Path, kind: str, expected: str, found: str) -> None:
    if found != expected:
        raise Refused(f"{path}: expected {kind} {expected}, found {found}")


class _Named:
    """Replaces every class that a joblib file of one plain array names; takes any arguments and does nothing."""

    def __init__(self, *_: object) -> None: ...

    def __setstate__(self, _: object) -> None: ...


class _Wrapper(numpy_pickle.NumpyArrayWrapper):  # type: ignore[misc]
    """Reads the numbers that follow it in the file, in the one expected shape and type, whatever the file says."""

    def read(self, unpickler: "_Unpickler", *_: object) -> np.ndarray:
        file = unpickler.file_handle
        if self.safe_get_numpy_array_alignment_bytes() is not None:
            file.read(file.read(1)[0])  # joblib's padding: its length, then that many bytes
        numbers = np.frombuffer(file.read(8 * math.prod(_HOUSING_SHAPE)), dtype="<f8")
        return numbers.reshape(_HOUSING_SHAPE, order="F" if self.order == "F" else "C")


class _Unpickler(numpy_pickle.NumpyUnpickler):  # type: ignore[misc]
    known: ClassVar = {
        ("joblib.numpy_pickle", "NumpyArrayWrapper"): _Wrapper,
        ("numpy", "ndarray"): _Named,
        ("numpy", "dtype"): _Named,
    }

    def find_class(self, module: str, name: str) -> type:
        if (module, name) not in self.known:
            raise Refused(f"it names {module}.{name}")
        return self.known[module, name]


def _numbers(path: Path, content: bytes) -> np.ndarray:
    """The array (20640, 9) in a joblib file, read without running anything that the file names."""
    try:
        unpacker = zlib.decompressobj()
        unpacked = unpacker.decompress(content, 2_000_000)  # the real one unpacks to 1,486,321 bytes
        if not unpacker.eof:
            raise Refused("it is cut off, or unpacks to more than it should")
        numbers = _Unpickler(str(path), io.BytesIO(unpacked), ensure_native_byte_order=False).load()
        if not isinstance(numbers, np.ndarray):
            raise Refused(f"it holds {type(numbers).__name__}")
    except Exception as error:  # whatever a bad file makes the reader raise
        why = " ".join(str(error).split()) or type(error).__name__
        sha256 = hashlib.sha256(content).hexdigest()
        raise Refused(
            f"{path}: expected scikit-learn's cache of California Housing, found a file with SHA-256 {sha256} ({why})"
        ) from error
    return numbers


def keep(downloaded: Iterable[Path], folder: Path, home: Path) -> list[Path]:
    """Copy the files downloaded into `folder` to the cache `home`, replacing refused ones; return their new paths.

    Raises:
        BadInput: `home` cannot be written to.
    """
    kept = []
    for path in downloaded:
        kept.append(home / path.relative_to(folder))
        with atomic_write(kept[-1]) as temporary:
            shutil.copyfile(path, temporary)
    return kept

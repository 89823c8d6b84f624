"""Files that a library has cached, used only if they are what they should be.

MNIST's archives are held against the MD5 sums that torchvision carries. California Housing is cached by scikit-learn
as a pickle, which could run code when it is loaded and whose bytes differ between versions of zlib: it is read here
by an unpickler that calls nothing the file names, its numbers are held against their SHA-256, and what scikit-learn
then gets to load is written anew from them.
"""

import gzip
import hashlib
import io
import math
import shutil
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import ClassVar

import joblib
import numpy as np
from joblib import numpy_pickle

from byhand.data.layout import existing
from byhand.files import replaced

HOUSING_SHA256 = "898f39f9b96274ded9a9f5a3b1b9f1dc032ab86955ac0f86b1c17330ba30cb25"
"""Of the 20,640 × 9 numbers of California Housing as scikit-learn caches them, little-endian float64 by rows."""

UNPACKED_SHA256 = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}
"""Of MNIST's files without their compression: what the archives with torchvision's MD5 sums unpack to."""

_HOUSING_SHAPE = (20_640, 9)


class Refused(Exception):
    """A cached file that is not what it should be: which, what was found, what was expected."""


def verified(source: str, home: Path, folder: Path) -> Iterator[str]:
    """Copy the good files of `source` from the cache `home` into `folder`; yield a line for each that is refused."""
    check = check_mnist if source == "mnist" else check_housing
    for path in existing(source, home):
        try:
            content = check(home / path, _read(home / path))
        except Refused as refused:
            yield str(refused)
        else:
            target = folder / path.with_suffix("" if path.suffix == ".gz" else path.suffix)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Refused(f"{path}: cannot be read ({error.strerror})") from error


def check_mnist(path: Path, content: bytes) -> bytes:
    """The unpacked bytes of one of MNIST's files, given as it lies in the cache.

    Raises:
        Refused: it does not have its checksum.
    """
    from torchvision.datasets import MNIST  # noqa: PLC0415  takes seconds; only needed for archives that are there

    if path.suffix == ".gz":
        expected = dict(MNIST.resources)[path.name]
        _hold(path, "MD5", expected, hashlib.md5(content, usedforsecurity=False).hexdigest())
        content = gzip.decompress(content)
    _hold(path, "SHA-256", UNPACKED_SHA256[path.name.removesuffix(".gz")], hashlib.sha256(content).hexdigest())
    return content


def check_housing(path: Path, content: bytes) -> bytes:
    """The numbers in scikit-learn's cache of California Housing, as a cache of our own writing.

    Raises:
        Refused: they are not those numbers.
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
    """Stands for every class that a joblib file of one plain array names; takes any arguments and does nothing."""

    def __init__(self, *_: object) -> None: ...

    def __setstate__(self, _: object) -> None: ...


class _Wrapper(numpy_pickle.NumpyArrayWrapper):  # type: ignore[misc]
    """Reads the numbers that follow it in the file, of the one shape and kind that are expected, whatever it says."""

    def read(self, unpickler: "_Unpickler", *_: object) -> np.ndarray:
        file = unpickler.file_handle
        if self.safe_get_numpy_array_alignment_bytes() is not None:
            file.read(file.read(1)[0])  # joblib's padding: its length, and so many bytes
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


def keep(downloaded: Iterable[Path], folder: Path, home: Path) -> None:
    """Keep what was downloaded into `folder` in the cache `home`, in place of what was refused there.

    Raises:
        BadInput: `home` cannot be written to.
    """
    for path in downloaded:
        with replaced(home / path.relative_to(folder)) as temporary:
            shutil.copyfile(path, temporary)

"""What a person sees of a download: the wanted data, or one line that says why not, and then the next source."""

import gc
import json
import os
import pickle
import shutil
import socket
import subprocess
import sys
import time
import warnings
import zlib
from collections.abc import Callable
from pathlib import Path

import joblib
import numpy as np
import pytest
from torchvision.datasets import MNIST

from byhand.data import cache, sources
from byhand.data.steps.download import Failed, remove_unfinished, run
from tests.conftest import ROOT, Step
from tests.data.server import mirror, refusing

QUICK = ["--attempts", "2", "--attempt-seconds", "100", "--stall-seconds", "2", "--pause-seconds", "0"]
NOBODY = "http://127.0.0.1:9/"  # the discard port: nothing is fetched by accident
MIRRORS = ["--mnist-mirrors", NOBODY, "--california-housing-mirrors", NOBODY]

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def download(step: Step, tmp_path: Path) -> Run:
    """Run the download step for these sources into out.npz, in an empty folder."""

    def run(*sources: str, options: tuple[object, ...] = ()) -> subprocess.CompletedProcess[str]:
        return step(
            "data.steps.download",
            "--sources",
            *sources,
            *QUICK,
            *MIRRORS,
            *options,
            "--arrays",
            "out.npz",
            cwd=tmp_path,
        )

    return run


def arrays(folder: Path) -> dict[str, np.ndarray]:
    with np.load(folder / "out.npz", allow_pickle=False) as found:
        return dict(found)


def without_progress(stderr: str) -> list[str]:
    said = [line for line in stderr.splitlines() if "%|" not in line and line.strip()]
    return [line for line in said if not line.endswith(": downloading …")]


# --- the libraries' caches, in place -------------------------------------------------------------------------------


def test_mnist_is_read_from_a_cache_that_is_only_read(download: Run, real_data: Path, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in sorted(real_data.rglob("*"))}
    done = download("mnist", "digits", options=("--home", real_data))
    assert done.returncode == 0, done.stderr
    assert without_progress(done.stderr) == []
    found = arrays(tmp_path)
    assert found["train_images"].shape == (60_000, 28, 28)
    assert found["test_images"].shape == (10_000, 28, 28)
    assert (found["test_labels"] == 1).mean() == 0.1135
    assert (str(found["dataset"]), str(found["fallback_for"])) == ("mnist", "")
    assert {path: path.stat().st_mtime_ns for path in sorted(real_data.rglob("*"))} == before
    assert not (tmp_path / "data").exists(), "nothing was downloaded, so nothing is kept"


def test_california_housing_is_read_from_a_cache(download: Run, real_data: Path, tmp_path: Path) -> None:
    done = download("california_housing", "diabetes", options=("--home", real_data))
    assert done.returncode == 0, done.stderr
    found = arrays(tmp_path)
    assert found["features"].shape == (20_640, 8)
    assert found["features"][:, 0].mean() == pytest.approx(3.870671, abs=1e-6)
    assert found["target"].mean() == pytest.approx(2.068558, abs=1e-6)
    record = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert (record["dataset"], record["fallback_for"], record["refusals"]) == ("california_housing", "", [])


def test_the_same_source_gives_the_same_bytes(download: Run, tmp_path: Path) -> None:
    contents = []
    for _ in range(2):
        assert download("diabetes").returncode == 0
        contents.append((tmp_path / "out.npz").read_bytes())
    assert contents[0] == contents[1]


# --- downloads -----------------------------------------------------------------------------------------------------


def test_mnist_is_downloaded_by_torchvisions_own_code_and_kept(download: Run, real_data: Path, tmp_path: Path) -> None:
    with mirror(real_data / "MNIST" / "raw") as server:
        done = download("mnist", options=("--mnist-mirrors", server.url))
    assert done.returncode == 0, done.stderr
    assert len(set(server.asked)) == 4
    kept = sorted(path.name for path in (tmp_path / "data/MNIST/raw").iterdir())
    assert kept == sorted(path.name for path in (real_data / "MNIST/raw").glob("*.gz"))
    again = download("mnist")
    assert again.returncode == 0, "what was kept needs no network"


MANNERS = {
    "login page": "expected MD5 f68b3c2dcbeaaa9fbdd348bbdeb94873, found ",
    "altered": "expected MD5 f68b3c2dcbeaaa9fbdd348bbdeb94873, found ",
    "cut off": "expected MD5 f68b3c2dcbeaaa9fbdd348bbdeb94873, found ",
    "reset in mid-file": "expected MD5 f68b3c2dcbeaaa9fbdd348bbdeb94873, found ",
    "gzip bomb": "expected MD5 f68b3c2dcbeaaa9fbdd348bbdeb94873, found ",
    "403": "HTTP Error 403",
    "404": "HTTP Error 404",
    "503": "HTTP Error 503",
    "redirect loop": "infinite loop",
    "stalled": "timed out",
    "slow drip": "not done after 3 seconds",
}


def reason_of_torchvision(folder: Path, url: str) -> str:
    try:
        sources.mnist(folder, [url])
    except (RuntimeError, OSError) as error:
        return str(error)
    return "none"


@pytest.mark.parametrize("manner", sorted(MANNERS.keys() - {"slow drip"}))
def test_torchvision_gives_a_bad_mirror_up_with_a_reason(
    real_data: Path, tmp_path: Path, manner: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(MNIST, "mirrors", MNIST.mirrors)
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(3)
    try:
        with mirror(real_data / "MNIST" / "raw", manner) as server, warnings.catch_warnings(action="ignore"):
            reason = reason_of_torchvision(tmp_path, server.url)
            gc.collect()  # urllib leaves sockets of failed requests to the garbage collector
    finally:
        socket.setdefaulttimeout(before)
    assert MANNERS[manner] in reason


@pytest.mark.parametrize("manner", ["login page", "stalled", "slow drip"])
def test_a_bad_mirror_is_told_with_its_reason_and_the_next_source_is_used(
    download: Run, real_data: Path, tmp_path: Path, manner: str
) -> None:
    started = time.monotonic()
    limit = ("--attempt-seconds", 3) if manner == "slow drip" else ()
    with mirror(real_data / "MNIST" / "raw", manner) as server:
        done = download("mnist", "digits", options=("--mnist-mirrors", server.url, *limit))
    assert done.returncode == 0, done.stderr
    said = without_progress(done.stderr)
    assert [line.partition(" failed: ")[0] for line in said[:2]] == [f"mnist: attempt {k} of 2" for k in (1, 2)]
    assert all(MANNERS[manner] in line for line in said[:2]), said
    assert said[2:] == ["BUNDLED DATA: digits, which ships inside scikit-learn, is used in place of mnist"]
    record = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert (record["dataset"], record["fallback_for"]) == ("digits", "mnist")
    assert MANNERS[manner] in record["refusals"][0]
    assert not (tmp_path / "data").exists(), "a bad file is not kept"
    assert time.monotonic() - started < 60


def test_without_a_fallback_an_unreachable_host_is_an_error_that_leaves_earlier_results(
    download: Run, tmp_path: Path
) -> None:
    (tmp_path / "out.npz").write_bytes(b"earlier")
    done = download("mnist", options=("--mnist-mirrors", refusing()))
    assert done.returncode == 1
    assert without_progress(done.stderr)[-1].startswith("byhand.data.steps.download: error: no data: mnist: ")
    assert "Connection refused" in done.stderr
    assert "Traceback" not in done.stderr
    assert (tmp_path / "out.npz").read_bytes() == b"earlier"
    assert [path.name for path in tmp_path.iterdir()] == ["out.npz"]


@pytest.mark.parametrize(
    ("name", "said"),
    [("IP:127.0.0.1", ""), ("DNS:another.example", "IP address mismatch, certificate is not valid for '127.0.0.1'")],
)
def test_a_mirror_is_believed_only_under_its_own_name(
    download: Run, real_data: Path, tmp_path: Path, name: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = tmp_path / "certificate.pem"
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test"]
    made += ["-addext", f"subjectAltName={name}", "-keyout", str(certificate), "-out", str(certificate) + ".public"]
    subprocess.run(made, check=True, capture_output=True)
    certificate.write_text(
        certificate.read_text(encoding="utf-8") + Path(f"{certificate}.public").read_text(encoding="utf-8"),
        encoding="utf-8",
    )
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    with mirror(real_data / "MNIST" / "raw", certificate=certificate) as server:
        done = download("mnist", "digits", options=("--mnist-mirrors", server.url, "--attempts", 1))
    assert done.returncode == 0, done.stderr
    assert said in done.stderr
    assert str(arrays(tmp_path)["dataset"]) == ("digits" if said else "mnist")


# --- bad files in a cache ------------------------------------------------------------------------------------------

HOUSING = "cal_housing_py3.pkz"
IMAGES = "MNIST/raw/train-images-idx3-ubyte.gz"
LABELS = "MNIST/raw/t10k-labels-idx1-ubyte.gz"


class Trap:
    """A pickle that writes a file when it is loaded."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        return (os.mkdir, (str(self.path),))


def write(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def alter(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def altered_number(path: Path) -> None:
    numbers = joblib.load(path)
    numbers[5, 0] += 1
    joblib.dump(numbers, path, compress=6)


def folder_in_place(path: Path) -> None:
    path.unlink()
    path.mkdir()


def pipe_in_place(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


BAD_FILES: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "an archive cut off": (IMAGES, lambda path: write(path, path.read_bytes()[:-100]), "expected MD5 f68b3c2d"),
    "an archive altered by a bit": (IMAGES, alter, "expected MD5 f68b3c2d"),
    "a login page in place of an archive": (
        LABELS,
        lambda path: write(path, b"<html>log in</html>"),
        "expected MD5 ec2",
    ),
    "an empty archive": (LABELS, lambda path: write(path, b""), "found d41d8cd98f00b204e9800998ecf8427e"),
    "a folder in place of an archive": (LABELS, folder_in_place, "expected a file, found a folder"),
    "another archive of the four": (
        LABELS,
        lambda path: shutil.copy(path.with_name("train-labels-idx1-ubyte.gz"), path),
        "found d53e105ee54ea40749a09fcbcd1e9432",
    ),
    "housing cut off": (
        HOUSING,
        lambda path: write(path, path.read_bytes()[:-100]),
        "(it is cut off, or unpacks to mo",
    ),
    "housing altered by a bit": (HOUSING, alter, "expected "),
    "one number of housing altered": (HOUSING, altered_number, "expected SHA-256 of its numbers 898f39f9"),
    "a login page in place of housing": (
        HOUSING,
        lambda path: write(path, b"<html>log in</html>"),
        "found a file with",
    ),
    "an empty file in place of housing": (HOUSING, lambda path: write(path, b""), "found a file with SHA-256 e3b0c442"),
    "a folder in place of housing": (HOUSING, folder_in_place, "expected a file, found a folder"),
    "another array in place of housing": (
        HOUSING,
        lambda path: joblib.dump(np.zeros(9), path, compress=6),
        "expected sc",
    ),
    "a bomb in place of housing": (
        HOUSING,
        lambda path: write(path, zlib.compress(bytes(10**8))),
        "unpacks to more than",
    ),
    "a pipe in place of housing": (HOUSING, pipe_in_place, "expected a file, found a pipe"),
    "a huge file in place of housing": (
        HOUSING,
        lambda path: os.truncate(path, 10**11),
        "expected at most 50,000,000 bytes",
    ),
    "a pickle that runs code": (
        HOUSING,
        lambda path: write(path, zlib.compress(pickle.dumps(Trap(path.parent / "sprung")))),
        "(it names posix.mkdir)",
    ),
}


@pytest.fixture
def home(real_data: Path, tmp_path: Path) -> Path:
    """A copy of the real caches, to be spoilt."""
    target = tmp_path / "home"
    shutil.copytree(real_data, target, copy_function=shutil.copyfile)
    for path in [target, *target.rglob("*")]:
        path.chmod(0o755 if path.is_dir() else 0o644)
    return target


@pytest.mark.parametrize("case", BAD_FILES)
def test_a_bad_file_is_refused_in_one_line_and_not_copied(home: Path, tmp_path: Path, case: str) -> None:
    name, spoil, reason = BAD_FILES[case]
    spoil(home / name)
    good, refusals = cache.copied("california_housing" if name == HOUSING else "mnist", home, tmp_path / "copy")
    assert home / name not in good
    (refusal,) = refusals
    assert refusal.startswith(f"{home / name}: ")
    assert reason in refusal
    assert "\n" not in refusal
    assert not (home / "sprung").exists()


@pytest.mark.parametrize(
    "case", ["an archive altered by a bit", "a pickle that runs code", "a pipe in place of housing"]
)
def test_a_bad_file_is_refused_by_name_and_never_used(download: Run, home: Path, tmp_path: Path, case: str) -> None:
    name, spoil, reason = BAD_FILES[case]
    spoil(home / name)
    before = {path: path.read_bytes() for path in home.rglob("*") if path.is_file()}
    wanted, bundled = ("california_housing", "diabetes") if name == HOUSING else ("mnist", "digits")
    done = download(wanted, bundled, options=("--home", home, "--attempts", 1))
    assert done.returncode == 0, done.stderr
    refusal, _, fallback = without_progress(done.stderr)
    assert refusal.startswith(f"refused, and not used: {home / name}: ")
    assert reason in refusal
    assert fallback.startswith(f"BUNDLED DATA: {bundled}")
    assert str(arrays(tmp_path)["dataset"]) == bundled
    assert {path: path.read_bytes() for path in home.rglob("*") if path.is_file()} == before
    assert not (home / "sprung").exists()


def test_a_bad_file_is_fetched_again_where_that_is_possible(download: Run, home: Path, real_data: Path) -> None:
    alter(home / IMAGES)
    with mirror(real_data / "MNIST" / "raw") as server:
        done = download("mnist", options=("--home", home, "--mnist-mirrors", server.url))
    assert done.returncode == 0, done.stderr
    assert f"refused, and not used: {home / IMAGES}" in done.stderr
    assert f"/{Path(IMAGES).name}" in server.asked


def test_unpacked_files_of_mnist_are_verified_too(download: Run, home: Path, tmp_path: Path) -> None:
    packed = home / LABELS
    unpacked = packed.with_suffix("")
    unpacked.write_bytes(zlib.decompress(packed.read_bytes(), wbits=31))
    packed.unlink()
    assert download("mnist", options=("--home", home)).returncode == 0
    alter(unpacked)
    (tmp_path / "out.npz").unlink()  # else it would be kept
    done = download("mnist", "digits", options=("--home", home, "--attempts", 1))
    assert f"{unpacked}: expected SHA-256 ff7bcfd4" in done.stderr
    assert str(arrays(tmp_path)["dataset"]) == "digits"


def test_a_good_unpacked_file_serves_where_the_archive_beside_it_is_bad(home: Path, tmp_path: Path) -> None:
    packed = home / LABELS
    packed.with_suffix("").write_bytes(zlib.decompress(packed.read_bytes(), wbits=31))
    alter(packed)
    good, refusals = cache.copied("mnist", home, tmp_path / "copy")
    assert packed.with_suffix("") in good
    assert [line.partition(": ")[0] for line in refusals] == [str(packed)]
    assert cache.complete("mnist", tmp_path / "copy")


def test_the_checksums_of_the_archives_are_torchvisions_own() -> None:
    assert dict(MNIST.resources) == cache.PACKED_MD5


def test_what_an_attempt_left_half_made_is_not_found_by_the_next(tmp_path: Path) -> None:
    names = ("train-images-idx3-ubyte", "train-images-idx3-ubyte.gz", "cal_housing.tgz", "cal_housing_py3.pkz")
    paths = [tmp_path / name for name in names]
    for path in paths:
        path.touch()
    remove_unfinished(paths)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names[1:3])


def test_a_missing_package_is_not_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sklearn.py").write_text("raise ModuleNotFoundError('no scikit-learn here')", encoding="utf-8")
    script = "import sys; sys.path.insert(0, '.'); from byhand.data.sources import main; main()"
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    with pytest.raises(Failed, match="no scikit-learn here") as told:
        run([sys.executable, "-c", f"import os; os.chdir({str(tmp_path)!r}); {script}", "california_housing", "."], 60)
    assert told.value.in_vain


def test_where_the_archive_is_good_the_unpacked_file_beside_it_is_not_read(home: Path, tmp_path: Path) -> None:
    (home / LABELS).with_suffix("").write_bytes(b"half of it")
    good, refusals = cache.copied("mnist", home, tmp_path / "copy")
    assert home / LABELS in good
    assert refusals == []

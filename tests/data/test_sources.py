"""The sources hold what their names promise, in the shapes that the rooms expect."""

import hashlib
import io
import tarfile
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from sklearn.datasets import _california_housing

from byhand.data import sources
from tests.data.server import mirror

NOWHERE = Path()


def test_digits_are_brought_to_mnists_shape() -> None:
    arrays = sources.digits(NOWHERE, [])
    assert arrays["train_images"].shape == (1437, 28, 28)
    assert arrays["test_images"].shape == (360, 28, 28)
    assert arrays["train_images"].dtype == arrays["train_labels"].dtype == np.uint8
    assert arrays["train_images"].max() == 255
    assert not arrays["train_images"][:, :2].any(), "a margin"
    assert np.bincount(arrays["test_labels"]).tolist() == pytest.approx([36] * 10, abs=1)


def test_an_enlarged_digit_is_the_digit() -> None:
    image = np.arange(64).reshape(1, 8, 8) % 17
    enlarged = sources.to_28x28(image)
    assert np.array_equal(enlarged[0, 2:-2:3, 2:-2:3], np.rint(image[0] * 255 / 16))
    assert np.array_equal(enlarged[0, 3:-2:3, 4:-2:3], np.rint(image[0] * 255 / 16))


def test_the_target_of_diabetes_is_standardised() -> None:
    arrays = sources.diabetes(NOWHERE, [])
    assert arrays["features"].shape == (442, 10)
    assert arrays["target"].mean() == pytest.approx(0, abs=1e-12)
    assert arrays["target"].std() == pytest.approx(1)


def test_bundled_sources_come_last_and_always_the_same() -> None:
    assert [name for name, source in sources.SOURCES.items() if source.bundled] == ["digits", "diabetes"]
    for name in ("digits", "diabetes"):
        first, second = (sources.SOURCES[name].read(NOWHERE, []) for _ in range(2))
        assert all(np.array_equal(first[key], second[key]) for key in first)


@pytest.fixture
def archive(tmp_path: Path, real_data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with cal_housing.tgz as its first publisher laid it out, and its checksum in scikit-learn."""
    cached = joblib.load(real_data / "cal_housing_py3.pkz")
    original = cached[:, np.argsort([8, 7, 2, 3, 4, 5, 6, 1, 0])]  # scikit-learn reorders the columns by this list
    text = "\n".join(",".join(map(repr, row)) for row in original.tolist()).encode()
    (tmp_path / "served").mkdir()
    path = tmp_path / "served" / "cal_housing.tgz"
    with tarfile.open(path, "w:gz") as tar:
        member = tarfile.TarInfo("CaliforniaHousing/cal_housing.data")
        member.size = len(text)
        tar.addfile(member, io.BytesIO(text))
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setattr(_california_housing, "ARCHIVE", _california_housing.ARCHIVE._replace(checksum=checksum))
    return path


def check_california(arrays: dict[str, Any]) -> None:
    assert arrays["features"].shape == (20640, 8)
    assert arrays["features"][:, 0].mean() == pytest.approx(3.870671, abs=1e-6)
    assert arrays["target"].mean() == pytest.approx(2.068558, abs=1e-6)
    assert arrays["feature_names"].tolist()[:2] == ["MedInc", "HouseAge"]


def test_california_housing_is_downloaded_by_scikit_learns_own_code(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    with mirror(archive.parent) as server:
        check_california(sources.california_housing(tmp_path / "cache", [server.url]))
    assert server.asked == ["/cal_housing.tgz"]
    assert (tmp_path / "cache" / "cal_housing_py3.pkz").is_file()


def test_an_altered_archive_of_california_housing_is_refused_with_its_checksum(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    with mirror(archive.parent, "altered") as server, pytest.raises(OSError, match="SHA256 checksum"):
        sources.california_housing(tmp_path / "cache", [server.url])
    assert not list((tmp_path / "cache").glob("*.pkz"))


def test_the_next_mirror_of_california_housing_is_tried(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    with mirror(archive.parent, "404") as bad, mirror(archive.parent) as good:
        check_california(sources.california_housing(tmp_path / "cache", [bad.url, good.url]))
    assert good.asked

"""Random damage to configurations, data and tables: refused in one line, or as good as before; never a traceback."""

import copy
import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from byhand.data import arrays, cache
from byhand.errors import BadInput
from byhand.initialization.cells import cells
from byhand.report import claims
from byhand.step import provenance, tables
from byhand.workflow import configuration, yaml_files
from byhand.workflow.rules import flags
from tests.conftest import ROOT

CONFIG = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
many = settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(["mnist", "auto"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def paths(section: Any, before: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, value in section.items():
        yield (*before, name)
        if isinstance(value, dict):
            yield from paths(value, (*before, name))


def refusal(read: Callable[..., object], *arguments: object) -> str:
    """The line with which these are refused; empty if they are not."""
    try:
        read(*arguments)
    except BadInput as error:
        return str(error)
    return ""


def one_line(told: str) -> bool:
    return "\n" not in told and len(told) < 600


@many
@given(path=st.sampled_from(sorted(paths(CONFIG))), value=values, removed=st.booleans())
def test_a_configuration_is_refused_in_one_line_or_gives_a_workflow(
    path: tuple[str, ...], value: Any, removed: bool
) -> None:
    config = copy.deepcopy(CONFIG)
    section = config
    for name in path[:-1]:
        section = section[name]
    if removed:
        del section[path[-1]]
    else:
        section[path[-1]] = value
    told = refusal(configuration.validated, config)
    assert one_line(told)
    if not told:
        assert cells(config["initialization"])
        assert flags(config["housing"]["training"])


@many
@given(content=st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_as_a_file_of_configuration_are_refused_in_one_line(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(content)
    assert one_line(refusal(yaml_files.check_file, path))


def damaged(content: bytes, data: st.DataObject) -> bytes:
    """One stretch of it replaced: bits flipped, cut out, cut off, put in."""
    start = data.draw(st.integers(0, len(content) - 1))
    end = min(len(content), start + data.draw(st.integers(0, 40)))
    return content[:start] + data.draw(st.binary(max_size=40)) + content[end:]


@settings(many, max_examples=20)
@given(data=st.data())
def test_a_damaged_cache_of_the_housing_data_is_refused_or_has_the_same_numbers(
    data: st.DataObject, real_data: Path, tmp_path: Path
) -> None:
    path = tmp_path / "cal_housing_py3.pkz"
    path.write_bytes(damaged((real_data / path.name).read_bytes(), data))
    folder = tmp_path / "folder"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    used, refusals = cache.copied("california_housing", tmp_path, folder)
    assert len(used) + len(refusals) == 1
    assert all(one_line(line) for line in refusals)
    if used:
        assert np.array_equal(joblib.load(folder / path.name), joblib.load(real_data / path.name))


@pytest.fixture(scope="module")
def housing(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    content = io.BytesIO()
    np.savez_compressed(
        content, features=np.arange(8.0).reshape(4, 2), target=np.arange(4.0), dataset="diabetes", fallback_for=""
    )
    return content.getvalue()


@many
@given(data=st.data())
def test_a_damaged_data_file_is_refused_or_has_the_same_numbers(
    data: st.DataObject, housing: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "housing.npz"
    path.write_bytes(damaged(housing, data))
    told = refusal(arrays.load_housing, path)
    assert one_line(told)
    if not told:
        found = arrays.load_housing(path)
        assert found.features.tolist() == np.arange(8.0).reshape(4, 2).tolist()
        assert found.target.tolist() == [0, 1, 2, 3]


def test_what_zipfile_quotes_of_a_damaged_file_stays_one_short_line(housing: bytes, tmp_path: Path) -> None:
    path = tmp_path / "housing.npz"
    path.write_bytes(housing[:26] + (2000).to_bytes(2, "little") + housing[28:])  # the length of the first name
    told = refusal(arrays.load_housing, path)
    assert "is not a housing data file (" in told
    assert one_line(told)


@many
@given(content=st.binary(max_size=80) | st.text(max_size=80).map(lambda text: text.encode("utf-8", "replace")))
def test_any_bytes_as_a_table_are_a_table_or_refused_in_one_line(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    assert one_line(refusal(tables.read, path, ["x"]))


@many
@given(content=st.binary(max_size=80) | values.map(lambda value: yaml.safe_dump(value).encode()))
def test_any_bytes_as_claims_or_provenance_are_refused_in_one_line(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    for read in (claims.load, claims.load_findings, provenance.read):
        assert one_line(refusal(read, path))

"""Results that were changed after they were made are found and named."""

import json
from pathlib import Path

import pytest

from byhand.step import files
from tests.conftest import Step


@pytest.fixture
def results(tmp_path: Path) -> Path:
    """A table and its provenance."""
    folder = tmp_path / "results" / "room"
    folder.mkdir(parents=True)
    (folder / "table.csv").write_text("x\n1\n", encoding="utf-8")
    record = {"outputs": {"results/room/table.csv": files.sha256(folder / "table.csv")}}
    (folder / "table.json").write_text(json.dumps(record), encoding="utf-8")
    return tmp_path / "results"


def test_untouched_results_are_as_they_were_made(step: Step, results: Path) -> None:
    done = step("commands.verify", "--results", results)
    assert (done.returncode, done.stdout) == (0, "every result is as it was made\n")


@pytest.mark.parametrize("fault", ["one bit", "truncated", "emptied", "a folder", "deleted", "no provenance"])
def test_whatever_became_of_a_result_is_named(step: Step, results: Path, fault: str) -> None:
    table, provenance = results / "room/table.csv", results / "room/table.json"
    content = table.read_bytes()
    said = "results/room/table.csv: "
    if fault == "no provenance":
        provenance.write_text("{}", encoding="utf-8")
        said = "results/room/table.json: is not the provenance of a result"
    else:
        table.unlink()
    if fault == "one bit":
        table.write_bytes(bytes([content[0] ^ 1]) + content[1:])
    if fault in ("truncated", "emptied"):
        table.write_bytes(content[:2] if fault == "truncated" else b"")
    if fault == "a folder":
        table.mkdir()
    done = step("commands.verify", "--results", results)
    assert done.returncode == 1
    assert done.stdout.startswith(said)
    assert "1 results are not as they were made" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_absent_folder_is_told(step: Step, tmp_path: Path) -> None:
    done = step("commands.verify", "--results", tmp_path / "none")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("none: no such folder")

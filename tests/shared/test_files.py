"""Results are whole or not there, and bad input ends in one line."""

import json
import os
import platform
import re
import runpy
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from byhand.errors import BadInput
from byhand.step import files, provenance, tables
from tests.conftest import ROOT, Step


def test_a_file_is_replaced_only_when_all_of_it_is_written(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_text("before", encoding="utf-8")

    def broken() -> None:
        with files.atomic_write(path) as temporary:
            temporary.write_text("half of", encoding="utf-8")
            raise KeyError

    with pytest.raises(KeyError):
        broken()
    assert path.read_text(encoding="utf-8") == "before"
    assert list(tmp_path.iterdir()) == [path]
    files.write_text(path, "after")
    assert path.read_text(encoding="utf-8") == "after"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_writes_is_not(tmp_path: Path) -> None:
    path = tmp_path / "a [1].csv"
    killed = "import os; from pathlib import Path; from byhand.step import files\n"
    killed += f"with files.atomic_write(Path({str(path)!r})): os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", killed], env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, check=False)
    (left,) = tmp_path.iterdir()
    with files.atomic_write(path) as first:
        assert not left.exists()
        files.write_text(path, "second")
        assert first.exists()
        first.write_text("first", encoding="utf-8")
    assert path.read_text(encoding="utf-8") == "first"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(("number", "line"), [(signal.SIGTERM, "ended by SIGTERM"), (signal.SIGINT, "interrupted")])
def test_a_step_that_is_asked_to_end_leaves_nothing_half_written(
    tmp_path: Path, number: signal.Signals, line: str
) -> None:
    slow = "import time; from pathlib import Path; from byhand import step; from byhand.step import files\n"
    slow += f"def main(_):\n with files.atomic_write(Path({str(tmp_path / 'a.csv')!r})): time.sleep(60)\n"
    slow += "step.command(main, step.parser(''))"
    with subprocess.Popen(
        [sys.executable, "-c", slow],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        while process.poll() is None and not list(tmp_path.iterdir()):
            time.sleep(0.01)
        process.send_signal(number)
        said = process.communicate()[1]
    assert process.returncode == 1
    assert said.strip().endswith(line)
    assert len(said.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_results_are_readable_by_others_as_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        files.write_text(tmp_path / "a", "a")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o644


def test_what_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match=r"file/table\.csv: cannot be written"):
        files.write_text(tmp_path / "file" / "table.csv", "")


def test_floats_in_tables_read_back_as_the_same_numbers(tmp_path: Path) -> None:
    numbers = [0.1, 1 / 3, 2**-1074, 1e308, -0.0, 123456789.123456789]
    tables.write(pd.DataFrame({"x": numbers}), tmp_path / "t.csv")
    assert tables.read(tmp_path / "t.csv", ["x"])["x"].tolist() == numbers


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (None, "no such file"),
        (b"", "is not a CSV table"),
        (b"\xff\xfe\x00", "is not a CSV table"),
        (b"a,b\n1,2,3\n4\n5,6,7,8\n", "is not a CSV table"),
        (b"a,b\n1,2\n", "lacks the column epoch; it has a, b"),
    ],
)
def test_a_bad_table_is_told_in_one_line(tmp_path: Path, content: bytes | None, line: str) -> None:
    path = tmp_path / "t.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadInput, match=line) as told:
        tables.read(path, ["epoch"])
    assert str(told.value).startswith(str(path))


NO_OUTPUT = ("commands.gallery", "commands.reproduce", "commands.schema", "commands.verify", "report.steps.strict")
STEPS = sorted(
    ".".join(path.relative_to(ROOT / "src" / "byhand").with_suffix("").parts)
    for path in (ROOT / "src" / "byhand").glob("*/**/*.py")
    if re.search(r"step\.(run|command)\(", path.read_text(encoding="utf-8"))
)


@pytest.mark.filterwarnings("ignore:.*found in sys.modules", "ignore:.*torch.jit.script.* is deprecated")
@pytest.mark.parametrize("name", STEPS)
def test_every_step_can_be_run_by_hand_and_explains_itself(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", [name, "--help"])
    with pytest.raises(SystemExit) as ended:  # as `python -m` runs it, in a process that has imported torch before
        runpy.run_module(f"byhand.{name}", run_name="__main__", alter_sys=True)
    said = capsys.readouterr().out
    assert ended.value.code == 0
    assert said.startswith(f"usage: byhand.{name} ")
    assert "to write" in said or name in NO_OUTPUT
    assert len(said.splitlines()) > 6


def test_bad_input_of_a_step_is_one_line_and_status_1(step: Step, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    flags = ["--input-width", "2", "--hidden-width", "2", "--samples", "2", "--tolerance", "1e-6", "--seeds", "2"]
    outputs = ["--table", output, "--shapes", tmp_path / "shapes.csv"]
    done = step("gradients.steps.assignment", *flags, "--printed", tmp_path / "none.csv", *outputs)
    assert done.returncode == 1
    assert done.stderr == f"byhand.gradients.steps.assignment: error: {tmp_path}/none.csv: no such file\n"
    assert not list(tmp_path.iterdir())


def test_provenance_starts_no_process(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = platform.platform()
    monkeypatch.setattr(platform, "_uname_cache", None)
    monkeypatch.setattr(platform, "_platform_cache", {})

    def start(*_: object, **__: object) -> None:
        raise AssertionError("a process was started")

    monkeypatch.setattr(subprocess.Popen, "__init__", start)
    system = provenance.hardware()["system"]
    assert system == expected or sys.platform != "linux"


def test_provenance_traces_a_table(step: Step, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    flags = ["--input-width", "2", "--hidden-width", "2", "--samples", "2", "--tolerance", "1e-6", "--seeds", "2"]
    printed = ROOT / "assignment" / "printed" / "gradient_check.csv"
    shapes = tmp_path / "shapes.csv"
    done = step("gradients.steps.assignment", *flags, "--printed", printed, "--table", output, "--shapes", shapes)
    assert done.returncode == 0, done.stderr
    record = json.loads(output.with_suffix(".json").read_text(encoding="utf-8"))
    assert record["step"] == "byhand.gradients.steps.assignment"
    assert record["outputs"] == {str(output): files.sha256(output)}
    assert record["inputs"] == {str(printed): files.sha256(printed)}
    assert record["settings"]["hidden_width"] == 2
    assert "byhand.gradients.network" in record["code"]["modules"]
    assert {"seeds", "versions", "hardware", "threads", "wall_seconds", "finished"} <= record.keys()
    assert record["versions"]["torch"].startswith("2.")

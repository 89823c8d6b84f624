"""A step that starts as a copy of a process that has loaded its packages is the step that starts by itself."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from byhand.workflow import start
from tests.conftest import ROOT, loaded
from tests.workflow.conftest import ITSELF, Project

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every step starts by itself")

SLOW = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit("asked to end"))
pathlib.Path("began").touch()
try:
    time.sleep(60)
finally:
    pathlib.Path("ended").touch()
"""
PRINTED = ROOT / "assignment/printed/gradient_check.csv"
FLAGS = ["--input-width", "2", "--hidden-width", "2", "--samples", "2", "--tolerance", "1e-6", "--seeds", "2"]
OUTPUTS = ["--table", "table.csv", "--shapes", "shapes.csv"]
ASSIGNMENT = ["byhand.gradients.steps.assignment", *FLAGS, *OUTPUTS]


@pytest.fixture(scope="module")
def place() -> str:
    """The socket of a process that has loaded torch and pandas."""
    return loaded("torch", "pandas")


def started(place: str, folder: Path, *words: object) -> "subprocess.Popen[str]":
    """A step on its way, in a folder of its own."""
    folder.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "byhand.workflow.start", *map(str, words)],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(folder)]),
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            start.PLACE: place,
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def ended(place: str, folder: Path, *words: object) -> tuple[int, str, str]:
    """Status, output and errors of a step."""
    process = started(place, folder, *words)
    said = process.communicate(timeout=60)
    return process.returncode, *said


def untimed(path: Path) -> dict[str, Any]:
    record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return {key: value for key, value in record.items() if key not in ("wall_seconds", "finished")}


def test_a_copy_makes_the_same_bytes_and_the_same_record(place: str, tmp_path: Path) -> None:
    copied, alone = tmp_path / "copied", tmp_path / "alone"
    assert ended(place, copied, *ASSIGNMENT, "--printed", PRINTED)[::2] == (0, "")
    assert ended("nowhere", alone, *ASSIGNMENT, "--printed", PRINTED)[::2] == (0, "")
    assert sorted(path.name for path in copied.iterdir()) == sorted(path.name for path in alone.iterdir())
    for name in ("table.csv", "shapes.csv"):
        assert (copied / name).read_bytes() == (alone / name).read_bytes()
        assert untimed((copied / name).with_suffix(".json")) == untimed((alone / name).with_suffix(".json"))


@pytest.mark.parametrize(
    ("program", "status"),
    [
        ("print('said')", 0),
        ("import sys; sys.exit('refused')", 1),
        ("import sys; sys.exit(3)", 3),
        ("import os; print(os.getcwd(), os.environ['PATH'], os.environ.get('BYHAND_LOADED'))", 0),
        ("import sys; print(sys.argv[1:], __name__, __spec__.name)", 0),
        ("raise ValueError('wrong')", 1),
        ("raise KeyboardInterrupt", 1),
    ],
)
def test_a_copy_ends_and_speaks_as_python_does(place: str, tmp_path: Path, program: str, status: int) -> None:
    (tmp_path / "program.py").write_text(program + "\n", encoding="utf-8")
    copied, alone = (ended(where, tmp_path, "program", "--flag", "a b") for where in (place, "nowhere"))
    assert copied[0] == status
    assert copied[1].replace("None", start.PLACE) == alone[1].replace("nowhere", start.PLACE)
    assert copied[2].splitlines()[-1:] == alone[2].splitlines()[-1:]


def test_only_what_is_not_timed_is_a_copy(place: str, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("import sys; print('torch' in sys.modules)\n", encoding="utf-8")
    assert ended(place, tmp_path, "program")[:2] == (0, "True\n")
    assert ended(place, tmp_path, "program", "--alone")[:2] == (0, "False\n")
    assert ended(str(tmp_path / "none"), tmp_path, "program")[:2] == (0, "False\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_who_asked_passes_signals_on_and_takes_the_copy_along(
    place: str, tmp_path: Path, number: signal.Signals
) -> None:
    (tmp_path / "slow.py").write_text(SLOW, encoding="utf-8")
    process = started(place, tmp_path, "slow")
    wait_for(tmp_path / "began")
    process.send_signal(number)
    said = process.communicate(timeout=30)[1]
    wait_for(tmp_path / "ended")
    if number == signal.SIGTERM:
        assert (process.returncode, said) == (1, "asked to end\n")
    assert process.returncode != 0


def test_a_copy_that_is_killed_is_told(place: str, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("import os, signal; os.kill(os.getpid(), signal.SIGKILL)\n", encoding="utf-8")
    assert ended(place, tmp_path, "program") == (137, "", "program: was killed\n")


def wait_for(path: Path) -> None:
    end = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < end, f"{path.name} did not appear in time"
        time.sleep(0.02)


WORKFLOW: dict[str, Any] = {"local_exec": True, "deployment": [], "jobs": start.WORTHWHILE}


@pytest.mark.parametrize(
    ("different", "loads"),
    [({}, True), ({"local_exec": False}, False), ({"deployment": ["conda"]}, False), ({"jobs": 4}, False)],
)
def test_packages_are_loaded_once_only_for_many_jobs_on_this_machine_with_this_python(
    monkeypatch: pytest.MonkeyPatch, different: dict[str, Any], loads: bool
) -> None:
    case = {**WORKFLOW, **different}
    begun: list[str] = []
    monkeypatch.setattr(start, "wait_at", lambda path, *_: begun.append(path))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv(start.PLACE, raising=False)
    deployment = SimpleNamespace(deployment_method=case["deployment"])
    workflow = SimpleNamespace(local_exec=case["local_exec"], deployment_settings=deployment, dag=range(case["jobs"]))
    start.load_once(workflow, "true;")
    assert begun == ([os.environ[start.PLACE]] if loads else [])
    monkeypatch.delenv(start.PLACE, raising=False)


def test_every_step_of_a_run_is_a_copy_and_nothing_stays_behind(project: Project) -> None:
    say = "import contextlib, sys\nprint('torch' in sys.modules)\n"
    project.edit("src/byhand/step/files.py", "import contextlib\n", say)
    done = project.snakemake("--cores", "2", "relu", variables=ITSELF)
    assert done.returncode == 0, done.stderr
    logs = [path.read_text(encoding="utf-8") for path in (project.path / "logs/relu").glob("*.log")]
    assert len(logs) >= start.WORTHWHILE
    assert all("True\n" in log for log in logs)
    end = time.monotonic() + 30
    while (project.path / ".snakemake/loaded").exists():
        assert time.monotonic() < end
        time.sleep(0.05)

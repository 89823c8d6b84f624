"""What lies around the project (other settings, other clocks, other jobs, other folders) changes no result."""

import datetime
import errno
import fcntl
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from byhand.data import cache, layout
from byhand.errors import BadInput
from byhand.step import files
from byhand.workflow import configuration, yaml_files
from byhand.workflow.rules import environment
from tests.conftest import ROOT, Step
from tests.workflow.conftest import Project, fresh
from tests.workflow.test_runs import contents

SHADOW = "raise ImportError('this file was imported in place of a package')\n"
MATPLOTLIBRC = "figure.facecolor: yellow\naxes.facecolor: yellow\nfont.size: 30\nlines.linewidth: 9\n"


def hostile(home: Path, project: Path) -> dict[str, str]:
    """A home and a project folder full of files that would change results; the variables that name them."""
    site = home / ".local/lib/python{}.{}/site-packages".format(*sys.version_info)
    for folder in (site, home / "kernels/python3", home / "profile_default/startup", home / "matplotlib"):
        folder.mkdir(parents=True)
    for name in ("numpy.py", "pandas.py", "byhand.py"):
        (site / name).write_text(SHADOW, encoding="utf-8")
    for name in ("random.py", "types.py", "numpy.py"):
        (project / name).write_text(SHADOW, encoding="utf-8")
    for folder in (home / "matplotlib", project):
        (folder / "matplotlibrc").write_text(MATPLOTLIBRC, encoding="utf-8")
    (home / "kernels/python3/kernel.json").write_text('{"argv": ["false"], "display_name": "x", "language": "python"}')
    (home / "profile_default/startup/first.py").write_text(SHADOW, encoding="utf-8")
    return {
        "HOME": str(home), "PYTHONUSERBASE": str(home / ".local"), "MPLCONFIGDIR": str(home / "matplotlib"),
        "MATPLOTLIBRC": str(home / "matplotlib/matplotlibrc"), "JUPYTER_PATH": str(home), "IPYTHONDIR": str(home),
        "PYTHONOPTIMIZE": "2", "LC_ALL": "C", "PYTHONIOENCODING": "ascii",
    }  # fmt: skip


def test_settings_files_and_variables_around_it_change_no_byte(
    project: Project, finished: Project, tmp_path: Path
) -> None:
    variables = hostile(tmp_path / "home", project.path)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "snakemake", "--cores", "2", "--forcerun", "relu_curves", "report_lecture"],
        cwd=project.path,
        env={**{key: value for key, value in os.environ.items() if key != "PYTHONPATH"}, **variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "relu_figure_constructions" in done.stdout + done.stderr
    found, whole = contents(project), contents(finished)
    assert [name for name in whole if found[name] != whole[name]] == []


@pytest.mark.parametrize(
    "path", ["assignment/printed/gradient_check.csv", "results/data/housing.npz", "data home/cal_housing_py3.pkz"]
)
def test_a_file_dated_in_the_future_is_named_before_anything_runs(project: Project, path: str) -> None:
    (project.path / "data home").mkdir()
    (project.path / "data home/cal_housing_py3.pkz").touch()
    project.configure("data", "home", value="data home")
    project.configure("data", "housing", value=["california_housing", "diabetes"])
    before = contents(project)
    os.utime(project.path / path, (time.time() + 172_800,) * 2)
    done = project.snakemake("--cores", "2")
    assert done.returncode != 0
    assert re.search(rf"{path}: dated 172,[78]\d\d seconds in the future, expected a date in the past", done.stderr)
    assert "Traceback" not in done.stderr
    assert contents(project) == before


def test_a_step_that_is_timed_waits_for_the_others_and_they_for_it(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from byhand.step import files\n"
        "with files.turn(sys.argv[1] == 'alone'):\n"
        "    start = time.monotonic(); time.sleep(0.3); print(sys.argv[1], start, time.monotonic())\n"
    )
    names = ["beside", "alone", "beside", "alone", "beside"]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", program, name],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
            stdout=subprocess.PIPE,
            text=True,
        )
        for name in names
    ]
    said = [one.communicate()[0].split() for one in running]
    spans = [(name, float(start), float(end)) for name, start, end in said]
    for index, (name, start, end) in enumerate(spans):
        others = spans[:index] + spans[index + 1 :]
        if name == "alone":
            assert all(other_end <= start or end <= other_start for _, other_start, other_end in others)


def test_every_rule_that_times_something_runs_alone(project: Project) -> None:
    done = project.snakemake("--dry-run", "--forceall", "--printshellcmds", "benchmarks", "jacobian")
    commands = re.findall(
        r"^.*python -m byhand\.workflow\.start byhand\.(\S+) (.*)", done.stdout + done.stderr, re.MULTILINE
    )
    timed = {name for name, flags in commands if "--alone" in flags}
    assert {name for name, _ in commands if name.endswith("steps.benchmark")} == timed
    assert len(timed) == 4


@pytest.mark.parametrize("folder", ["MNIST/raw", "raw", "."])
@pytest.mark.parametrize("ending", [".gz", ""])
def test_mnist_is_found_in_each_usual_layout(folder: str, ending: str, tmp_path: Path, real_data: Path) -> None:
    home = tmp_path / "home"
    (home / folder).mkdir(parents=True)
    for path in (real_data / "MNIST/raw").glob("*.gz"):
        shutil.copy(path, home / folder)
        if not ending:
            subprocess.run(["gunzip", str(home / folder / path.name)], check=True)
    assert layout.missing(["mnist", "digits"], str(home)) == []
    good, refusals = cache.copied("mnist", home, tmp_path / "copy")
    assert (len(good), refusals) == (4, [])
    assert cache.complete("mnist", tmp_path / "copy")


def test_a_home_without_the_data_is_named_with_what_is_missing(project: Project, tmp_path: Path) -> None:
    project.configure("data", "images", value=["mnist", "digits"])
    done = project.snakemake("--dry-run", data_home=tmp_path)
    line = f"{tmp_path}: holds no mnist, expected train-images-idx3-ubyte.gz in it or in its folder MNIST/raw or raw"
    assert line in done.stderr.splitlines()


def test_a_password_in_an_address_is_refused_and_never_shown(project: Project) -> None:
    project.configure("data", "mirrors", "mnist", value=["http://user:SECRET@127.0.0.1:9/"])
    done = project.snakemake("--cores", "2")
    assert done.returncode != 0
    assert "data.mirrors.mnist[0]: found 'http://…@127.0.0.1:9/', expected a base URL" in done.stderr
    assert "SECRET" not in done.stdout + done.stderr


def test_records_are_kept_where_dot_snakemake_is_a_link_to_another_disk(tmp_path: Path) -> None:
    project = fresh(tmp_path / "a" / "project")
    elsewhere = tmp_path / "another" / "disk" / "deep"
    elsewhere.mkdir(parents=True)
    (project.path / ".snakemake").symlink_to(elsewhere)
    done = project.snakemake("--cores", "2", "results/relu/curves.csv")
    assert done.returncode == 0, done.stderr
    assert list((project.path / "results/.snakemake").iterdir())
    assert (elsewhere / "metadata").resolve() == (project.path / "results/.snakemake").resolve()


@pytest.mark.parametrize(("method", "own"), [("APPTAINER", True), ("ENV_MODULES", True), ("CONDA", False)])
def test_steps_run_this_python_unless_conda_brings_another(method: str, own: bool) -> None:
    commands = environment(ROOT, [f"DeploymentMethod.{method}"], "0.1.0")
    assert (str(Path(sys.executable).parent) in commands) == own
    assert f"PYTHONPATH={ROOT / 'src'}" in commands


def test_the_makefile_calls_nothing_that_names_the_folder_it_was_installed_in() -> None:
    called = set(re.findall(r"\$\(BIN\)/(\w+)", (ROOT / "Makefile").read_text(encoding="utf-8")))
    assert called == {"python", "uv", "ruff"}  # the last two are programs; scripts have their interpreter's path


def test_uv_is_told_of_pips_mirror(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    for name in ("requirements.lock", "requirements-dev.lock", ".venv/installed"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / ".venv/bin").mkdir()
    (tmp_path / ".venv/bin/python").symlink_to(sys.executable)
    (tmp_path / ".venv/bin/uv").write_text('#!/bin/sh\necho "uv $* with $UV_DEFAULT_INDEX"\n', encoding="utf-8")
    (tmp_path / ".venv/bin/uv").chmod(0o755)
    done = subprocess.run(
        ["make", "tools"],
        cwd=tmp_path,
        env={**os.environ, "PIP_INDEX_URL": "http://127.0.0.1:9/mirror"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "with http://127.0.0.1:9/mirror" in done.stdout


def test_what_a_killed_writer_left_is_removed_where_only_writers_may_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = fcntl.flock

    def as_on_nfs(file: object, operation: int) -> None:
        handle = file if isinstance(file, int) else file.fileno()  # type: ignore[attr-defined]
        if operation & fcntl.LOCK_EX and fcntl.fcntl(handle, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(errno.EBADF, "Bad file descriptor")
        locked(handle, operation)

    monkeypatch.setattr(fcntl, "flock", as_on_nfs)
    (tmp_path / ".table.0123456789abcdef.csv").write_text("half", encoding="utf-8")
    files.write_text(tmp_path / "table.csv", "whole")
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


def test_verifying_no_results_is_an_error(step: Step, tmp_path: Path) -> None:
    done = step("commands.verify", "--results", tmp_path)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("there are no results yet; `make` writes them")


def test_a_configuration_file_of_ones_own_is_checked_like_the_projects(project: Project) -> None:
    (project.path / "mine.yaml").write_text("relu: {depth: {grid_points: 5}}\nrelu: {}\n", encoding="utf-8")
    done = project.snakemake("--dry-run", "--configfile", "mine.yaml")
    assert done.returncode != 0
    assert "mine.yaml: line 2: the key relu occurs here a second time" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (None, "mine.yaml: cannot be read (No such file or directory)"),
        ("relu: {}\n".encode("utf-16"), "mine.yaml: byte 0 is not UTF-8 text"),
        (b"jacobian: {count: {shapes: [1000-30-10]}}\n", "mine.yaml: line 1: 1000-30-10 looks like a date to YAML"),
    ],
)
def test_make_checks_a_configuration_file_before_snakemake_reads_it(
    step: Step, tmp_path: Path, content: bytes | None, line: str
) -> None:
    if content is not None:
        (tmp_path / "mine.yaml").write_bytes(content)
    done = step("commands.check_files", "--dry-run", "--configfile", tmp_path / "mine.yaml", "--cores", "2")
    assert done.returncode == 1
    assert done.stderr.startswith(line)
    assert "check_files $(ARGS)" in (ROOT / "Makefile").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("value", "meant"),
    [
        ({"a": "1e-3"}, {"a": 1e-3}),
        ({"a": ["3", "-4", "+.5", "null"]}, {"a": [3, -4, 0.5, None]}),
        ({"shape": datetime.date(1000, 10, 10)}, {"shape": "1000-10-10"}),
        ({"shape": "2-30*10-10", "name": "uniform_0.1", "url": "http://1.2/"}, None),
    ],
)
def test_what_yaml_reads_otherwise_is_taken_as_it_was_meant(value: object, meant: object) -> None:
    assert configuration.plain(value) == (value if meant is None else meant)


def test_a_value_inside_a_section_can_be_given_on_the_command_line(project: Project) -> None:
    done = project.snakemake("--dry-run", "--config", "relu={depth: {grid_points: 5}}")
    assert done.returncode == 0, done.stderr
    assert re.search(r"^relu_depth +1$", done.stdout, re.MULTILINE)


def test_what_looks_like_a_date_and_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("jacobian:\n  count:\n    shapes: [1000-30-10]\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"config.yaml: line 3: 1000-30-10 looks like a date to YAML, but is none"):
        yaml_files.check_file(path)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become a user without a name")
def test_make_works_for_a_user_without_a_name_and_a_home(tmp_path: Path) -> None:
    closed = [folder for folder in Path(sys.executable).resolve().parents if not folder.stat().st_mode & 0o001]
    if closed:  # make would set up another .venv with another Python
        pytest.skip(f"nobody else can use this Python: {closed[-1]} is closed to others")
    project = fresh(tmp_path / "project")
    shutil.copy(ROOT / "Makefile", project.path)
    for name in ("requirements.lock", "requirements-dev.lock"):
        shutil.copy(ROOT / name, project.path)
    (project.path / ".venv").mkdir()
    for path in Path(sys.prefix).iterdir():
        if path.name not in ("installed", "tools"):
            (project.path / ".venv" / path.name).symlink_to(path)
    for name in ("installed", "tools"):
        (project.path / ".venv" / name).touch()
    subprocess.run(["chmod", "-R", "a+rwX", str(tmp_path)], check=True)
    for folder in (tmp_path, *tmp_path.parents):
        if folder.stat().st_uid == os.getuid() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o055)
    variables = {key: value for key, value in os.environ.items() if key not in ("LOGNAME", "USER", "XDG_CACHE_HOME")}
    done = subprocess.run(
        ["make", "ARGS=--dry-run"],
        cwd=project.path,
        env={**variables, "HOME": "/nonexistent"},
        user=54321,
        group=54321,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"^.*total +\d+", done.stdout, re.MULTILINE)

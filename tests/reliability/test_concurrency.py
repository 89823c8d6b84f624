"""Two at once: one waits or leaves with a clear line, and nothing is spoilt."""

import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from tests.conftest import ROOT
from tests.data.server import mirror
from tests.workflow.conftest import Project, fresh
from tests.workflow.test_runs import contents


def test_of_two_snakemakes_in_one_folder_one_leaves_with_a_line_and_the_other_is_not_harmed(
    project: Project, finished: Project
) -> None:
    shutil.rmtree(project.path / "results/relu")
    first = subprocess.Popen(
        [sys.executable, "-m", "snakemake", "--cores", "2", "relu"],
        cwd=project.path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while not list((project.path / ".snakemake/locks").glob("*")):
        assert first.poll() is None
        time.sleep(0.05)
    second = project.snakemake("--cores", "2")
    assert second.returncode != 0
    assert "Directory cannot be locked" in second.stderr
    assert "Traceback" not in second.stderr
    assert first.wait(300) == 0
    assert contents(project) == contents(finished)
    left = project.snakemake("--dry-run", "relu")
    assert "Nothing to be done" in left.stdout + left.stderr


def test_two_clones_that_share_a_home_and_download_at_once_have_the_same_data(real_data: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    projects = [fresh(tmp_path / name) for name in ("first", "second")]
    with mirror(real_data / "MNIST" / "raw") as server:
        running = []
        for project in projects:
            project.configure("data", "images", value=["mnist"])
            project.configure("data", "home", value=str(home))
            project.configure("data", "mirrors", "mnist", value=[server.url])
            command = [sys.executable, "-m", "snakemake", "--cores", "1", "results/data/images.npz"]
            running.append(subprocess.Popen(command, cwd=project.path, stderr=subprocess.PIPE, text=True))
        for process in running:
            said = process.communicate(timeout=300)[1]
            assert process.returncode == 0, said
    first, second = ((project.path / "results/data/images.npz").read_bytes() for project in projects)
    assert first == second
    assert list(home.iterdir()) == []


def test_two_downloads_into_one_folder_leave_whole_files(real_data: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "byhand.data.steps.download", "--sources", "mnist", "--keep", "data"]
    command += ["--attempts", "1", "--attempt-seconds", "100", "--stall-seconds", "10", "--pause-seconds", "0"]
    with mirror(real_data / "MNIST" / "raw") as server:
        running = [
            subprocess.Popen(
                [*command, "--mnist-mirrors", server.url, "--arrays", "images.npz"],
                cwd=tmp_path,
                env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
                stderr=subprocess.DEVNULL,
            )
            for _ in range(2)
        ]
        assert [process.wait(300) for process in running] == [0, 0]
    with np.load(tmp_path / "images.npz", allow_pickle=False) as arrays:
        assert arrays["train_images"].shape == (60_000, 28, 28)
    kept = {path.name: path.read_bytes() for path in (tmp_path / "data/MNIST/raw").iterdir()}
    assert kept == {path.name: path.read_bytes() for path in (real_data / "MNIST/raw").glob("*.gz")}

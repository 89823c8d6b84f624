"""Results on an object store, and jobs that share no disk with the run that started them: the same bytes."""

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.conftest import ROOT
from tests.workflow.conftest import Project, fresh
from tests.workflow.test_runs import TIMED

KEYS = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_DEFAULT_REGION": "us-east-1"}
PODS = ("--executor", "pods", "--jobs", "2", "--seconds-between-status-checks", "1")
TIMES = {*(f"results/{name}" for name in TIMED), "results/report.html"}  # hold times, or show them


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The address of an S3 server on this machine, which has the bucket `byhand`."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)], stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            with socket.socket() as client:
                if client.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.2)
        bucket(url).create()
        yield url
    finally:
        server.terminate()
        server.wait()


def bucket(url: str) -> Any:
    names = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
    return boto3.resource("s3", endpoint_url=url, **names).Bucket("byhand")


def s3(url: str, prefix: str) -> tuple[str, ...]:
    keys = ("--storage-s3-access-key", "a", "--storage-s3-secret-key", "b")
    where = ("--default-storage-provider", "s3", "--default-storage-prefix", f"s3://byhand/{prefix}")
    return (*where, "--storage-s3-endpoint-url", url, *keys)


def run(project: Project, *arguments: str) -> str:
    done = project.snakemake(*arguments, variables={**KEYS, "PYTHONPATH": str(ROOT / "tests/workflow/pods")})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def stored(url: str, prefix: str) -> dict[str, bytes]:
    """The results under a prefix, without their provenance, which holds times."""
    found = bucket(url).objects.filter(Prefix=f"{prefix}/results/")
    return {o.key.removeprefix(f"{prefix}/"): o.get()["Body"].read() for o in found if not o.key.endswith(".json")}


def same(results: dict[str, bytes], finished: Project) -> None:
    differing = {name for name, content in results.items() if content != (finished.path / name).read_bytes()}
    assert differing <= TIMES


def test_jobs_in_empty_folders_get_all_they_need_from_the_object_store(
    address: str, finished: Project, tmp_path: Path
) -> None:
    """A download of the project, without Git: Snakemake by itself sends only files that Git knows."""
    project = fresh(tmp_path / "download")
    targets = ("results/relu/figure_depth.svg", "results/housing/training/published.csv")
    run(project, *PODS, *s3(address, "few"), "--", *targets)
    results = stored(address, "few")
    assert results.keys() >= set(targets)
    same(results, finished)
    assert not (project.path / "results/relu").exists()
    assert "Nothing to be done" in run(project, "--cores", "1", *s3(address, "few"), "--", *targets)


def whole(results: dict[str, bytes], finished: Project) -> None:
    assert results.keys() == {
        path.relative_to(finished.path).as_posix()
        for path in (finished.path / "results").rglob("*")
        if path.is_file() and ".snakemake" not in path.parts and path.suffix != ".json"
    }
    same(results, finished)


@pytest.mark.storage
@pytest.mark.parametrize("executor", [("--cores", "2"), PODS], ids=["here", "pods"])
def test_everything_on_s3(address: str, finished: Project, tmp_path: Path, executor: tuple[str, ...]) -> None:
    prefix = executor[1]
    run(fresh(tmp_path / "project"), *executor, *s3(address, prefix))
    whole(stored(address, prefix), finished)


@pytest.mark.storage
def test_everything_on_a_mounted_disk_of_others(finished: Project, tmp_path: Path) -> None:
    if shutil.which("rsync") is None:
        pytest.skip("the plugin for file systems needs rsync")
    where = ("--default-storage-provider", "fs", "--default-storage-prefix", str(tmp_path / "store"))
    run(fresh(tmp_path / "project"), "--cores", "2", *where)
    found = [path for path in (tmp_path / "store/results").rglob("*") if path.is_file() and path.suffix != ".json"]
    whole({path.relative_to(tmp_path / "store").as_posix(): path.read_bytes() for path in found}, finished)

"""All results in one archive: whole, described by a standard, and up to date where it is unpacked."""

import hashlib
import json
import resource
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
import rocrate
import yaml
from requests_cache.models import CachedRequest, CachedResponse
from requests_cache.session import CachedSession

from tests.conftest import ROOT, Step
from tests.report.test_page import links
from tests.workflow.conftest import Project, fresh

CONTEXT = "https://w3id.org/ro/crate/1.1/context"


@pytest.fixture(scope="module")
def archive(finished: Project, step: Step, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("export") / "results.zip"
    done = step("commands.export", "--archive", path, cwd=finished.path)
    assert done.returncode == 0, done.stderr
    return path


def described(archive: Path) -> dict[str, dict[str, Any]]:
    """Everything that the description names, by its identifier."""
    with zipfile.ZipFile(archive) as opened:
        return {entity["@id"]: entity for entity in json.loads(opened.read("ro-crate-metadata.json"))["@graph"]}


def identifiers(references: Any) -> set[str]:
    return {reference["@id"] for reference in (references if isinstance(references, list) else [references])}


def test_unpacked_into_a_clone_nothing_is_to_be_done(
    finished: Project, archive: Path, step: Step, tmp_path: Path
) -> None:
    project = fresh(tmp_path / "clone")
    unpack = ["unzip", "-q"] if shutil.which("unzip") else [sys.executable, "-m", "zipfile", "-e"]
    subprocess.run([*unpack, str(archive), *(["."] if "-e" in unpack else [])], cwd=project.path, check=True)
    followed, broken = links(project.path / "results/report.html")
    assert followed > 20
    assert broken == []
    assert project.jobs() == {}
    assert step("commands.verify", cwd=project.path).returncode == 0
    before, after = finished.path / "results/report.html", project.path / "results/report.html"
    if "unzip" in unpack:
        assert int(after.stat().st_mtime) == int(before.stat().st_mtime)
    project.configure("relu", "depth", "grid_points", value=5)
    assert "relu_depth" in project.jobs()  # which the records in the archive tell
    shutil.copy(ROOT / "config.yaml", project.path)  # then the configuration in the archive is the one that counts
    again = project.snakemake("--dry-run", "--configfile", "configuration.yaml")
    assert "Nothing to be done" in again.stdout + again.stderr


def test_the_configuration_is_that_of_the_run(finished: Project, archive: Path) -> None:
    with zipfile.ZipFile(archive) as opened:
        configuration = yaml.safe_load(opened.read("configuration.yaml"))
    assert configuration == yaml.safe_load((finished.path / "config.yaml").read_text(encoding="utf-8"))


def test_each_file_is_there_and_described_with_its_size_and_checksum(finished: Project, archive: Path) -> None:
    entities = described(archive)
    with zipfile.ZipFile(archive) as opened:
        names = {name for name in opened.namelist() if not name.startswith("results/.snakemake/")}
        for name in names - {"ro-crate-metadata.json"}:
            content = opened.read(name)
            assert entities[name]["contentSize"] == str(len(content))
            assert entities[name]["sha256"] == hashlib.sha256(content).hexdigest()
            assert "octet-stream" not in entities[name]["encodingFormat"]
    for folder in ("results", "logs"):
        there = {
            str(path.relative_to(finished.path)) for path in finished.path.glob(f"{folder}/**/*") if path.is_file()
        }
        assert {name for name in there if ".snakemake" not in name} == {n for n in names if n.startswith(f"{folder}/")}


def test_each_job_is_described_with_its_files_times_and_software(finished: Project, archive: Path) -> None:
    entities = described(archive)
    jobs = [entity for entity in entities.values() if entity["@type"] == "CreateAction"]
    for path in (finished.path / "results").rglob("*.json"):
        if ".snakemake" in path.parts:
            continue
        record = json.loads(path.read_text(encoding="utf-8"))
        (job,) = [job for job in jobs if record["outputs"].keys() <= identifiers(job["result"])]
        assert {name.removeprefix("#") for name in identifiers(job.get("object", []))} == record["inputs"].keys()
        assert job["endTime"] == record["finished"]
        assert job["startTime"] < job["endTime"]
        software = entities[job["instrument"]["@id"]]
        assert software["softwareVersion"] == record["project"]
        versions = {
            entities[name]["name"]: entities[name]["softwareVersion"]
            for name in identifiers(software["softwareRequirements"])
        }
        assert versions == record["versions"]
    assert identifiers(entities["./"]["mentions"]) == {job["@id"] for job in jobs}


def test_it_is_a_valid_process_run_crate(archive: Path, tmp_path: Path) -> None:
    """Without a network: the context is the one that comes with rocrate, newer, with the same terms."""
    context = (Path(rocrate.__file__).parent / "data/ro-crate.jsonld").read_bytes()
    known = CachedResponse(
        content=context,
        headers={"Content-Type": "application/ld+json"},
        request=CachedRequest(method="GET", url=CONTEXT),
        status_code=200,
        url=CONTEXT,
    )
    CachedSession(str(tmp_path / "cache")).cache.save_response(known)
    validate = [sys.executable, "-c", "from rocrate_validator.cli import cli; cli()", "--no-interactive", "validate"]
    validate += ["--offline", "--cache-path", str(tmp_path / "cache"), "--profile-identifier", "process-run-crate"]
    validate += ["--verbose", "--no-paging", str(archive)]
    done = subprocess.run(validate, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "is a valid process-run-crate-0.5" in done.stdout


def test_the_same_results_give_the_same_bytes_in_any_time_zone(
    finished: Project, archive: Path, step: Step, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    again = tmp_path / "again.zip"
    assert step("commands.export", "--archive", again, cwd=finished.path).returncode == 0
    assert again.read_bytes() == archive.read_bytes()


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ("changed", "results/relu/depth.csv: found SHA-256"),
        ("deleted", "results/relu/depth.csv: cannot be read (No such file or directory)"),
        ("unfinished", "results: holds no finished run to export"),
        ("absent", "results: holds no finished run to export"),
    ],
)
def test_results_that_are_not_as_they_were_made_are_refused_in_one_line(
    project: Project, step: Step, change: str, line: str
) -> None:
    table = project.path / "results/relu/depth.csv"
    if change == "changed":
        table.write_text("depth\n", encoding="utf-8")
    if change == "deleted":
        table.unlink()
    if change == "unfinished":
        (project.path / "results/report.json").unlink()
    if change == "absent":
        shutil.rmtree(project.path / "results")
    done = step("commands.export", cwd=project.path)
    assert done.returncode == 1
    assert line in done.stderr
    assert done.stderr.count("\n") == 1
    assert not (project.path / "byhand-results.zip").exists()


@pytest.mark.parametrize(("limit", "line"), [(-1, "Is a directory"), (100_000, "File too large")])
def test_an_archive_that_cannot_be_written_is_told_and_nothing_of_it_stays(
    finished: Project, step: Step, tmp_path: Path, limit: int, line: str
) -> None:
    (tmp_path / "folder").mkdir()
    archive = tmp_path / ("folder" if limit < 0 else "results.zip")
    done = step(
        *("commands.export", "--archive", archive),
        cwd=finished.path,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, -1)),
    )
    assert done.returncode == 1
    assert done.stderr == f"byhand.commands.export: error: {archive}: cannot be written ({line})\n"
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]

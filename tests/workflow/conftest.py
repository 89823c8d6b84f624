"""A copy of the project to run the workflow in, made small, and a run of it that tests can start from."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from filelock import FileLock
from snakemake.utils import update_config

from byhand.workflow import start
from byhand.workflow.registry import ROOMS
from tests.conftest import REAL_DATA, ROOT, loaded


@dataclass(frozen=True)
class Project:
    """A working copy, and Snakemake run in it as a person would run it."""

    path: Path

    def snakemake(
        self, *arguments: str, data_home: Path | None = None, variables: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        environment = {key: value for key, value in os.environ.items() if key not in ("BYHAND_DATA_HOME", "PYTHONPATH")}
        environment |= variables or {}
        if data_home is not None:
            environment["BYHAND_DATA_HOME"] = str(data_home)
        command = [sys.executable, "-m", "snakemake", *arguments]
        if "--dry-run" in arguments:
            command = [sys.executable, "-P", start.__file__, "snakemake", *arguments]
            environment[start.PLACE] = loaded("snakemake.cli", "snakemake.workflow", "snakemake.parser", "pydantic")
        elif not {"--profile", "--executor"} & set(arguments):  # else the steps run elsewhere
            environment.setdefault(start.PLACE, loaded(*start.PACKAGES))
        return subprocess.run(command, cwd=self.path, env=environment, capture_output=True, text=True, check=False)

    def jobs(self, data_home: Path | None = None) -> dict[str, int]:
        """What a dry run would do: jobs by rule, `all` and the other rules without a command aside."""
        done = self.snakemake("--dry-run", data_home=data_home)
        assert done.returncode == 0, done.stderr + done.stdout
        said = done.stdout + done.stderr
        table = re.search(r"Job stats:\n.*?\n(-+ +-+\n.*?)\ntotal ", said, re.DOTALL)
        if table is None:
            assert "Nothing to be done" in said, said
            return {}
        counts = dict(re.findall(r"^(\w+) +(\d+)$", table[1], re.MULTILINE))
        return {rule: int(count) for rule, count in counts.items() if rule not in ("all", "data", *PROBLEMS)}

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.path / name).read_text(encoding="utf-8")
        assert old in text, f"{name} has no {old!r}"
        (self.path / name).write_text(text.replace(old, new, 1), encoding="utf-8")

    def configure(self, *key: str, value: object) -> None:
        """Set one value of config.yaml."""
        config = yaml.safe_load((self.path / "config.yaml").read_text(encoding="utf-8"))
        section = config
        for name in key[:-1]:
            section = section[name]
        section[key[-1]] = value
        (self.path / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")

    def copy(self, target: Path) -> "Project":
        shutil.copytree(self.path, target, symlinks=True)
        return Project(target)


ITSELF = {start.PLACE: ""}
"""The variable with which a run loads the packages of its steps itself, as it does outside the tests."""

CONFIGURATIONS = ("config.yaml", "config.quick.yaml")
PROBLEMS = tuple(ROOMS)


def fresh(path: Path) -> Project:
    """The project's own files as a clone would have them, with a small configuration."""
    path.mkdir(parents=True, exist_ok=True)
    for name in ("Snakefile", "config.yaml", "environment.yml", "pyproject.toml"):
        shutil.copy(ROOT / name, path)
    for name in ("workflow", "src", "profiles", "assignment", "notebooks"):
        shutil.copytree(ROOT / name, path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (path / "README.md").write_text("# A README\n", encoding="utf-8")
    project = Project(path)
    config, small = (yaml.safe_load((ROOT / name).read_text(encoding="utf-8")) for name in CONFIGURATIONS)
    update_config(config, small)
    (path / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    return project


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Project:
    """A project that has run on the bundled data, one for all test processes; not to be changed: copy it.

    It goes on from the results of another one that BYHAND_TEST_FINISHED names: what is stale there is made again.
    """
    base = tmp_path_factory.getbasetemp()
    path = (base if worker_id == "master" else base.parent) / "finished"
    with FileLock(f"{path}.lock"):
        if not path.exists():
            shutil.rmtree(path.with_name("unfinished"), ignore_errors=True)  # of another process, whose run failed
            project = fresh(path.with_name("unfinished"))
            if (before := os.environ.get("BYHAND_TEST_FINISHED")) is not None:
                shutil.copytree(Path(before, "results"), project.path / "results")
            done = project.snakemake("--cores", "2", variables=ITSELF)
            assert done.returncode == 0, done.stdout + done.stderr
            project.path.rename(path)
    return Project(path)


@pytest.fixture
def project(finished: Project, tmp_path: Path) -> Project:
    """A copy of the finished project, to be changed."""
    return finished.copy(tmp_path / "project")


@pytest.fixture
def california(tmp_path: Path) -> Path:
    """A copy of the real housing data's cache."""
    if not (REAL_DATA / "cal_housing_py3.pkz").is_file():
        pytest.skip(f"no real data in {REAL_DATA}")
    home = tmp_path / "home"
    home.mkdir()
    shutil.copy(REAL_DATA / "cal_housing_py3.pkz", home)
    (home / "cal_housing_py3.pkz").chmod(0o644)
    return home

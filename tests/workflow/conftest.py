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

from tests.conftest import REAL_DATA, ROOT

SMALL = {  # so that a full run takes seconds
    ("data", "images"): ["digits"],
    ("data", "housing"): ["diabetes"],
    ("gradients", "check"): {"input_widths": [1, 2], "hidden_widths": [2], "samples": [3], "seeds": 2},
    ("gradients", "document", "seeds"): 3,
    ("housing", "training", "epochs"): {"california_housing": 2, "diabetes": 3},
    ("housing", "training", "seeds"): 2,
    ("housing", "autograd_check", "compared_epochs"): 1,
    ("jacobian", "check", "cases"): 3,
    ("jacobian", "check", "largest_width"): 4,
    ("jacobian", "check", "largest_depth"): 2,
    ("jacobian", "check", "document_inputs"): 2,
    ("jacobian", "check", "document_depth"): 2,
    ("jacobian", "check", "float32_depths"): [1],
    ("jacobian", "check", "float32_seeds"): 2,
    ("jacobian", "devices"): ["cpu"],
    ("jacobian", "times", "shapes"): ["2-3-2"],
    ("jacobian", "times", "repetitions"): 1,
    ("jacobian", "count"): {"shapes": ["2-3-2"], "map_widths": [1, 2], "map_hidden_width": 3, "map_depth": 2},
    ("relu", "random_functions", "functions"): 4,
    ("relu", "depth", "compositions"): 3,
    ("initialization", "grid"): {"initializations": ["uniform_0.1"], "depths": [1, 2], "hidden_widths": [5]},
    ("initialization", "document"): {
        "initializations": ["uniform_0.1", "xavier_uniform"],
        "depth": 2,
        "hidden_width": 5,
    },
    ("initialization", "training", "epochs"): {"mnist": 1, "digits": 2},
    ("initialization", "training", "seeds"): 2,
    ("initialization", "propagation"): {"hidden_widths": [5], "seeds": 2, "images": 20, "bins": 4},
    ("initialization", "phase", "d"): [0.1, 1],
    ("initialization", "phase", "hidden_widths"): [5],
    ("least_squares", "problems", "conditions"): [10],
    ("least_squares", "closed_form", "steps"): [1, 2],
    ("least_squares", "convergence", "steps"): 1000,
}


@dataclass(frozen=True)
class Project:
    """A working copy, and Snakemake run in it as a person would run it."""

    path: Path

    def snakemake(self, *arguments: str, data_home: Path | None = None) -> subprocess.CompletedProcess[str]:
        environment = {key: value for key, value in os.environ.items() if key not in ("BYHAND_DATA_HOME", "PYTHONPATH")}
        if data_home is not None:
            environment["BYHAND_DATA_HOME"] = str(data_home)
        return subprocess.run(
            [sys.executable, "-m", "snakemake", *arguments],
            cwd=self.path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

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


PROBLEMS = tuple(path.stem for path in (ROOT / "workflow" / "rules").glob("*.smk"))


def fresh(path: Path) -> Project:
    """The project's own files as a clone would have them, with a small configuration."""
    path.mkdir(parents=True, exist_ok=True)
    for name in ("Snakefile", "config.yaml", "environment.yml"):
        shutil.copy(ROOT / name, path)
    for name in ("workflow", "src", "profiles", "published", "notebooks"):
        shutil.copytree(ROOT / name, path / name, ignore=shutil.ignore_patterns("__pycache__"))
    (path / "README.md").write_text("# A README\n", encoding="utf-8")
    project = Project(path)
    for key, value in SMALL.items():
        project.configure(*key, value=value)
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
            done = project.snakemake("--cores", "2")
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

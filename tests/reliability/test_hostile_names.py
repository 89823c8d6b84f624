"""Names that a shell would act upon: nothing from a folder, the environment or the configuration is run."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from byhand.errors import BadInput
from byhand.workflow import configuration
from tests.conftest import ROOT
from tests.workflow.conftest import Project, fresh

NAMES = {
    "spaces": "a folder  with spaces",
    "quotes": 'it\'s "quoted" `touch pwned`',
    "a command": "$(touch pwned); touch pwned & touch pwned |",
    "a variable": "$HOME ${PATH} ~",
    "a newline": "two\nlines; touch pwned",
    "unicode": "naïve ångström 深度学习 🧠",
    "a leading dash": "--delete-all-output",
    "braces": "{wildcard} {input} {{}}",
    "a pattern": "* ? [a-z]",
}


NAMES["all of it"] = "-".join(NAMES.values()).replace("/", "")
KINDS = [pytest.param(kind, marks=() if kind == "all of it" else pytest.mark.soak) for kind in NAMES]


def nothing_was_run(folder: Path) -> bool:
    return not [path for path in folder.rglob("*pwned*") if path.is_file()] and not Path("pwned").exists()


@pytest.mark.parametrize("kind", KINDS)
def test_a_project_in_a_folder_of_any_name_runs_but_for_braces(kind: str, tmp_path: Path) -> None:
    if "{" in NAMES[kind]:
        refused = fresh(tmp_path / NAMES[kind]).snakemake("--cores", "2", "results/relu/figure_depth.svg")
        assert refused.returncode != 0
        assert refused.stderr.strip().endswith(
            "expected a folder's name without braces, which are wildcards to Snakemake"
        )
    project = fresh(tmp_path / re.sub("[{}]", "", NAMES[kind]))
    done = project.snakemake("--cores", "2", "results/relu/figure_depth.svg")
    assert nothing_was_run(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("kind", KINDS)
def test_a_home_of_data_of_any_name_is_read_but_for_braces(
    kind: str, tmp_path: Path, project: Project, real_data: Path
) -> None:
    def read(home: Path) -> subprocess.CompletedProcess[str]:
        home.mkdir()
        shutil.copy(real_data / "cal_housing_py3.pkz", home)
        project.configure("data", "home", value=str(home))
        project.configure("data", "housing", value=["california_housing"])
        return project.snakemake("--cores", "1", "results/data/housing.npz")

    if "{" in NAMES[kind]:
        refused = read(tmp_path / NAMES[kind])
        assert refused.returncode != 0
        assert "expected a folder's name without braces" in refused.stderr
    done = read(tmp_path / re.sub("[{}]", "", NAMES[kind]))
    assert nothing_was_run(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "california housing" in done.stdout


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/$(touch${IFS}pwned)/", "http://127.0.0.1:9/';touch${IFS}pwned;'/"])
def test_a_mirror_of_any_name_is_only_an_address(url: str, tmp_path: Path) -> None:
    project = fresh(tmp_path / "project")
    project.configure("data", "images", value=["mnist", "digits"])
    project.configure("data", "download", "attempts", value=1)
    project.configure("data", "mirrors", "mnist", value=[url])
    done = project.snakemake("--cores", "1", "results/data/images.npz")
    assert nothing_was_run(tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "BUNDLED DATA: digits" in done.stdout + done.stderr


@pytest.mark.parametrize("name", ["uniform_$(touch pwned)", "uniform_0.1;touch pwned", "../../x", "he\n", "-he", "he "])
def test_an_initialization_of_such_a_name_is_refused(name: str) -> None:
    config = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    config["initialization"]["grids"]["tanh"]["initializations"] = [name]
    with pytest.raises(BadInput, match="expected uniform_NUMBER"):
        configuration.validated(config)


def test_a_target_of_such_a_name_is_no_target(project: Project) -> None:
    done = project.snakemake(
        "--cores", "1", "results/initialization/training/$(touch pwned)/tanh_sgd_0.01/depth1_width5_file.csv"
    )
    assert done.returncode != 0
    assert nothing_was_run(project.path)
    assert os.listdir(project.path / "results/initialization/training") != []

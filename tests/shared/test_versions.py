"""environment.yml, pyproject.toml and the lock file hold the same versions, and the lock holds hashes alone."""

import re
import tomllib

import pytest
import yaml

from tests.conftest import ROOT

CONDA_NAMES = {"pytorch": "torch", "matplotlib-base": "matplotlib", "snakemake-minimal": "snakemake"}


def pinned(requirements: list[str]) -> dict[str, str]:
    return dict(requirement.split("==") for requirement in requirements)


def test_the_three_files_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = pinned(project["project"]["dependencies"])
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    assert f"python {project['project']['requires-python']}" in conda
    in_conda = dict(line.split(" =", 1) for line in conda if " =" in line)
    assert {CONDA_NAMES.get(name, name): version for name, version in in_conda.items()} == wanted
    locked = dict(
        re.findall(r"^([\w.-]+)==(\S+)", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.MULTILINE)
    )
    for name, version in (wanted | pinned(project["dependency-groups"]["dev"])).items():
        assert locked[name] == version, name


@pytest.mark.parametrize("group", ["jax", "slurm"])
def test_what_is_optional_is_locked_apart_and_meets_the_other_versions(group: str) -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    main, apart = (
        dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("requirements.lock", f"requirements-{group}.lock")
    )
    wanted = pinned(groups[group])
    assert wanted.items() <= apart.items()
    assert not wanted.keys() & main.keys()
    assert {name: main[name] for name in apart if name in main} == {name: apart[name] for name in apart if name in main}


@pytest.mark.parametrize(("lock", "least"), [("", 50), ("-jax", 5), ("-slurm", 5)])
def test_every_locked_package_has_hashes_and_no_address(lock: str, least: int) -> None:
    text = (ROOT / f"requirements{lock}.lock").read_text(encoding="utf-8")
    packages = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(packages) > least
    assert all("--hash=sha256:" in package for package in packages)
    assert "://" not in text

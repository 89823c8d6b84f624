"""environment.yml, pyproject.toml and the lock file hold the same versions, and the lock holds hashes alone."""

import re
import tomllib

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from tests.conftest import ROOT

CONDA_NAMES = {"pytorch": "torch", "matplotlib-base": "matplotlib", "snakemake-minimal": "snakemake"}


def pinned(requirements: list[str]) -> dict[str, str]:
    return dict(requirement.split("==") for requirement in requirements)


def locked(name: str) -> dict[str, str]:
    return dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE))


def test_the_three_files_agree() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = pinned(project["dependencies"])
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    assert f"python {project['requires-python']}" in conda
    in_conda = {CONDA_NAMES.get(name, name): version for name, version in (line.split(" ", 1) for line in conda)}
    del in_conda["python"]
    assert wanted["snakemake"] in SpecifierSet(in_conda.pop("snakemake"))  # the channel may lack one release of many
    in_conda = {name: version.removeprefix("=") for name, version in in_conda.items()}
    assert {**in_conda, "snakemake": wanted["snakemake"]} == wanted
    assert wanted.items() <= locked("requirements.lock").items()


def test_the_makefile_asks_for_the_same_python() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == ">=3.11,<3.14"
    assert "(3, 11) <= sys.version_info[:2] <= (3, 13)" in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "Python 3.11, 3.12 or 3.13" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("group", ["dev", "jax", "slurm"])
def test_what_a_plain_run_does_without_is_locked_apart_and_meets_the_other_versions(group: str) -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    main, apart = locked("requirements.lock"), locked(f"requirements-{group}.lock")
    wanted = pinned(groups[group])
    assert wanted.items() <= apart.items()
    assert group == "dev" or not wanted.keys() & main.keys()
    assert {name: main[name] for name in apart if name in main} == {name: apart[name] for name in apart if name in main}


@pytest.mark.parametrize(("lock", "least"), [("", 50), ("-dev", 20), ("-jax", 5), ("-slurm", 5)])
def test_every_locked_package_has_hashes_and_no_address(lock: str, least: int) -> None:
    text = (ROOT / f"requirements{lock}.lock").read_text(encoding="utf-8")
    packages = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(packages) > least
    assert all("--hash=sha256:" in package for package in packages)
    assert "://" not in text

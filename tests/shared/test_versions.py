"""environment.yml, pyproject.toml and the lock file hold the same versions, and the lock holds hashes alone."""

import re
import tomllib

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from byhand.commands import supported
from tests.conftest import ROOT

CONDA_NAMES = {"pytorch": "torch", "matplotlib-base": "matplotlib", "snakemake-minimal": "snakemake"}


def pinned(requirements: list[str]) -> dict[str, str]:
    names = (requirement.partition("==") for requirement in requirements)
    return {name.partition("[")[0]: version for name, _, version in names}


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


@pytest.mark.parametrize(
    ("python", "system", "machine", "release", "line"),
    [
        ((3, 11), "linux", "x86_64", "2.28", ""),
        ((3, 13), "linux", "aarch64", "2.41", ""),
        ((3, 12), "darwin", "arm64", "14.0", ""),
        ((3, 12), "darwin", "arm64", "26.1", ""),
        ((3, 10), "linux", "x86_64", "2.36", "this is 3.10. Name another: make PYTHON=python3.12"),
        ((3, 14), "linux", "x86_64", "2.36", "this is 3.14. Name another: make PYTHON=python3.12"),
        ((3, 12), "darwin", "x86_64", "14.5", "macOS on Apple silicon; this is darwin on x86_64"),
        ((3, 12), "win32", "AMD64", "", "this is win32 on AMD64"),
        ((3, 12), "linux", "ppc64le", "2.36", "this is linux on ppc64le"),
        ((3, 12), "linux", "x86_64", "2.17", "needs glibc 2.28 or newer; this is 2.17"),
        ((3, 12), "linux", "x86_64", "", "needs glibc 2.28 or newer; this is another C library"),
        ((3, 12), "darwin", "arm64", "13.6.1", "needs macOS 14 or newer; this is 13.6.1"),
    ],
)
def test_a_machine_without_locked_packages_is_refused_in_one_line(
    python: tuple[int, int], system: str, machine: str, release: str, line: str
) -> None:
    said = supported.refusal(python, system, machine, release)
    assert (said == "") == (line == "")
    assert line in said
    assert "\n" not in said


def test_the_files_ask_for_the_same_python() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (first, oldest), (_, newest) = supported.PYTHONS
    assert project["requires-python"] == f">={first}.{oldest},<{first}.{newest + 1}"
    assert "Python 3.11, 3.12 or 3.13" in (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("group", ["dev", "export", "jax", "slurm", "storage"])
def test_what_a_plain_run_does_without_is_locked_apart_and_meets_the_other_versions(group: str) -> None:
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    main, apart = locked("requirements.lock"), locked(f"requirements-{group}.lock")
    wanted = pinned([requirement for requirement in groups[group] if isinstance(requirement, str)])
    assert wanted.items() <= apart.items()
    assert group == "dev" or not wanted.keys() & main.keys()
    assert {name: main[name] for name in apart if name in main} == {name: apart[name] for name in apart if name in main}


@pytest.mark.parametrize(
    ("lock", "least"), [("", 50), ("-dev", 20), ("-export", 5), ("-jax", 5), ("-slurm", 5), ("-storage", 5)]
)
def test_every_locked_package_has_hashes_and_no_address(lock: str, least: int) -> None:
    text = (ROOT / f"requirements{lock}.lock").read_text(encoding="utf-8")
    packages = re.split(r"^(?=[\w.-]+==)", text, flags=re.MULTILINE)[1:]
    assert len(packages) > least
    assert all("--hash=sha256:" in package for package in packages)
    assert "://" not in text

"""Every check of reliability is seen to fail: a fault is planted for it in a copy of the project, and it is run there.

`make planted` does so for all of `planted_faults.yaml`; `make test` holds that each check has a fault and that each
fault still fits the code.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from byhand.commands.reproduce import copy
from tests.conftest import REAL_DATA, ROOT
from tests.workflow.cluster import missing
from tests.workflow.conftest import Project

FAULTS = yaml.safe_load(Path(__file__).with_name("planted_faults.yaml").read_text(encoding="utf-8"))
CHECKS = [
    *sorted(path for path in Path(__file__).parent.glob("test_*.py") if path != Path(__file__)),
    *(ROOT / "tests" / name for name in ("data/test_download.py", "shared/test_verify.py", "workflow/test_slurm.py")),
]


def name(number: int) -> str:
    test = FAULTS[number]["test"].partition("::")[2].removeprefix("test_")
    return f"{number}: {test}"


def test_every_check_has_a_fault_that_it_must_notice() -> None:
    planted = {fault["test"].partition("[")[0] for fault in FAULTS}
    for path in CHECKS:
        tests = re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
        assert tests
        assert {f"{path.relative_to(ROOT / 'tests')}::{test}" for test in tests} - planted == set()


@pytest.mark.parametrize("number", range(len(FAULTS)), ids=name)
def test_a_fault_fits_the_code(number: int) -> None:
    fault = FAULTS[number]
    assert (ROOT / fault["in"]).read_text(encoding="utf-8").count(fault["old"]) == 1
    path, _, test = fault["test"].partition("::")
    assert f"def {test.partition('[')[0]}(" in (ROOT / "tests" / path).read_text(encoding="utf-8")


@pytest.mark.planted
@pytest.mark.parametrize("number", range(len(FAULTS)), ids=name)
def test_a_planted_fault_is_noticed(number: int, finished: Project, tmp_path: Path) -> None:
    fault = FAULTS[number]
    if "test_slurm" in fault["test"] and missing():
        pytest.skip(f"not installed: {missing()}")
    copy(ROOT, tmp_path / "copy")
    Project(tmp_path / "copy").edit(fault["in"], fault["old"], fault["new"])
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-m", "", "-p", "no:cacheprovider", "--basetemp",
         str(tmp_path / "inner"), f"tests/{fault['test']}"],
        cwd=tmp_path / "copy",
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")},
            "BYHAND_TEST_DATA": str(REAL_DATA),
            "BYHAND_TEST_FINISHED": str(finished.path),
        },
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert re.search(r"^1 failed(?!.*error)", said, re.MULTILINE), said
    assert "in vain: the steps start" not in said, said  # it failed, but before the fault could tell

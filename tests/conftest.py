"""What several rooms' tests share: where the real data are, and a small housing data set that is always there."""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, settings
from sklearn.datasets import load_diabetes

from byhand.workflow import start
from byhand.workflow.rules import SEALED

ROOT = Path(__file__).resolve().parent.parent
REAL_DATA = Path(os.environ.get("BYHAND_TEST_DATA", ROOT.parent / "shared" / "data"))

torch.set_num_threads(1)
os.environ.pop("MAKELEVEL", None)  # by which the Snakefile knows that make speaks the last words
# Started by nohup or with &, this process has Ctrl-C ignored, and would hand that down to all that it starts.
signal.signal(signal.SIGINT, signal.default_int_handler)

# How long an example takes is a fact about the machine, and no test's concern.
settings.register_profile("byhand", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("byhand")

Step = Callable[..., subprocess.CompletedProcess[str]]


@cache
def loaded(*packages: str) -> str:
    """The socket at which a process waits that has loaded these packages, which is half of what most tests take.

    Empty where a loaded process must not be forked.
    """
    if sys.platform != "linux":
        return ""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder)
    variables = {**os.environ, **SEALED, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
    start.wait_at(f"{folder}/loaded", [sys.executable, start.__file__], packages, variables)
    return f"{folder}/loaded"


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of the real data sets' caches."""
    if not (REAL_DATA / "cal_housing_py3.pkz").is_file():
        pytest.skip(f"no real data in {REAL_DATA} (BYHAND_TEST_DATA names another folder)")
    return REAL_DATA


@pytest.fixture(scope="session")
def step() -> Step:
    """Run a step as a person would: step("housing.steps.train", "--protocol", "published", …)."""

    def run(name: str, *arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
        place = "" if "preexec_fn" in options else loaded(*start.PACKAGES)  # a limit would not reach the copy
        done: subprocess.CompletedProcess[str] = subprocess.run(
            [sys.executable, "-P", start.__file__, f"byhand.{name}", *map(str, arguments)],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "100", start.PLACE: place},
            **options,  # type: ignore[call-overload]
        )
        return done

    return run


@pytest.fixture(scope="session")
def housing_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A housing data file of the kind that the data step writes, from scikit-learn's bundled diabetes data."""
    path = tmp_path_factory.mktemp("data") / "housing.npz"
    bunch = load_diabetes()
    target = (bunch.target - bunch.target.mean()) / bunch.target.std()
    np.savez(
        path, features=bunch.data, target=target, feature_names=bunch.feature_names, dataset="diabetes", fallback_for=""
    )
    return path

"""The tables of a small finished run, and a browser to open its page in."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.workflow.conftest import Project, finished, project

__all__ = ["finished", "project"]

CHROMIUM = shutil.which("chromium")
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SIZES = {"phone": {"width": 390, "height": 844}, "desktop": {"width": 1280, "height": 900}}


@pytest.fixture
def finished_results(finished: Project) -> Path:
    """The folder that holds `results` of a run on the bundled data."""
    return finished.path


@pytest.fixture
def report(finished_results: Path) -> Path:
    """The page of that run, or the one that BYHAND_TEST_REPORT names."""
    return Path(os.environ.get("BYHAND_TEST_REPORT", finished_results / "results/report.html")).resolve()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a screen."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()

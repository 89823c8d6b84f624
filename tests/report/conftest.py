"""The tables of a small finished run, and a browser to open its page in."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

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


@contextmanager
def opened(browser: Browser, report: Path, size: str, scheme: str) -> Iterator[Page]:
    """The report in a window; in the end it has said nothing, asked for nothing but itself, and fits the width."""
    context = browser.new_context(viewport=SIZES[size], color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    yield page
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"], "scrolls sideways"
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [report.as_uri()]
    context.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a screen."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed (Debian: apt install chromium)")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield started
        started.close()

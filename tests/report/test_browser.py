"""The page in a real browser: no error, no request, every picture, no barrier that axe-core knows."""

import os
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.report.conftest import SIZES


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_report_opens_from_disk_without_fault(browser: Browser, report: Path, size: str, scheme: str) -> None:
    context = browser.new_context(viewport=SIZES[size], color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(report.as_uri())
    shown = page.eval_on_selector_all(
        "figure svg[role=img]", "all => all.map(svg => svg.getBoundingClientRect().width)"
    )
    assert len(shown) >= 10
    assert all(width >= 600 for width in shown), "too small to read"
    colours = "all => all.map(text => getComputedStyle(text).fill === getComputedStyle(document.body).color)"
    follows = page.eval_on_selector_all("figure svg text", colours)
    assert sum(follows) > 0.8 * len(follows), "text in the page's colour, but for numbers on coloured areas"
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [report.as_uri()]
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES[size]["width"], "scrolls sideways"
    broken = "all => all.filter(a => a.hash && !document.getElementById(a.hash.slice(1))).map(a => a.hash)"
    assert page.eval_on_selector_all("a", broken) == []
    found = Axe().run(page).response["violations"]
    serious = [violation["id"] for violation in found if violation["impact"] in ("serious", "critical")]
    assert serious == []
    if folder := os.environ.get("BYHAND_SCREENSHOTS"):
        page.screenshot(path=Path(folder, f"{size}-{scheme}.png"))
        page.screenshot(path=Path(folder, f"{size}-{scheme}-whole.png"), full_page=True)
    context.close()

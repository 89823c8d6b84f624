"""The page in a real browser: no error, no request, every picture, no barrier that axe-core knows."""

import os
import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.report.conftest import SIZES, opened


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_the_report_opens_from_disk_without_fault(browser: Browser, report: Path, size: str, scheme: str) -> None:
    with opened(browser, report, size, scheme) as page:
        page.evaluate("document.querySelectorAll('details').forEach(folded => { folded.open = true })")
        shown = page.eval_on_selector_all(
            "figure svg[role=img]",
            "all => all.filter(svg => svg.checkVisibility()).map(svg => svg.getBoundingClientRect().width)",
        )
        assert len(shown) >= 10
        assert all(width >= 600 for width in shown), "too small to read"
        colours = "all => all.map(text => getComputedStyle(text).fill === getComputedStyle(document.body).color)"
        follows = page.eval_on_selector_all("figure svg text", colours)
        assert sum(follows) > 0.8 * len(follows), "text in the page's colour, but for numbers on coloured areas"
        named = page.eval_on_selector_all(
            "a", "all => all.map(a => decodeURIComponent(a.hash.slice(1))).filter(Boolean)"
        )
        assert page.evaluate("names => names.filter(name => !document.getElementById(name))", named) == []
        found = Axe().run(page).response["violations"]
        assert [violation["id"] for violation in found if violation["impact"] != "minor"] == []
        if folder := os.environ.get("BYHAND_SCREENSHOTS"):
            page.screenshot(path=Path(folder, f"{size}-{scheme}.png"))
            page.screenshot(path=Path(folder, f"{size}-{scheme}-whole.png"), full_page=True)


def test_the_report_is_small_and_needs_no_script(browser: Browser, report: Path) -> None:
    assert report.stat().st_size < 5_000_000
    context = browser.new_context(viewport=SIZES["phone"], java_script_enabled=False)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(report.as_uri())
    for number in range(1, 19):
        page.locator(".tiles a").nth(number - 1).click()
        heading = page.locator(f"#exercise-{number}")
        box, tiles = heading.bounding_box(), page.locator(".tiles").bounding_box()
        assert box is not None
        assert tiles is not None
        assert tiles["y"] + tiles["height"] <= box["y"] <= SIZES["phone"]["height"] / 3, "seen below the tiles"
    page.locator("details.derivation summary").first.click()
    assert page.locator("details.derivation math").nth(1).is_visible()
    context.close()


def test_what_is_folded_is_printed(browser: Browser, report: Path, tmp_path: Path) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(report.as_uri())
    printed, opened = tmp_path / "printed.pdf", tmp_path / "opened.pdf"
    page.pdf(path=printed, format="A4")
    page.evaluate("document.querySelectorAll('details').forEach(folded => { folded.open = true })")
    page.pdf(path=opened, format="A4")
    pages = [len(re.findall(rb"/Type\s*/Page\b", path.read_bytes())) for path in (printed, opened)]
    assert pages[0] == pages[1] > 20
    context.close()

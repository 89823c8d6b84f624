"""The playthings of the page, driven by keyboard alone: their numbers are those of the mathematics and the tables."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from byhand.initialization.figures import appearance
from byhand.jacobian import cost, order
from byhand.jacobian.order import Order
from byhand.least_squares.descent import descend
from byhand.report import playthings
from tests.report.conftest import SIZES, opened

FIGURES = {
    "descent": "least_squares_figure_iterates",
    "depth": "initialization_figure_gradients",
    "chain": "jacobian_figure_crossover",
}


@pytest.fixture
def page(browser: Browser, report: Path) -> Iterator[Page]:
    """The page at desktop size."""
    context = browser.new_context(viewport=SIZES["desktop"])  # type: ignore[arg-type]
    opened = context.new_page()
    opened.goto(report.as_uri())
    yield opened
    context.close()


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, and it shows that it has."""
    for _ in range(2000):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never reaches {selector}")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def says(page: Page, name: str, part: str = "says") -> str:
    return page.locator(f"#play-{name} [data-part={part}]").inner_text()


def number(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


def shown(page: Page) -> dict[str, tuple[bool, bool]]:
    """Whether each plaything, and its static figure, can be seen."""
    return {
        name: (page.locator(f"#play-{name}").is_visible(), page.locator(f"#{figure}").is_visible())
        for name, figure in FIGURES.items()
    }


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
def test_they_are_shown_without_fault(browser: Browser, report: Path, size: str, scheme: str) -> None:
    with opened(browser, report, size, scheme) as page:
        assert set(shown(page).values()) == {(True, True)}
        for name in FIGURES:  # every state that has another colour or another width
            for select in page.locator(f"#play-{name} select").all():
                select.select_option(index=select.locator("option").count() - 1)
        page.locator("#play-chain input").first.fill("0")
        found = Axe().run(page, [[".plaything"]]).response["violations"]
        assert [(violation["id"], violation["impact"]) for violation in found] == []


def test_without_scripts_and_in_print_there_are_the_figures(browser: Browser, report: Path, page: Page) -> None:
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(report.as_uri())
    assert set(shown(plain).values()) == {(False, True)}
    context.close()
    page.emulate_media(media="print")
    assert set(shown(page).values()) == {(False, True)}


@pytest.mark.parametrize(("name", "figure"), FIGURES.items())
def test_the_contents_lead_to_each_and_each_to_its_figure(page: Page, name: str, figure: str) -> None:
    for link, target in ((f".contents a[href='#try-{name}']", f"#play-{name}"), (f"#play-{name} a", f"#{figure}")):
        tab_to(page, link)
        page.keyboard.press("Enter")
        assert page.locator(target).evaluate("it => Math.abs(it.getBoundingClientRect().top) < innerHeight / 2")


BEHAVIOUR = {  # by the step size in hundredths of 1/λ_max
    0: "I − αXᵀX is the identity, and descent stays where it starts",
    1: "I − αXᵀX is positive definite, and descent converges",
    99: "I − αXᵀX is positive definite, and descent converges",
    100: "I − αXᵀX is only semidefinite, yet descent converges",
    101: "I − αXᵀX is not positive definite, yet descent converges",
    199: "I − αXᵀX is not positive definite, yet descent converges",
    200: "I − αXᵀX is not positive definite, and descent oscillates forever",
    201: "I − αXᵀX is not positive definite, and descent diverges",
    240: "I − αXᵀX is not positive definite, and descent diverges",
}


def test_descent_says_what_a_step_size_does(page: Page) -> None:
    X = np.diag(np.sqrt([1.0, 8.0]))
    tab_to(page, "#play-descent input")
    press(page, "Home")
    for hundredths in range(241):
        t = hundredths / 100
        told = re.fullmatch(
            r"α = (\S+)/λₘₐₓ: (.*)\. Distance from the minimiser: (\S+) at the start, (\S+) after 20 steps\.",
            says(page, "descent"),
        )
        assert told, says(page, "descent")
        assert told[1] == f"{t:.2f}"
        assert told[2] == BEHAVIOUR.get(hundredths, told[2])
        *_, last = descend(X, np.zeros(2), np.array([2.0, 1.0]), t / 8, 20)
        assert number(told[3]) == pytest.approx(np.sqrt(5), rel=5e-3)
        assert number(told[4]) == pytest.approx(np.linalg.norm(last), rel=5e-3)
        for part, eigenvalue in (("first", 1), ("second", 8)):
            factor = number(says(page, "descent", part).rpartition(" = ")[2])
            assert factor == pytest.approx(1 - t / 8 * eigenvalue, rel=5e-3, abs=1e-9)
        multipliers = np.linalg.eigvalsh(np.eye(2) - t / 8 * X.T @ X)
        assert ("is positive definite" in told[2] or "identity" in told[2]) == bool(multipliers.min() > 1e-12)
        assert ("converges" in told[2]) == bool(t > 0 and np.abs(multipliers).max() < 1 - 1e-12)
        press(page, "ArrowRight")


def test_the_marks_below_the_slider_are_where_its_thumb_is(page: Page) -> None:
    tab_to(page, "#play-descent input")
    box = page.locator("#play-descent input").bounding_box()
    assert box is not None
    for mark, t in (("1/λmax", 1), ("2/λmax", 2)):
        place = page.locator("#play-descent .scale span", has_text=mark).bounding_box()
        assert place is not None
        thumb = box["x"] + 8 + (box["width"] - 16) * t / 2.4
        assert place["x"] + place["width"] / 2 == pytest.approx(thumb, abs=1)


def test_depth_says_what_the_tables_say(page: Page, report: Path) -> None:
    folder = report.parent / "initialization"
    names, *_, width = of_assignment(folder)
    trained = pd.read_csv(folder / "depth.csv").groupby("depth")["initialization"].nunique()
    depths = trained.index[trained == len(names)]
    number_of = r"([−\d.e-]+)"
    share = r"(?:below )?([\d.]+) %"
    pattern = re.compile(
        rf"(.*), layer (\d+) of (\d+): standard deviation of the activations {number_of} \(theory {number_of}\); "
        rf"error over that of the last hidden layer {number_of} \(theory {number_of}\); "
        rf"saturated units {share} \(theory {share}\)"
    )
    tab_to(page, "#play-depth [data-part=initialization]")
    press(page, "Home")
    for name in names:
        table = pd.read_csv(folder / f"propagation/{name}/tanh.csv")
        table = table[(table["pixels"] == "unit") & (table["hidden_width"] == width) & table["depth"].isin(depths)]
        press(page, "Tab", "Home")
        for depth, rows in table.groupby("depth"):
            press(page, "Tab", "Home")
            for layer in range(1, int(str(depth)) + 1):
                told = pattern.match(says(page, "depth"))
                assert told, says(page, "depth")
                assert told.groups()[:3] == (appearance.label(name), str(layer), str(depth))
                row = rows[rows["layer"] == layer].iloc[0]
                expected = [
                    max(100 * row[column], 0.001 * (row[column] > 0)) if "share" in column else row[column]
                    for quantity in ("activation_deviation", "delta_ratio", "saturated_share")
                    for column in (quantity, f"predicted_{quantity}")
                ]
                assert [number(text) for text in told.groups()[3:]] == pytest.approx(expected, rel=6e-3, abs=0)
                press(page, "ArrowRight")
            press(page, "Shift+Tab", "ArrowDown")
        press(page, "Shift+Tab", "ArrowDown")


def test_depth_says_how_training_changed_the_gradients(page: Page, report: Path) -> None:
    folder = report.parent / "initialization"
    names, depth, width = of_assignment(folder)
    path = folder / f"training/{names[0]}/tanh_sgd_0.01/depth{depth}_width{width}_file_layers.csv"
    norms = pd.read_csv(path).query("layer == 1").groupby("epoch")["weight_gradient_norm"].median()
    told = re.search(r"weight gradient (\S+) at the start, (\S+) after (\S+) epochs\.$", says(page, "depth"))
    assert told, says(page, "depth")
    expected = [norms.iloc[0], norms.iloc[-1], norms.index[-1]]
    assert [number(text) for text in told.groups()] == pytest.approx(expected, rel=6e-3)


def test_depth_says_which_network_was_not_trained(page: Page, report: Path, tmp_path: Path) -> None:
    assert page.locator("#play-depth [data-part=training]").is_visible()
    untrained = tmp_path / "untrained.html"
    untrained.write_text(re.sub(r'"epochs": \[[^]]*\]', '"epochs": null', report.read_text(encoding="utf-8")), "utf-8")
    page.goto(untrained.as_uri())
    assert says(page, "depth").endswith("; this network was not trained in this run.")
    assert page.locator("#play-depth [data-part=training]").is_hidden()


def of_assignment(folder: Path) -> tuple[list[str], int, int]:
    """All initialisations, and the depth and width of the assignment's networks."""
    table = pd.read_csv(folder / "depth.csv")
    own = table[table["order"] == "shuffled"].iloc[0]
    return list(table["initialization"].unique()), int(own["depth"]), int(own["hidden_width"])


def test_the_embedded_numbers_are_few_and_short(page: Page) -> None:
    text = page.locator("#play-depth [data-part=data]").text_content() or ""
    assert len(text) < 200_000
    digits = re.findall(r"(?<![\w\".])\d+\.\d+(?:e[+-]\d+)?", text)
    assert len(digits) > 20
    assert [value for value in digits if len(value.partition("e")[0].replace(".", "").strip("0")) > 4] == []
    json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))


def brackets(tree: Order, mode: str, chain: tuple[int, ...]) -> str:
    """The order with its diagonals, as the page writes it."""
    if isinstance(tree, int):
        return f"W{len(chain) - 1 - tree}"
    factors = [
        text if isinstance(factor, int) else f"({text})" for factor in tree for text in [brackets(factor, mode, chain)]
    ]
    first, middle, end = order.span(tree[0])[0], order.span(tree[0])[1], order.span(tree[1])[1]
    diagonal = f"D{len(chain) - 1 - middle}"
    if cost.SCALES_LEFT[mode](chain[first], chain[end]):
        return f"({factors[0]} {diagonal}) {factors[1]}"
    return f"{factors[0]} ({diagonal} {factors[1]})"


def some_widths() -> list[list[int]]:
    draw = np.random.default_rng(691)
    drawn = [draw.choice([1, 2, 5, 30, 200, 1000], count).tolist() for count in (4, 5, 6, 7) for _ in range(4)]
    return [[1, 1, 1, 1], [1000] * 7, [3, 7, 7, 3], *drawn]


def test_chain_counts_as_the_room_does(page: Page) -> None:
    ordinary = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789")
    tab_to(page, "#play-chain select")
    for widths in some_widths():
        page.keyboard.type(str(len(widths)))
        for width in widths:
            press(page, "Tab", "Control+A")
            page.keyboard.type(str(width))
        chain = tuple(reversed(widths))
        totals = {}
        for mode in cost.ORDERS:
            told = re.fullmatch(
                r"(\S+) multiplications: (\S+) in products, (\S+) by diagonals", says(page, "chain", f"{mode}-count")
            )
            assert told
            expected = cost.products(mode, widths)
            counts = (expected.products + expected.scalings, expected.products, expected.scalings)
            assert tuple(map(number, told.groups())) == counts, (mode, widths)
            totals[mode] = counts[0]
            tree = cost.ORDERS[mode](chain)
            assert says(page, "chain", f"{mode}-brackets").translate(ordinary) == brackets(tree, mode, chain)
        assert totals["cheapest"] == order.multiplications(order.cheapest(chain), chain)
        assert f"takes {totals['cheapest']:,} multiplications" in says(page, "chain")
        press(page, *["Shift+Tab"] * len(widths))


def test_chain_refuses_what_is_no_width(page: Page) -> None:
    tab_to(page, "#play-chain input")
    for typed in ("0", "1001", "2.5", "-3", ""):
        press(page, "Control+A", "Delete")
        page.keyboard.type(typed)
        assert says(page, "chain") == "Each width is a whole number from 1 to 1000."
        assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
        assert page.locator("#play-chain [data-part=results]").is_hidden()
        press(page, "Control+A")
        page.keyboard.type("12")
        assert "multiplications" in says(page, "chain")
        assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "false"


def test_a_quantity_without_a_number_is_none() -> None:
    values: Any = pd.Series([0.123456, float("nan"), 1e-300, 0.0])
    assert playthings.brief(values) == [0.1235, None, 1e-300, 0.0]

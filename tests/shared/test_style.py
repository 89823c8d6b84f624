"""A figure is the same on every machine, and an .svg of it stands on a light page and on a dark one."""

import re
from pathlib import Path

import pytest

from byhand.report.html import inline
from byhand.step import style


@pytest.fixture
def drawing(tmp_path: Path) -> Path:
    """A line in the colour of the text and one in another, with words."""
    path = tmp_path / "figure_lines.svg"
    draw(path)
    return path


def draw(path: Path) -> None:
    with style.figure([path, path.with_suffix(".png")]) as (drawn, axes):
        axes.semilogy([1, 2, 3], [1, 10, 1000], "o-", color=style.COLOURS["black"], label="black < 1")
        axes.plot([1, 2, 3], [1, 2, 3], color=style.COLOURS["blue"], label="blue")
        axes.set_xlabel("some words")
        axes.legend()
        style.heading(drawn, "words " * 40)


def test_equal_numbers_give_equal_bytes(drawing: Path, tmp_path: Path) -> None:
    (tmp_path / "again").mkdir()
    draw(tmp_path / "again" / drawing.name)
    for suffix in (".svg", ".png"):
        again = tmp_path / "again" / drawing.with_suffix(suffix).name
        assert again.read_bytes() == drawing.with_suffix(suffix).read_bytes()


def test_black_is_the_colour_of_the_page_and_other_colours_stay(drawing: Path) -> None:
    svg = drawing.read_text(encoding="utf-8")
    assert re.search(r'<svg [^>]*fill="currentColor"', svg)
    assert "stroke: currentColor" in svg
    assert set(re.findall(r"#[0-9a-fA-F]{6}\b", svg)) == {style.COLOURS["blue"].lower()}


def test_words_are_text_in_any_font_and_nothing_is_said_of_the_page_around(drawing: Path) -> None:
    svg = drawing.read_text(encoding="utf-8")
    assert ">some words</text>" in svg
    assert svg.count("font-family") == 1
    assert "<style" not in svg


def test_a_long_heading_is_wrapped(drawing: Path) -> None:
    lines = re.findall(r">((?:words ?)+)</(?:text|tspan)>", drawing.read_text(encoding="utf-8"))
    assert len(lines) == 3


def test_two_drawings_on_one_page_share_no_id_and_keep_their_references(drawing: Path) -> None:
    svg = drawing.read_text(encoding="utf-8")
    first, second = (inline(svg, name, 'less "than" <one>') for name in ("one", "two"))
    ids, others = (re.findall(r' id="([^"]*)"', text) for text in (first, second))
    assert ids
    assert not set(ids) & set(others)
    used = re.findall(r'href="#([^"]*)"|url\(#([^)]*)\)', first)
    assert {a or b for a, b in used} <= set(ids)
    assert first.startswith('<svg role="img" aria-label="less &#34;than&#34; &lt;one&gt;"')

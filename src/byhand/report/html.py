"""Text as HTML: the page's templates, the mathematics in its prose, and the terms that its glossary explains."""

import base64
import re
from collections.abc import Mapping
from pathlib import Path

import jinja2
from latex2mathml.converter import convert
from markupsafe import Markup, escape

from byhand.data.layout import TITLES
from byhand.report import playthings
from byhand.report.claims import SIGNS

TEMPLATES = Path(__file__).parent / "templates"
SCRIPTS = Path(__file__).parent / "playthings"
FONT = Path(__file__).parent / "fonts/math.woff2"
"""STIX Two Math (SIL Open Font License), cut down to the characters of our formulas."""


def environment(rooms: Path, glossary: Mapping[str, str]) -> jinja2.Environment:
    """Templates that escape whatever they show and fail at an unknown name.

    Its global `used_terms` holds the terms of the glossary that were shown so far.
    """
    jinja = jinja2.Environment(
        loader=jinja2.FileSystemLoader([TEMPLATES, SCRIPTS, rooms]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    block = jinja.get_template("formula.html.j2")
    jinja.filters["formula"] = lambda tex: Markup(block.render(mathml=formula(tex, "block")))  # noqa: S704
    jinja.globals["font"] = base64.b64encode(FONT.read_bytes()).decode()
    jinja.globals["playthings"] = playthings.BY_ROOM
    jinja.filters["named"] = lambda dataset: TITLES.get(dataset, dataset.replace("_", " "))
    jinja.filters["sign"] = SIGNS.__getitem__
    jinja.filters["mathematics"] = formula
    jinja.filters["slug"] = slug
    jinja.filters["prose"] = prose
    jinja.filters["lowered"] = lowered
    used = jinja.globals["used_terms"] = dict[str, str]()
    # With the context, so that Jinja does not call it for a constant in a part of a template that is not shown.
    jinja.filters["terms"] = jinja2.pass_context(lambda context, text: terms(text, glossary, used))
    return jinja


def formula(tex: str, display: str = "inline") -> Markup:
    """LaTeX as MathML, with the names of functions without an operator's space around them."""
    named = re.sub(r"<mo>([A-Za-z]{3,})</mo>", r"<mi>\1</mi>", convert(tex.strip(), display=display))
    return Markup(named)  # noqa: S704


def lowered(text: str) -> Markup:
    """Text as HTML: max in λ_max as an index, a minus sign before a negative number, and a space before %."""
    signs = re.sub(r"(?<![\w.])-(?=\d)", "−", str(escape(text)))
    spaced = re.sub(r"(?<=\d) ?%", "\N{NO-BREAK SPACE}%", signs)
    return Markup(re.sub(r"\b([^\W\d_])_(\w+)", r"\1<sub>\2</sub>", spaced))  # noqa: S704  escaped


def prose(text: str) -> Markup:
    """Text as HTML, with LaTeX between two dollar signs as mathematics."""
    parts = text.split("$")
    return Markup("").join(formula(part) if place % 2 else lowered(part) for place, part in enumerate(parts))


def terms(text: str, glossary: Mapping[str, str], used: dict[str, str]) -> Markup:
    """Text as HTML; a term of the glossary leads to its meaning where the text first has it, and is put into `used`."""
    if not glossary:
        return lowered(text)
    either = re.compile(rf"(?<!\w)({'|'.join(map(re.escape, glossary))})(?=s?\b|\W|$)")
    seen: set[str] = set()

    def link(term: str) -> Markup:
        if term in seen:
            return lowered(term)
        seen.add(term)
        used[term] = glossary[term]
        return Markup('<a class="term" href="#term-{}" data-meaning="{}">{}</a>').format(
            slug(term), glossary[term], lowered(term)
        )

    parts = either.split(text)  # every second one is a term
    return Markup("").join(link(part) if place % 2 else lowered(part) for place, part in enumerate(parts))


def inline(svg: str, name: str, seen: str) -> Markup:
    """An .svg file as a part of the page, where it takes the colour of the text.

    Args:
        name: what its ids begin with, since those of two files are often the same.
        seen: the alternative text.
    """
    drawing = re.sub(r'( id="|href="#|url\(#)', rf"\g<1>{name}-", svg[svg.index("<svg") + len("<svg") :])
    return Markup('<svg role="img" aria-label="{}"').format(seen) + Markup(drawing)  # noqa: S704  drawn by our steps


def slug(words: str) -> str:
    """Words as the name of an anchor or of a style."""
    return "-".join(re.findall(r"\w+", words))

"""The engine of claims, verdicts and the page judges another, small document without a change."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

from byhand.step import provenance, tables
from tests.conftest import ROOT, Step

FILES = {
    "assignment.yaml": """
title: a sheet about coins
source: Sheet 3 of a course on probability
contains: sentences
method: Each sentence was compared with exact counts.
chapters:
  coins:
    problem: 1
    title: Coins
    exercises:
      1: {title: Heads, asks: How often is it heads?, answers: Half of the time.}
      2: {title: Two heads, asks: Are they as likely as one of each?, answers: "Yes.", tempting: There are two faces.}
  dice:
    problem: 2
    title: Dice
    exercises:
      3: {title: Sixes, asks: How long does a six take?, answers: Six throws.}
""",
    "claims.yaml": """
fair:
  exercise: 1
  says: Half of all outcomes are heads.
  kind: stated
  place: the first line
  table: coins/heads.csv
  condition: share == 0.5
  figure: share.max()
  found: The share of heads is {:g}.
  tolerance: none
  expected: holds
two_heads:
  exercise: 2
  says: Two heads are as likely as one of each.
  kind: implied
  place: the second line
  table: coins/two.csv
  condition: both == mixed
  figure: (mixed / both).max()
  found: One of each is {:g} times as likely.
  tolerance: none
  correction: One of each is twice as likely.
  expected: does not hold
sixes:
  exercise: 3
  says: A six takes six throws on average.
  kind: printed
  place: the third line
  settings: dice
  table: dice/throws.csv
  condition: throws == 6
  figure: throws.max()
  found: It takes {:g} throws.
  tolerance: none
  expected: holds
""",
    "findings.yaml": """
twice:
  exercise: 2
  title: Order was forgotten.
  says: One of each is {times:g} times as likely.
  claim: two_heads
  numbers:
    times: {table: coins/two.csv, figure: (mixed / both).max()}
""",
    "rooms/coins/figures/heads.rst": "Heads by throw.\n\nThe share of heads.\n\nA line at one half.\n",
    "rooms/coins/chapter.html.j2": "<p>A coin has two sides.</p>\n",
    "results/coins/figure_heads.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
}
TABLES: dict[str, dict[str, list[float]]] = {
    "coins/heads": {"share": [0.5]},
    "coins/two": {"both": [0.25], "mixed": [0.5]},
    "dice/throws": {"throws": [6.0]},
}


@pytest.fixture
def document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(text.lstrip(), encoding="utf-8")
    for name, columns in TABLES.items():
        path = Path("results", f"{name}.csv")
        tables.write(pd.DataFrame(columns), path)
        facts = {"settings": {}, "inputs": [], "threads": 1, "wall_seconds": 0.1, "facts": {}}
        provenance.write([path], step="byhand.report.steps.judge", **facts)  # type: ignore[arg-type]
    return tmp_path


def judged(step: Step, document: Path, *more: str) -> pd.DataFrame:
    flags = ("--claims", "claims.yaml", "--findings", "findings.yaml", "--results", "results")
    outputs = ("--verdicts", "results/report/claims.csv", "--numbers", "results/report/findings.csv")
    done = step("report.steps.judge", *flags, *outputs, *more, cwd=document)
    assert done.returncode == 0, done.stderr
    return pd.read_csv(document / "results/report/claims.csv", keep_default_na=False).set_index("claim")


def test_its_claims_get_verdicts_and_its_page_shows_them(step: Step, document: Path) -> None:
    table = judged(step, document)
    assert table["verdict"].to_dict() == {"fair": "holds", "two_heads": "does not hold", "sixes": "holds"}
    made = [*(f"results/{name}.csv" for name in TABLES), "results/coins/figure_heads.svg"]
    flags = ("--assignment", "assignment.yaml", "--rooms", "rooms", "--results", "results", "--configuration", "{}")
    done = step("report.steps.page", *flags, "--benchmarks", "--page", "page.html", "--made", *made, cwd=document)
    assert done.returncode == 0, done.stderr
    page = " ".join((document / "page.html").read_text(encoding="utf-8").split())
    for words in (
        "Which claims of a sheet about coins hold?",
        "Sheet 3 of a course on probability answers 3 exercises with sentences. Of its 3 claims, 2 hold as written, 0"
        " with a correction (wrong as written, although what the exercise needs is right), and 1 does not hold. </p>",
        "<p><strong>The assignment’s answer.</strong> Half of the time.</p>",
        "<p><strong>Why the mistake is easy to miss.</strong> There are two faces.</p>",
        "Each sentence was compared with exact counts.</p>",
        '<h2 id="coins">Problem 1: Coins</h2>',
        '<h2 id="dice">Problem 2: Dice</h2>',
        "<p>A coin has two sides.</p>",
        "Heads by throw.",
        "One of each is 2 times as likely.",
        "<strong>In fact:</strong> One of each is twice as likely.",
    ):
        assert words in page, words
    assert re.findall(r'id="claim-(\w+)"', page) == ["fair", "two_heads", "sixes"]
    assert "<script" not in page


def test_its_claims_too_are_judged_only_under_its_own_settings(step: Step, document: Path) -> None:
    difference = "dice.sides is 8, the assignment's is 6"
    table = judged(step, document, "--differences", difference)
    assert list(table.loc["sixes", ["verdict", "why_not"]]) == ["not judged", difference]
    assert table.loc["fair", "verdict"] == "holds"


def test_the_engine_names_nothing_of_the_first_document() -> None:
    report = ROOT / "src/byhand/report"
    engine = {*report.rglob("*.py"), *(report / "templates").iterdir()}
    engine -= {report / "operations.py", report / "typeset.py"}  # which know functions such as tanh
    own = r"COMP|691|MNIST|[Tt]anh|[Hh]ousing|Xavier|Jacobian|ReLU|\btent\b"
    assert len(engine) > 10
    found = {path.name: names for path in engine if (names := re.findall(own, path.read_text(encoding="utf-8")))}
    assert found == {}
    assert json.dumps(FILES).count("COMP") == 0

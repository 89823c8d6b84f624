"""The page: what it shows is escaped, follows from the run alone, and is told in a line where something is missing."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from markupsafe import Markup

from byhand.errors import BadInput
from byhand.report import exercises, history
from byhand.report.assignment import load
from byhand.report.captions import caption
from byhand.report.figures.steps import arranged
from byhand.report.html import formula, prose, terms
from byhand.step.shown import text as shown_text
from tests.conftest import ROOT, Step


@pytest.fixture
def folder(finished_results: Path, tmp_path: Path) -> Path:
    """A copy of the results of a small run."""
    shutil.copytree(finished_results / "results", tmp_path / "results")
    return tmp_path


def page(step: Step, folder: Path, **options: object) -> subprocess.CompletedProcess[str]:
    made = [path.relative_to(folder) for path in (folder / "results").rglob("*.svg")]
    flags = {"results": "results", "assignment": ROOT / "assignment/assignment.yaml", "configuration": "{}", **options}
    words = [word for key, value in flags.items() for word in (f"--{key}", value)]
    return step("report.steps.page", *words, "--made", *made, "--benchmarks", "--page", "page.html", cwd=folder)


def test_the_page_has_every_claim_and_every_picture_and_asks_for_nothing(step: Step, folder: Path) -> None:
    done = page(step, folder)
    assert done.returncode == 0, done.stderr
    text = (folder / "page.html").read_text(encoding="utf-8")
    table = pd.read_csv(folder / "results/report/claims.csv")
    assert len(re.findall(r'id="claim-', text)) == len(table)
    assert text.count("<figure id=") == len(list((folder / "results").rglob("*.svg")))
    assert text.count("<math") >= 10
    assert not re.search(r'src="(?!data:)|href="(?!data:)(?:[a-z]+:|/)', text)  # links lead to files beside it
    assert not re.search(r"url\((?!#|data:font/)", text)
    assert "<img" not in text
    assert caption("relu_figure_depth").seen in text
    told = " ".join(text.split())
    assert "The data: scikit-learn&#39;s bundled diabetes data and scikit-learn&#39;s bundled digits." in told
    assert "Bundled data." not in text


def links(page: Path) -> tuple[int, list[str]]:
    """How many files a page leads to, and those of them that are not there."""
    found = {link for link in re.findall(r'href="([^"#][^"]*)"', page.read_text("utf-8")) if "data:" not in link}
    return len(found), sorted(link for link in found if not (page.parent / link).is_file())


def test_every_link_leads_somewhere_and_every_anchor_is_linked(finished_results: Path) -> None:
    text = (finished_results / "results/report.html").read_text(encoding="utf-8")
    followed, broken = links(finished_results / "results/report.html")
    assert followed > 20
    assert broken == []
    anchors, leading = re.findall(r'\bid="([^"]+)"', text), set(re.findall(r'href="#([^"]+)"', text))
    assert len(anchors) == len(set(anchors))
    assert leading - set(anchors) == set()
    assert [id_ for id_ in anchors if re.match(r"exercise-|claim-|term-", id_) and id_ not in leading] == []


def test_each_exercise_has_its_block(finished_results: Path) -> None:
    text = (finished_results / "results/report.html").read_text(encoding="utf-8")
    blocks = re.findall(r'<article class="exercise".*?</article>', text, re.DOTALL)
    assert len(blocks) == 18
    for number, block in enumerate(blocks, 1):
        assert f'<h3 id="exercise-{number}">Exercise {number}: ' in block
        for part in ("The assignment’s answer.", "The code: <code>src/byhand/", "snakemake --cores all --force -- "):
            assert part in block, number
        assert '<section class="claim"' in block or number in (5, 11), number  # judged with the exercise before it


def test_code_is_shown_by_the_text_that_it_has_once() -> None:
    shown = exercises.code("src/byhand/gradients/network.py", "def gradient(")
    assert shown.text.startswith("def gradient(")
    assert shown.text.splitlines()[-1].startswith("    return ")
    lines = (ROOT / shown.path).read_text(encoding="utf-8").splitlines()
    assert lines[shown.line - 1].startswith("def gradient(")
    with pytest.raises(BadInput, match=r"network\.py: has 'return' \d+ times, expected once"):
        exercises.code("src/byhand/gradients/network.py", "return")


@pytest.mark.parametrize(
    ("verdicts", "one"),
    [
        ([], ("not judged", "has no claim")),
        (["not judged"], ("not judged", "is not judged")),
        (["not judged", "holds"], ("not judged", "1 of 2 claims is not judged")),
        (["holds", "holds"], ("holds", "both claims hold")),
        (["holds", "depends on the hardware"], ("depends on the hardware", "1 of 2 claims depends on the hardware")),
        (["does not hold", "holds", "does not hold"], ("does not hold", "2 of 3 claims do not hold")),
        (
            ["not judged", "holds", "does not hold", "not judged", "holds with a correction"],
            ("does not hold", "1 of 5 claims does not hold, 1 needs a correction, 2 are not judged"),
        ),
    ],
)
def test_the_gravest_verdict_stands_for_an_exercise(verdicts: list[str], one: tuple[str, str]) -> None:
    assert exercises.verdict(verdicts) == one


def test_mathematics_and_terms_in_a_text() -> None:
    assert prose("a < b, $x_1$.") == Markup("a &lt; b, {}.").format(formula("x_1"))
    used: dict[str, str] = {}
    told = terms("ulp, ulp, reruns & pulp", {"ulp": "a unit", "rerun": "again", "kink": "a jump"}, used)
    assert re.sub(r' data-meaning="[^"]*"', "", told) == (
        '<a class="term" href="#term-ulp">ulp</a>, ulp, <a class="term" href="#term-rerun">rerun</a>s &amp; pulp'
    )
    assert used.keys() == {"ulp", "rerun"}


def test_bundled_data_are_announced_at_the_top(step: Step, folder: Path) -> None:
    path = folder / "results/data/housing.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**record, "fallback_for": "california_housing"}), encoding="utf-8")
    assert page(step, folder).returncode == 0
    text = (folder / "page.html").read_text(encoding="utf-8")
    assert text.index("Bundled data.") < text.index("What does not hold")
    assert "Claims about California Housing are not judged." in text


def test_whatever_is_shown_is_escaped(step: Step, folder: Path) -> None:
    assert page(step, folder).returncode == 0
    scripts = re.findall("<script[^>]*>", (folder / "page.html").read_text(encoding="utf-8"))
    path = folder / "results/report/claims.csv"
    table = pd.read_csv(path)
    table.loc[0, ["says", "found", "why_not"]] = "<script>alert('x')</script>"
    table.to_csv(path, index=False)
    embedded = folder / "results/initialization/depth.csv"
    pd.read_csv(embedded).assign(dataset="</script><script>alert('z')</script>").to_csv(embedded, index=False)
    hostile = json.dumps({"key": "</pre><script>alert('y')</script>"})
    done = page(step, folder, configuration=hostile)
    assert done.returncode == 0, done.stderr
    text = (folder / "page.html").read_text(encoding="utf-8")
    assert re.findall("<script[^>]*>", text) == scripts
    assert text.count("</script") == len(scripts)
    assert "&lt;script&gt;alert(&#39;x&#39;)" in text
    assert "&lt;script&gt;alert(&#39;y&#39;)" in text
    assert r'"dataset": "\u003c/script\u003e\u003cscript\u003ealert(\u0027z\u0027)' in text


def test_a_picture_without_a_caption_is_told(step: Step, folder: Path) -> None:
    shutil.copytree(ROOT / "src/byhand", folder / "rooms")
    (folder / "rooms/relu/figures/depth.rst").unlink()
    done = page(step, folder, rooms="rooms")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(
        "rooms/relu/figures/depth.rst: no such file, expected the caption of results/relu/figure_depth"
    )
    assert not (folder / "page.html").exists()


def test_a_caption_that_does_not_say_what_is_seen_is_told(tmp_path: Path) -> None:
    path = tmp_path / "relu/figures/depth.rst"
    path.parent.mkdir(parents=True)
    path.write_text("A title.\n\nWhat it shows.\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"depth\.rst: expected three paragraphs: a title, .* and what is seen in it"):
        caption("relu_figure_depth", tmp_path)


def test_what_was_run_is_what_the_results_rest_on_and_nothing_else(folder: Path) -> None:
    results = folder / "results"

    def behind(*names: str) -> list[str]:
        records = history.behind(results, [Path("results", name) for name in names])
        return sorted(record.step for record in records)

    assert behind("relu/figure_depth.svg") == ["relu.curves", "relu.depth", "relu.figure_depth"]
    assert behind("data/housing.npz") == ["data.download"]
    everything = behind("report/claims.csv")
    record = json.loads((results / "relu/depth.json").read_text(encoding="utf-8"))
    (results / "relu/old.json").write_text(json.dumps({**record, "outputs": {"results/relu/old.csv": ""}}))
    assert behind("report/claims.csv") == everything


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"step": 1}', '{"step": "a", "hardware": null}'])
def test_a_file_that_is_no_provenance_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.json").write_text(content, encoding="utf-8")
    with pytest.raises(BadInput, match=r"a\.json: is not the provenance of a result"):
        history.read(tmp_path)


def test_levels_count_the_steps_on_the_longest_way() -> None:
    between = {("a", "b"), ("b", "c"), ("a", "c"), ("d", "c")}
    assert history.levels("abcd", between) == {"a": 0, "b": 1, "c": 2, "d": 0}


def test_every_step_has_a_box_of_its_own_right_of_those_that_feed_it() -> None:
    between = {("r.train", "r.compare"), ("r.fit", "r.compare"), ("r.compare", "r.draw"), ("r.fit", "r.show")}
    places = arranged(["r.alone", "r.compare", "r.draw", "r.fit", "r.show", "r.train"], between)
    assert len(set(places.values())) == len(places) == 6
    assert all(places[first][0] < places[second][0] for first, second in between)
    assert places["r.alone"] == (0, 2.0), "below the steps that feed others"
    assert places["r.show"][1] < places["r.compare"][1], "beside the step that feeds it"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.123456, "0.1235"),
        (1.5e-9, "1.5e-09"),
        (20640.0, "20,640"),
        (20640, "20,640"),
        (float("nan"), "—"),
        (None, "—"),
        (True, "yes"),
        ("mean_absolute_error", "mean absolute error"),
    ],
)
def test_values_are_shown_as_people_read_them(value: object, shown: str) -> None:
    assert shown_text(value) == shown


def test_every_exercise_has_a_chapter() -> None:
    assignment = load(ROOT / "assignment/assignment.yaml")
    problems = {assignment.chapters[assignment.room_of(str(exercise))].problem for exercise in range(1, 19)}
    assert problems == {1, 2, 3, 4, 5}
    assert assignment.room_of("4, 5") == "jacobian"
    with pytest.raises(BadInput, match="exercise 19: is in no chapter, expected one of 1, 2"):
        assignment.room_of("19")


NOTEBOOK = ROOT / "notebooks" / "lecture.ipynb"


def test_the_notebook_is_kept_without_output_and_runs(finished_results: Path) -> None:
    kept = [cell for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "code"]
    assert not any(cell.outputs for cell in kept)
    run = nbformat.read(finished_results / "results/report/lecture.ipynb", as_version=4)
    figures = [
        output for cell in run.cells for output in cell.get("outputs", []) if "image/png" in output.get("data", {})
    ]
    assert len(figures) == 5, "one in each section"


def test_a_cell_that_fails_is_told_in_a_line(step: Step, tmp_path: Path) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells = [nbformat.v4.new_code_cell("assert 1 == 2, 'not so'")]
    nbformat.write(notebook, tmp_path / "wrong.ipynb")
    flags = ("--tables", "--results", "results", "--notebook", "wrong.ipynb", "--executed", "out.ipynb")
    done = step("report.steps.lecture", *flags, cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("wrong.ipynb: a cell failed (AssertionError: not so)")
    assert not (tmp_path / "out.ipynb").exists()

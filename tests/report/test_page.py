"""The page: what it shows is escaped, follows from the run alone, and is told in a line where something is missing."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pandas as pd
import pytest

from byhand.errors import BadInput
from byhand.report import history
from byhand.report.assignment import load
from byhand.step.shown import text as shown_text
from tests.conftest import ROOT, Step
from tests.workflow.conftest import Project


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
    assert "url(" not in text
    told = " ".join(text.split())
    assert "The data: scikit-learn&#39;s bundled diabetes data and scikit-learn&#39;s bundled digits." in told
    assert "Bundled data." not in text


def test_each_claim_and_table_links_to_its_file(finished: Project) -> None:
    text = (finished.path / "results/report.html").read_text(encoding="utf-8")
    links = {link for link in re.findall(r'href="([^"#][^"]*)"', text) if not link.startswith("data:")}
    assert len(links) > 20
    assert [link for link in links if not (finished.path / "results" / link).is_file()] == []


def test_bundled_data_are_announced_at_the_top(step: Step, folder: Path) -> None:
    path = folder / "results/data/housing.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**record, "fallback_for": "california_housing"}), encoding="utf-8")
    assert page(step, folder).returncode == 0
    text = (folder / "page.html").read_text(encoding="utf-8")
    assert text.index("Bundled data.") < text.index("What does not hold")
    assert "Claims about California Housing are not judged." in text


def test_whatever_is_shown_is_escaped(step: Step, folder: Path) -> None:
    path = folder / "results/report/claims.csv"
    table = pd.read_csv(path)
    table.loc[0, ["says", "unit", "why_not"]] = "<script>alert('x')</script>"
    table.to_csv(path, index=False)
    hostile = json.dumps({"key": "</pre><script>alert('y')</script>"})
    done = page(step, folder, configuration=hostile)
    assert done.returncode == 0, done.stderr
    text = (folder / "page.html").read_text(encoding="utf-8")
    assert "<script" not in text
    assert "&lt;script&gt;alert(&#39;x&#39;)" in text
    assert "&lt;script&gt;alert(&#39;y&#39;)" in text


def test_a_picture_without_a_caption_is_told(step: Step, folder: Path) -> None:
    shutil.copytree(ROOT / "src/byhand", folder / "rooms")
    (folder / "rooms/relu/figures/depth.rst").unlink()
    done = page(step, folder, rooms="rooms")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith(
        "rooms/relu/figures/depth.rst: no such file, expected the caption of results/relu/figure_depth"
    )
    assert not (folder / "page.html").exists()


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
    assert sum(bool(cell.get("outputs")) for cell in run.cells) == 7


def test_a_cell_that_fails_is_told_in_a_line(step: Step, tmp_path: Path) -> None:
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    notebook.cells = [nbformat.v4.new_code_cell("assert 1 == 2, 'not so'")]
    nbformat.write(notebook, tmp_path / "wrong.ipynb")
    done = step("report.steps.lecture", "--notebook", "wrong.ipynb", "--executed", "out.ipynb", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("wrong.ipynb: a cell failed (AssertionError: not so)")
    assert not (tmp_path / "out.ipynb").exists()

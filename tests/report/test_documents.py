"""The documents: their numbers are those of a run, by name, and none is typed."""

import os
import re
import shutil
from collections import Counter
from pathlib import Path

import pandas as pd
import pytest

from byhand.commands import gallery
from byhand.errors import BadInput
from byhand.report import claims, documents
from byhand.report.claims import Quoted
from byhand.report.judgement import figure, finding_text, numbers_of, selected
from byhand.step import tables
from tests.conftest import ROOT, Step

TEMPLATES = ROOT / "docs" / "templates"
FINDINGS = claims.load_findings(ROOT / "assignment" / "findings.yaml")
QUOTED = claims.load_quoted(TEMPLATES / "numbers.yaml")
README = (ROOT / "README.md").read_text(encoding="utf-8")


def stored() -> pd.DataFrame:
    """The numbers of the run that the documents are from."""
    return tables.read(ROOT / "docs" / "numbers.csv", documents.COLUMNS)


def expected() -> list[tuple[str, str, str]]:
    """Exercise, wording and expected verdict of each claim; those about a GPU are not judged without one."""
    found = claims.load(ROOT / "assignment" / "claims.yaml").values()
    return [(of.exercise, of.says, "not judged" if "device == 'cuda'" in of.rows else of.expected) for of in found]


def written(numbers: pd.DataFrame) -> tuple[str, str]:
    """The findings and the README with these numbers."""
    table = gallery.verdicts(expected())
    return gallery.findings(TEMPLATES, numbers), gallery.readme(README, TEMPLATES, numbers, table)


def test_the_findings_and_the_readme_have_the_numbers_of_one_run_and_the_expected_verdicts() -> None:
    findings, readme = written(stored())
    assert (ROOT / "docs" / "findings.md").read_text(encoding="utf-8") == findings
    assert readme == README
    counts = documents.nested(stored())
    assert counts["claims_that"] == Counter(verdict for _, _, verdict in expected())
    assert counts["claims"] == len(expected())


WORDS = (  # with numbers that are not measured: settings of the assignment and of config.yaml, notation, mathematics
    r"\b[dDKPLk](?: = [dDKPLk])* = [\d./]+(?:, [\d.]+)*(?: and [\d.]+)?",  # D = K = 1000, P = 1
    r"α = 3/8|diag\(1, 4\)|1/λ_max|2/λ_max|1 − h²|sign\(0\) = 0|k \+ 1|2x[+−]1|e\^|starts at 0|N\(0, 1\)|U\[[^]]*\]",
    r"float(?:32|64)|20×8|\d+(?:-\d+){3,}|at 1000³|(?:depth|width)\s+\d+(?: (?:or|to) \d+)?|epochs 1 to 3|question 14",
    r"2 (?:CPU )?cores|27 shapes, 5\s+seeds|95 %|20 frozen random features|200 (?:random shapes|networks)",
    r"tolerance of 1e-[26]|within 1e-2|error of 1 % in float32, of 1e-6|median of 9|39 reruns|30 seeds|else of 5",
    r"1,000\s+inputs|after 5 epochs|up to 50 breakpoints|composed 10 times|the 20 numbers|by 1 unit",
    r"condition number 1e8|w2|2⁻⁵⁰|χ₁ near 1|± 0\.05, by the rounding|digit is 1e-6|6 ξ",
)


def typed(text: str) -> list[str]:
    """The lines with a number that is neither a placeholder nor code nor in a heading, nor said to be typed."""
    text = re.sub(r"\{# typed: .*?\{# end of typed #\}|\{([{%#]).*?[}%#]\}|`[^`]*`", "", text, flags=re.DOTALL)
    text = re.sub("^#.*$", "", text, flags=re.MULTILINE)
    return [line for line in re.sub("|".join(WORDS), "", text).splitlines() if re.search(r"\d", line)]


def test_no_measured_number_is_typed_in_a_template() -> None:
    for path in TEMPLATES.glob("*.j2"):
        assert typed(path.read_text(encoding="utf-8")) == [], path.name
    assert typed("It is {{ x }}; p = 0.03.") == ["It is ; p = 0.03."]


def test_no_number_of_the_marked_parts_is_typed_elsewhere_in_the_readme() -> None:
    def numbers(text: str) -> set[str]:
        return set(re.findall(r"\d+[.,]\d+", text))

    made = documents.render(TEMPLATES / "readme.md.j2", documents.nested(stored()) | {"verdicts": ""})
    assert len(numbers(made)) >= 5
    assert numbers(made) & numbers(documents.MARKED.sub("", README)) == set()


@pytest.mark.parametrize("column", ["worth", "half_width_of_95_percent_interval"])
def test_a_number_changed_in_a_table_changes_on_the_page_and_in_both_documents(
    finished_results: Path, column: str
) -> None:
    finding = FINDINGS["frozen_layer"]

    def texts(add: float) -> tuple[str, ...]:
        def read(name: str) -> pd.DataFrame:
            found = tables.read(finished_results / "results" / name, []).assign(dataset=finding.data)
            return found.assign(**{column: found[column] + add}) if name == "housing/bugs.csv" else found

        numbers = stored().set_index(["finding", "number"])
        for key, value in numbers_of("frozen_layer", finding, read).items():
            numbers.loc[("frozen_layer", key), "value"] = value
        return (finding_text("frozen_layer", finding, read), *written(numbers.reset_index()))

    before, after = texts(0), texts(0.125)
    for first, second in zip(before, after, strict=True):
        differences = set(re.findall(r"\d+\.\d+", second)) - set(re.findall(r"\d+\.\d+", first))
        assert len(differences) == 1, differences
    assert len({*re.findall(r"\d+\.\d{3}", after[0])} - {*re.findall(r"\d+\.\d{3}", before[0])}) == 1


def test_every_number_follows_from_the_tables_of_a_run(finished_results: Path) -> None:
    named = {(name, key): number for name, finding in FINDINGS.items() for key, number in finding.numbers.items()}
    for name, number in {**named, **{("", key): number for key, number in QUOTED.items()}}.items():
        table = tables.read(finished_results / "results" / number.table, [])
        figure(number, selected(number, table))  # fits the table; of a small run, that may have no such rows
        assert not isinstance(number, Quoted) or set(number.by) <= set(table.columns), name
    kept = stored()
    assert set(zip(kept["finding"].fillna(""), kept["number"], strict=True)) == {*named, *(("", key) for key in QUOTED)}


@pytest.mark.skipif(
    "BYHAND_TEST_RESULTS" not in os.environ, reason="BYHAND_TEST_RESULTS names no results of a full run"
)
def test_the_stored_numbers_are_those_of_a_full_run() -> None:
    results = Path(os.environ["BYHAND_TEST_RESULTS"])
    found = documents.numbers(FINDINGS, QUOTED, lambda name: tables.read(results / name, []))
    keys = ["finding", "number", "of"]
    before, now = (table.fillna({key: "" for key in keys}).set_index(keys)["value"] for table in (stored(), found))
    times = ["measured_ratio"]
    pd.testing.assert_series_equal(before.drop(times, level="number"), now.drop(times, level="number"), rtol=1e-6)


def test_the_gallery_of_a_run_on_other_data_is_refused_in_a_line_and_changes_nothing(
    step: Step, finished_results: Path, tmp_path: Path
) -> None:
    shutil.copytree(ROOT / "docs", tmp_path / "docs")
    shutil.copy(ROOT / "README.md", tmp_path)
    inputs = {"assignment": "assignment/assignment.yaml", "findings": "assignment/findings.yaml"}
    given = [word for key, value in inputs.items() for word in (f"--{key}", ROOT / value)]
    outputs = ("--docs", tmp_path / "docs", "--readme", tmp_path / "README.md")
    done = step("commands.gallery", "--results", finished_results / "results", *given, *outputs)
    assert done.returncode == 1
    assert re.fullmatch(
        r".*error: .*j2: '.*' is undefined; the documents need a run on the real data", done.stderr.strip()
    )
    for path in ("docs/findings.md", "docs/numbers.csv", "README.md"):
        assert (tmp_path / path).read_bytes() == (ROOT / path).read_bytes()


def test_a_marked_part_that_is_missing_is_told() -> None:
    with pytest.raises(BadInput, match=r"README\.md: found the marked parts a, expected a, b"):
        documents.filled("<!-- a -->1<!-- end of a -->", "<!-- a -->2<!-- end of a --><!-- b -->3<!-- end of b -->")


@pytest.mark.parametrize(
    ("value", "how", "text"),
    [
        (-0.0114, ".3f", "−0.011"),
        (0.598, ".0%", "60 %"),
        (1.4e7, ".1e", "1.4e7"),
        (1e-15, ".0e", "1e-15"),
        (7200, ",.0f", "7,200"),
    ],
)
def test_numbers_are_shown_as_the_documents_write_them(value: float, how: str, text: str) -> None:
    assert documents.shown(value, how) == text

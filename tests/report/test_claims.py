"""Claims: the file as it stands; verdicts that follow their tables and nothing else; what is wrong told in a line."""

import json
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
import pytest

from byhand.errors import BadInput
from byhand.report import claims
from byhand.report.captions import caption
from byhand.report.claims import Claim, Condition, Finding, Number, Power
from byhand.report.judgement import finding_text, judge_claim
from byhand.workflow.setting_types import Section
from tests.conftest import ROOT, Step
from tests.workflow.conftest import Project

Entry = TypeVar("Entry", bound=Section)


def replace(entry: Entry, **values: Any) -> Entry:
    return entry.model_copy(update=values)


CLAIMS = ROOT / "assignment" / "claims.yaml"
FINDINGS = ROOT / "assignment" / "findings.yaml"
CLAIM = Claim(
    says="x is small",
    exercise="1",
    kind="stated",
    place="line 1",
    table="room/table.csv",
    condition="x < 1",
    figure="x.max()",
    found="The largest x is {:g}, of {rows} rows.",
    tolerance="1",
    expected="holds",
    rows="kind == 'a'",
)
TABLE = pd.DataFrame({"dataset": "mnist", "kind": ["a", "a", "b"], "x": [0.1, 0.5, 7.0]})


def test_a_claim_holds_if_its_condition_is_true_of_every_row_that_it_is_about() -> None:
    found = judge_claim("claim", CLAIM, lambda _: TABLE)
    assert (found.verdict, found.value, found.rows) == ("holds", 0.5, 2)
    assert found.found == "The largest x is 0.5, of 2 rows."


@pytest.mark.parametrize("sentence", ["{y}", "{:d}", "{1}", "{"])
def test_a_sentence_that_does_not_fit_its_number_is_told(sentence: str) -> None:
    with pytest.raises(BadInput, match=r"claim: does not fit room/table\.csv"):
        judge_claim("claim", replace(CLAIM, found=sentence), lambda _: TABLE)


OTHER = Condition(says="it is not large", table="room/other.csv", condition="x < 9", rows="kind == 'a'")


@pytest.mark.parametrize(
    ("in_substance", "verdict"),
    [(None, "does not hold"), (1.0, "holds with a correction"), (9.0, "does not hold")],
    ids=["nothing else is needed", "what is needed is true", "what is needed is false too"],
)
def test_one_number_flips_the_verdict(in_substance: float | None, verdict: str) -> None:
    claim = replace(CLAIM, substance=OTHER if in_substance else None)
    tables = {"room/table.csv": TABLE.assign(x=[0.1, 1.5, 7.0]), "room/other.csv": TABLE.assign(x=in_substance)}
    found = judge_claim("claim", claim, tables.__getitem__)
    assert (found.verdict, found.value) == (verdict, 1.5)
    assert judge_claim("claim", claim, lambda _: TABLE).verdict == "holds"


@pytest.mark.parametrize("other", [TABLE.assign(x=9.0), TABLE[TABLE["kind"] == "b"]], ids=["false", "no rows"])
def test_a_claim_whose_evidence_does_not_count_is_not_judged(other: pd.DataFrame) -> None:
    claim = replace(CLAIM, requires=[OTHER])
    tables = {"room/table.csv": TABLE, "room/other.csv": other}
    found = judge_claim("claim", claim, tables.__getitem__)
    assert found.verdict == "not judged"
    assert found.why_not == "in this run it is not true that it is not large"
    assert judge_claim("claim", claim, lambda _: TABLE).verdict == "holds"


def test_the_smallest_error_that_would_be_noticed_is_computed() -> None:
    claim = replace(CLAIM, notices="an error of {:g}", smallest="x.min() / 2")
    assert judge_claim("claim", claim, lambda _: TABLE).notices == "an error of 0.05"


def test_a_claim_about_times_depends_on_the_hardware_where_its_condition_is_true() -> None:
    times = replace(CLAIM, verdict="depends on the hardware", absent="no GPU was measured")
    assert judge_claim("claim", times, lambda _: TABLE).verdict == "depends on the hardware"
    assert judge_claim("claim", times, lambda _: TABLE.assign(x=2.0)).verdict == "does not hold"
    assert judge_claim("claim", replace(times, rows="kind == 'c'"), lambda _: TABLE).why_not == "no GPU was measured"


NUMBER = Number(table="room/table.csv", figure="x.max()", rows="kind == 'a'")
FINDING = Finding(title="T", exercise="1", says="It is {largest:.1f}.", claim="c", numbers={"largest": NUMBER})


def test_a_finding_says_the_tables_numbers() -> None:
    assert finding_text("finding", FINDING, lambda _: TABLE) == "It is 0.5."
    assert finding_text("finding", FINDING, lambda _: TABLE.assign(x=0.25)) == "It is 0.2."


def test_a_finding_about_other_data_or_absent_rows_is_left_out() -> None:
    assert finding_text("finding", replace(FINDING, data="california_housing"), lambda _: TABLE) == ""
    assert finding_text("finding", FINDING, lambda _: TABLE[TABLE["kind"] == "b"]) == ""


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        (replace(FINDING, says="{smallest}"), r"finding\.says: does not fit its numbers \(KeyError"),
        (replace(FINDING, says="{largest:d}"), r"finding\.says: does not fit its numbers \(ValueError"),
        (replace(FINDING, numbers={"largest": replace(NUMBER, figure="y.max()")}), r"finding\.largest: does not fit"),
    ],
)
def test_a_finding_that_does_not_fit_is_told(wrong: Finding, line: str) -> None:
    with pytest.raises(BadInput, match=line):
        finding_text("finding", wrong, lambda _: TABLE)


def test_other_data_and_absent_rows_are_not_judged_and_the_reason_is_given() -> None:
    other = judge_claim("claim", replace(CLAIM, data="california_housing"), lambda _: TABLE)
    assert (other.verdict, other.why_not) == (
        "not judged",
        "it is about california_housing, and this run uses other data",
    )
    absent = judge_claim("claim", replace(CLAIM, rows="kind == 'c'"), lambda _: TABLE)
    assert absent.verdict == "not judged"
    assert "no row of room/table.csv" in absent.why_not


@pytest.mark.parametrize(
    ("p_value", "power", "verdict"),
    [
        (0.2, 0.9, "holds"),
        (0.2, 0.8, "holds"),
        (0.2, 0.79, "consistent, but the test is weak"),
        (0.2, float("nan"), "consistent, but the test is weak"),
        (0.03, 0.1, "does not hold"),
        (0.05, 1.0, "does not hold"),  # p at the level rejects
    ],
)
def test_a_test_that_rejects_nothing_is_worth_its_power(p_value: float, power: float, verdict: str) -> None:
    claim = replace(
        CLAIM,
        rows="",
        table="test.csv",
        condition="p_value > @level",
        figure="p_value.min()",
        level=0.05,
        power=Power(table="power.csv", rows="alternative != 'nothing'", figure="power.min()", alternatives=1),
        against="another code",
    )
    tables = {
        "test.csv": pd.DataFrame({"p_value": [p_value]}),
        "power.csv": pd.DataFrame({"alternative": ["other", "nothing"], "power": [power, 0.0]}),
    }
    found = judge_claim("claim", claim, tables.__getitem__)
    assert (found.verdict, found.value) == (verdict, p_value)
    assert found.power == pytest.approx(power, nan_ok=True)
    assert claim.power is not None
    missing = replace(claim, power=replace(claim.power, alternatives=2))  # one of them was not run
    found = judge_claim("claim", missing, tables.__getitem__)
    assert found.verdict == (verdict if verdict == "does not hold" else "consistent, but the test is weak")


@pytest.mark.parametrize("field", ["rows", "condition", "figure"])
def test_an_expression_that_does_not_fit_the_table_is_told(field: str) -> None:
    with pytest.raises(BadInput, match=r"claim: does not fit room/table\.csv .*nothing"):
        judge_claim("claim", replace(CLAIM, **{field: "nothing > 1"}), lambda _: TABLE)


def test_the_assignments_claims_are_complete() -> None:
    found = claims.load(CLAIMS)
    covered = {int(number) for claim in found.values() for number in claim.exercise.split(", ")}
    assert covered == set(range(1, 19)), "all eighteen exercises"
    for name, finding in claims.load_findings(FINDINGS).items():
        assert finding.claim in found, name
    for name, claim in found.items():
        assert bool(claim.power) == bool(claim.against), name
        assert claim.level or not claim.power, name
        assert bool(claim.power) != bool(claim.notices), f"{name}: how sharp it is"
        assert bool(claim.smallest) == ("{" in claim.notices), name
        wrong = claim.expected in ("holds with a correction", "does not hold")
        assert bool(claim.correction) == wrong, name
        assert claim.substance or claim.expected != "holds with a correction", name


def test_every_printed_table_is_behind_a_claim(finished_results: Path) -> None:
    evidence = set(claims.evidence(CLAIMS, FINDINGS))
    rests_on: set[str] = set()
    for path in (finished_results / "results").rglob("*.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        if evidence & record["outputs"].keys():
            rests_on |= record["inputs"].keys()
    printed = {f"assignment/printed/{path.name}" for path in (ROOT / "assignment/printed").glob("*.csv")}
    assert printed - rests_on == set()


def test_the_gallery_shows_every_figure_with_its_caption() -> None:
    shown = (ROOT / "docs/gallery/README.md").read_text(encoding="utf-8")
    for path in ROOT.glob("src/byhand/*/figures/*.rst"):
        name = f"{path.parts[-3]}_figure_{path.stem}"
        if path.parts[-3] != "report" and path.stem != "benchmark_history":  # which shows one machine's runs
            assert f"]({name}.png)" in shown, path
            assert caption(name).words in shown, path
            assert caption(name).seen in shown, path
            assert (ROOT / "docs/gallery" / f"{name}.png").is_file(), path


def results(finished: Path, tmp_path: Path) -> Path:
    """A copy of the tables that the claims rest on."""
    for name in claims.evidence(CLAIMS, FINDINGS):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes((finished / name).read_bytes())
    return tmp_path / "results"


FLIPS = [  # (table, column, value, the claims that rest on it)
    ("gradients/check.csv", "within", False, {"derivatives"}),
    ("least_squares/convergence.csv", "behaviour_verdict", "differs", {"convergence"}),
    # another bound: what lies below it does not converge, whatever was predicted
    ("least_squares/convergence.csv", "measured_behaviour", "diverges", {"convergence"}),
    ("least_squares/closed_form.csv", "verdict", "different", {"closed_form"}),
]


@pytest.mark.parametrize(("table", "column", "value", "flipped"), FLIPS, ids=[name for name, *_ in FLIPS])
def test_a_number_changed_in_a_table_flips_exactly_the_verdicts_that_rest_on_it(
    step: Step,
    finished_results: Path,
    tmp_path: Path,
    table: str,
    column: str,
    value: bool | float | str,
    flipped: set[str],
) -> None:
    folder = results(finished_results, tmp_path)

    def verdicts() -> dict[str, str]:
        output = tmp_path / "claims.csv"
        given = ["--claims", CLAIMS, "--findings", FINDINGS, "--results", folder]
        done = step("report.steps.judge", *given, "--verdicts", output, "--numbers", tmp_path / "findings.csv")
        assert done.returncode == 0, done.stderr
        return dict(pd.read_csv(output).set_index("claim")["verdict"])

    before = verdicts()
    changed = pd.read_csv(folder / table, keep_default_na=False)
    changed.loc[changed.index[0], column] = value
    changed.to_csv(folder / table, index=False)
    after = verdicts()
    assert {name for name in before if before[name] != after[name]} == flipped


def test_a_claim_of_ones_own_is_judged_and_shown_apart_and_not_counted(project: Project) -> None:
    (project.path / "mine.yaml").write_text(
        """fourteen:
  says: The tent has three breakpoints.
  author: A. Student
  place: exercise 8
  table: relu/depth.csv
  rows: compositions == 1
  condition: breakpoints == 3
  figure: breakpoints.max()
  found: It has {:.0f} breakpoints.
  tolerance: none
  expected: holds
""",
        encoding="utf-8",
    )
    project.configure("report", "claims", value="mine.yaml")
    done = project.snakemake("--cores", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    table = pd.read_csv(project.path / "results/report/claims.csv")
    (row,) = table[table["author"].notna()].to_dict("records")
    assert (row["claim"], row["author"], row["verdict"]) == ("fourteen", "A. Student", "holds")
    page = (project.path / "results/report.html").read_text(encoding="utf-8")
    assert "A. Student: The tent has three breakpoints." in page
    assert f"Of its {len(claims.load(CLAIMS))} claims," in " ".join(page.split())
    assert project.jobs() == {}


def test_a_claim_without_a_number_of_an_exercise_is_refused_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "claims.yaml"
    path.write_text(CLAIMS.read_text(encoding="utf-8").replace("exercise: 1\n", "exercise: mine\n", 1))
    with pytest.raises(BadInput, match=r"derivatives\.exercise: found 'mine', expected numbers of exercises, such as"):
        claims.load(path)


def test_an_unexpected_verdict_fails_and_is_named(step: Step, tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "claim": ["a", "b"],
            "verdict": ["holds", "does not hold"],
            "expected": ["holds", "holds"],
            "as_expected": [True, False],
        }
    )
    table.to_csv(tmp_path / "claims.csv", index=False)
    done = step("report.steps.strict", "--table", tmp_path / "claims.csv")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("claims.csv: b: found does not hold, expected holds")
    table[:1].to_csv(tmp_path / "claims.csv", index=False)
    assert step("report.steps.strict", "--table", tmp_path / "claims.csv").returncode == 0


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("[1, 2]", "expected a mapping from names to their fields"),
        ("a: {says: x}", "a.exercise: missing"),
        ("a: {colour: x}", "a.colour: unknown key; known here: says, exercise, kind"),
        ("a: [", "is not YAML"),
    ],
)
def test_a_bad_file_of_claims_is_told_in_a_line(tmp_path: Path, text: str, line: str) -> None:
    path = tmp_path / "claims.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as told:
        claims.load(path)
    assert line in str(told.value)
    assert "\n" not in str(told.value)


def test_a_bad_file_of_findings_is_told_in_a_line(tmp_path: Path) -> None:
    path = tmp_path / "findings.yaml"
    whole = "a: {title: t, exercise: 1, says: s, claim: c, numbers: {n: {table: t, figure: f}}}"
    path.write_text(whole, encoding="utf-8")
    assert claims.load_findings(path)["a"].numbers["n"] == Number(table="t", figure="f")
    for old, new, line in [
        ("says: s, ", "", "a.says: missing"),
        ("table: t, ", "", "a.numbers.n.table: missing"),
        ("figure: f", "figure: f, color: x", "a.numbers.n.color: unknown key"),
        ("{n: {table: t, figure: f}}", "[1]", "a.numbers: found [1], expected a mapping from names of numbers"),
    ]:
        path.write_text(whole.replace(old, new), encoding="utf-8")
        with pytest.raises(BadInput) as told_:
            claims.load_findings(path)
        assert line in str(told_.value)


def test_an_unknown_verdict_is_told(tmp_path: Path) -> None:
    path = tmp_path / "claims.yaml"
    path.write_text(CLAIMS.read_text(encoding="utf-8").replace("expected: holds\n", "expected: perhaps\n", 1))
    with pytest.raises(BadInput, match=r"derivatives\.expected: found 'perhaps', expected one of holds, holds with"):
        claims.load(path)

"""Derivations: every line is proven or checked, a wrong line is named itself and no other, bad input takes one line."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from latex2mathml.converter import convert

from byhand.errors import BadInput
from byhand.report import operations, typeset
from byhand.report.assignment import load as load_assignment
from byhand.report.checks import Check, check, read, rows
from byhand.report.derivations import COLUMNS, Derivation, Line, load
from byhand.report.exercises import read_table
from byhand.report.formulas import DERIVATIVES, definitions
from tests.conftest import ROOT, Step

PATHS = sorted((ROOT / "assignment/derivations").glob("*.yaml"))
DERIVATIONS = load(PATHS)
PLANTED = yaml.safe_load(Path(__file__).with_name("planted_lines.yaml").read_text(encoding="utf-8"))
EXERCISES = range(1, 19)


@cache
def checked(exercise: int, line: str) -> Check:
    """The check of a line (as JSON), which depends on nothing but the line and the definitions of its exercise."""
    known = definitions(DERIVATIONS[exercise].let, "here")
    parsed = Line.model_validate_json(line)
    return check(read(parsed, known, "here"), known, parsed.within, "here")


def wrong(exercise: int, lines: list[Line]) -> list[int]:
    """The numbers of the lines that are wrong."""
    verdicts = [checked(exercise, line.model_dump_json()).verdict for line in lines]
    return [number for number, verdict in enumerate(verdicts, 1) if verdict == "wrong"]


def test_each_exercise_is_in_the_file_of_its_room() -> None:
    assignment = load_assignment(ROOT / "assignment/assignment.yaml")
    rooms = {path.stem: tuple(load([path])) for path in PATHS}
    assert rooms == {name: tuple(chapter.exercises) for name, chapter in assignment.chapters.items()}
    assert list(DERIVATIONS) == list(EXERCISES)


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_line_is_true(exercise: int) -> None:
    assert wrong(exercise, DERIVATIONS[exercise].lines) == []


@pytest.mark.parametrize("planted", PLANTED, ids=lambda one: f"{one['exercise']}.{one['line']}: {one['wrong']}")
def test_a_wrong_line_is_named_and_no_other(planted: dict[str, Any]) -> None:
    lines = list(DERIVATIONS[planted["exercise"]].lines)
    place = planted["line"] - 1
    assert lines[place].line != planted["wrong"]
    lines[place] = lines[place].model_copy(update={"line": planted["wrong"]})
    assert wrong(planted["exercise"], lines) == [planted["line"]]


def test_there_are_wrong_lines_for_every_exercise() -> None:
    assert {one["exercise"] for one in PLANTED} == set(EXERCISES)
    assert len(PLANTED) >= 50


def test_a_changed_definition_changes_the_verdict() -> None:
    derivation = DERIVATIONS[1]
    changed = derivation.model_copy(update={"let": {**derivation.let, "h(i)": "tanh(2 * z(i))"}})
    verdicts = {row.get("line"): row.get("verdict") for row in rows(1, changed)}
    assert verdicts[4] == "proven"
    assert verdicts[7] == verdicts[12] == "wrong"


def test_the_step_writes_what_the_page_reads(step: Step, tmp_path: Path) -> None:
    path = tmp_path / "gradients.yaml"
    path.write_text((ROOT / "assignment/derivations/gradients.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    table = tmp_path / "derivations.csv"
    done = step("report.steps.derive", "--derivations", path, "--table", table)
    assert done.returncode == 0, done.stderr
    found = read_table(table)
    assert list(found) == [1, 2]
    definition, *_, last = found[1]
    assert (definition.number, definition.verdict, definition.latex) == (None, "", r"W_{1} \in \mathbb{R}^{K \times D}")
    assert last.number == len(DERIVATIONS[1].lines)
    assert last.how == "as an identity at N = 2, D = 2, K = 3"
    (delta,) = (row for row in found[1] if row.latex.startswith(r"\delta_{i} = "))
    assert delta.latex == r"\delta_{i} = e_{i} \, ( w_{2} \odot ( 1 - h_{i}^{2} ) ), \quad i = 1, \ldots, N"
    source = (ROOT / delta.code).read_text(encoding="utf-8").splitlines()
    assert delta.code_line is not None
    assert source[delta.code_line - 1].strip().startswith("delta = e.unsqueeze(-1)")


def test_numbers_have_a_residual_and_it_is_small() -> None:
    found = {line.line: checked(14, line.model_dump_json()) for line in DERIVATIONS[14].lines}
    fixed_point = found["F(q_star) == q_star"]
    assert fixed_point.verdict == "checked"
    assert fixed_point.residual is not None
    assert 0 < fixed_point.residual < 1e-15
    assert found["F(0.2) > 0.2"].verdict == "checked"


@pytest.mark.parametrize("exercise", EXERCISES)
def test_every_line_is_typeset_and_its_code_exists_once(exercise: int) -> None:
    for row in rows(exercise, DERIVATIONS[exercise]):
        assert set(row) <= set(COLUMNS)
        assert "<math" in convert(row["latex"])
        assert "#" not in row["latex"]
        if row.get("code"):
            assert (ROOT / row["code"]).read_text(encoding="utf-8").count(row["text"]) == 1, row["text"]


def test_every_function_is_typeset() -> None:
    special = {"sum", "range", "rows", *DERIVATIVES}
    assert operations.FUNCTIONS.keys() - special <= typeset.SHOWN.keys()
    assert operations.DECLARED.keys() == typeset.DOMAINS.keys()


def one(**line: Any) -> Derivation:
    known = {"x": "real()", "f(x)": "x ** 2", "n": 2, "A": "real(n, n)", "p": "positive()"}
    return Derivation.model_validate({"let": known, "lines": [{"says": "x", **line}]})


@pytest.mark.parametrize(
    ("line", "verdict"),
    [
        ({"line": "f(x) == x * x"}, "proven"),
        ({"line": "f(x) == x"}, "wrong"),
        ({"line": "f(x) >= 0"}, "proven"),
        ({"line": "f(x) >= 1"}, "wrong"),
        ({"line": "f(x) > 1", "where": "x > 1"}, "proven"),
        ({"line": "f(x) > 1", "where": "x >= 1"}, "wrong"),
        ({"line": "x < p", "where": "0 <= x < p"}, "proven"),
        ({"line": "x < p", "where": "0 <= x <= p"}, "wrong"),
        ({"line": "A @ A == A * A"}, "wrong"),
        ({"line": "A + [1, 2] == A"}, "wrong"),
        ({"line": "A[3, 1] == 0"}, "wrong"),
        ({"line": "f(x, x) == 0"}, "wrong"),
        ({"line": "hadamard(x, x) == f(x)"}, "wrong"),
        ({"line": "sqrt(2) == 1.41421356237309504880", "within": 1e-15}, "checked"),
        ({"line": "sqrt(2) == 1.4142", "within": 1e-15}, "wrong"),
        ({"line": "diff(f(f(x)), f(x)) == 2 * f(x)"}, "proven"),
        ({"line": "diff(f(f(x)), x) == 2 * f(x)"}, "wrong"),
        ({"line": "f(k) == k ** 2", "each": {"k": "range(3)"}}, "proven"),
        ({"line": "f(k) == k", "each": {"k": "range(3)"}}, "wrong"),
    ],
    ids=str,
)
def test_the_verdict_of_small_lines(line: dict[str, Any], verdict: str) -> None:
    assert [row["verdict"] for row in rows(1, one(**line)) if row.get("line")] == [verdict]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ({"line": "y == 1"}, "exercise 1, line 1: unknown name 'y'; known here: A, f, n, p, x"),
        ({"line": "x == 1", "where": "y > 0"}, "exercise 1, line 1: unknown name 'y'"),
        ({"line": "open('x') == 1"}, "exercise 1, line 1: \"'x'\" is not allowed in a formula"),
        ({"line": "x.free_symbols == 1"}, "exercise 1, line 1: 'x.free_symbols' is not allowed in a formula"),
        ({"line": "x.T.T(1) == 1"}, "exercise 1, line 1: 'x.T.T(1)' is not allowed in a formula"),
        ({"line": "(lambda: x)() == 1"}, "exercise 1, line 1: '(lambda: x)()' is not allowed in a formula"),
        ({"line": "__import__(x) == 1"}, "exercise 1, line 1: unknown name '__import__'"),
        ({"line": "pi(x) == 0"}, "exercise 1, line 1: unknown name 'pi'"),
        ({"line": "sum == 0"}, "exercise 1, line 1: unknown name 'sum'"),
        ({"line": "real(2) == x"}, "exercise 1, line 1: unknown name 'real'"),
        ({"line": "x != 1"}, "exercise 1, line 1: 'NotEq' is not allowed in a formula"),
        ({"line": "not x == 1"}, "exercise 1, line 1: is neither proven nor refuted (whether x == 1, which"),
        ({"line": "(1 if x == 1 else 2) == 2"}, "exercise 1, line 1: is neither proven nor refuted (whether x == 1"),
        ({"line": "x == 1 +"}, "exercise 1, line 1: 'x == 1 +' is not a formula (invalid syntax)"),
        ({"line": "x == 1", "where": "x"}, "exercise 1, line 1: where: found 'x', expected a relation"),
        ({"line": "relu(x) == x"}, "exercise 1, line 1: is neither proven nor refuted (the sign of -x)"),
    ],
    ids=str,
)
def test_a_formula_that_cannot_be_used_takes_one_line(line: dict[str, Any], message: str) -> None:
    with pytest.raises(BadInput) as caught:
        list(rows(1, one(**line)))
    assert str(caught.value).startswith(message)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1: {let: {x: real()}, lines: [{line: x == x}]}", "exercise 1: lines[0].says: missing, expected text"),
        ("1: {let: {x: real()}}", "exercise 1: lines: missing, expected a list of lines"),
        ("1: {lines: [{line: x == x, says: so}]}", "exercise 1: let: missing"),
        ("1: {let: {}, lines: [], lies: 1}", "exercise 1: lies: unknown key (did you mean lines?)"),
        ("one: {let: {}, lines: []}", "expected a mapping from numbers of exercises"),
        ("[1]", "expected a mapping from numbers of exercises"),
        ("1: [", "is not YAML"),
    ],
)
def test_a_file_that_cannot_be_used_takes_one_line(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "room.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        load([path])
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_text_that_is_no_longer_in_the_code_takes_one_line(tmp_path: Path) -> None:
    table = tmp_path / "derivations.csv"
    table.write_text(
        ",".join(COLUMNS) + "\n1,1,x,says,src/byhand/errors.py,no such text,how,proven,,\n", encoding="utf-8"
    )
    with pytest.raises(BadInput, match="has 'no such text' 0 times, expected once"):
        read_table(table)

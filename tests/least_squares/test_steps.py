"""The verdicts that the steps write, on small problems and on the bundled housing data."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from byhand.data.arrays import load_housing
from byhand.errors import BadInput
from byhand.least_squares.cases import problems
from byhand.least_squares.descent import spectrum
from byhand.least_squares.figures.appearance import step_size_text
from byhand.least_squares.problems import Problem, housing, with_condition
from byhand.least_squares.settings import (
    ClosedFormStep,
    ConvergenceStep,
    DefinitenessStep,
    Plane,
    Problems,
    RankDeficient,
)
from byhand.least_squares.steps import closed_form, convergence, definiteness, plane, prove, rank_deficient

SIZES: dict[str, Any] = {"samples": 20, "features": 3, "conditions": (10.0,)}
FACTORS = (0.5, 0.99, 1.0, 1.01)


@pytest.fixture(scope="module", params=["made", "housing, standardised", "housing, raw"])
def problem(request: pytest.FixtureRequest, housing_file: Path) -> Problem:
    if request.param == "made":
        return with_condition(10, 20, 3)
    return next(made for made in housing(load_housing(housing_file)) if made.name == request.param)


@pytest.mark.parametrize("claim", list(prove.claims((1, 2, 5))), ids=lambda claim: claim.identity)
def test_identities_hold_exactly_and_mistakes_do_not(claim: prove.Claim) -> None:
    row = prove.row(claim)
    assert row["verdict"] == row["expected"]
    assert (abs(Fraction(claim.difference)) <= claim.tolerance) == claim.holds


def test_the_gradient_is_that_of_autograd(housing_file: Path) -> None:
    for claim in prove.autograd_claims(housing(load_housing(housing_file))):
        assert prove.row(claim)["verdict"] == "equal"


def test_closed_forms_are_the_iterates_of_the_optimizer(problem: Problem) -> None:
    settings = ClosedFormStep(**SIZES, factors=FACTORS, steps=(1, 2, 3, 10))
    table = pd.DataFrame(closed_form.rows(problem, settings))
    assert set(table["verdict"]) == {"equal"}
    assert len(table) == 5 * 4 * 4


def test_runs_converge_exactly_below_the_bound(problem: Problem) -> None:
    settings = ConvergenceStep(**SIZES, factors=FACTORS, steps=2000, tolerance=0.01, curve_steps=10)
    known = spectrum(problem.X)
    for factor, expected in zip(FACTORS, ("converges", "converges", "stays", "diverges"), strict=True):
        row = convergence.compare(problem, known, "", factor * known.bound(), settings)
        assert row["measured_behaviour"] == row["predicted_behaviour"] == expected
        assert row["rate_verdict"] == ("not visible" if row["why_not"] else "agrees")


def test_a_curve_is_the_closed_form() -> None:
    problem = with_condition(10, 20, 3)
    known = spectrum(problem.X)
    table = pd.DataFrame(convergence.curve(problem, known, "", known.optimal_step_size(), 40))
    assert (table["relative_error"] - table["relative_error_by_eigenvalues"]).abs().max() < 1e-13


def test_descent_converges_though_the_matrix_is_not_positive_definite(problem: Problem) -> None:
    settings = DefinitenessStep(**SIZES, factors=(0.25, 0.5, 0.75), doublings=30)
    table = pd.DataFrame(definiteness.rows(problem, settings)).set_index("step")
    assert list(table["positive_definite"]) == ["yes", "no", "no", "no"]
    assert table.loc["0.5 of the bound", "invertible"] == "no"
    assert (table["spectral_radius"] < 1).all()
    assert set(table["converges"]) == {"yes"}


def test_without_full_rank_the_limit_remembers_the_start(housing_file: Path) -> None:
    settings = RankDeficient(starts=1, tolerance=1e-9)
    made = rank_deficient.problems(housing_file)
    table = pd.DataFrame(row for problem in made for row in rank_deficient.rows(problem, settings))
    assert set(table["nearest_minimiser"]) == {"agrees"}
    assert list(table["least_norm_minimiser"]) == ["agrees", "differs"] * 3
    assert (table["distance_from_start"] < table["distance_from_start_of_another_minimiser"]).all()


def test_the_plane_shows_every_step_size() -> None:
    settings = Plane(samples=10, condition=5, factors=FACTORS, steps=3, grid_points=5)
    iterates, landscape = plane.table(settings)
    assert list(iterates.groupby("step", sort=False).size()) == [1, 4, 4, 4, 4, 4]
    assert len(landscape) == 25
    assert (landscape["excess_loss"] >= 0).all()


@pytest.mark.parametrize(("step", "text"), [("0.5 of the bound", "0.5 · 2/λ"), ("optimal", "2/(λ")])
def test_step_sizes_have_formulas(step: str, text: str) -> None:
    assert step_size_text(step).startswith(text)


def test_too_few_samples_are_told_in_one_line(housing_file: Path) -> None:
    with pytest.raises(BadInput, match="samples: found 2, expected at least as many as features"):
        problems(Problems(samples=2, features=3, conditions=(10.0,)), housing_file)


def test_fallback_data_are_named_in_every_row(tmp_path: Path, housing_file: Path) -> None:
    data = load_housing(housing_file)
    path = tmp_path / "housing.npz"
    np.savez(path, features=data.features, target=data.target, dataset="diabetes", fallback_for="california_housing")
    made = problems(Problems(samples=5, features=3, conditions=(10.0,)), path)
    assert [problem.facts["dataset"] for problem in made] == ["synthetic", "diabetes", "diabetes"]
    assert [problem.facts["fallback_for"] for problem in made] == ["", "california_housing", "california_housing"]

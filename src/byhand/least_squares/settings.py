"""The section `least_squares` of the configuration."""

from typing import Annotated

from pydantic import Field

from byhand.workflow.setting_types import (
    Different,
    OpenFraction,
    PositiveFraction,
    Repetitions,
    Samples,
    Section,
    Seeds,
    Size,
    Sizes,
    number,
    whole,
)

Condition = Annotated[float, number("from 1 to 1000000000000", ge=1, le=1e12)]
Conditions = Annotated[
    tuple[Condition, ...], Different("a list of one or more different numbers from 1 to 1000000000000")
]
StepCount = Annotated[int, whole(1, 100_000)]
StepCounts = Annotated[
    tuple[StepCount, ...], Different("a list of one or more different whole numbers from 1 to 100000")
]
Factor = Annotated[float, number("above 0, at most 1.1", gt=0, le=1.1)]
Factors = Annotated[tuple[Factor, ...], Different("a list of one or more different numbers above 0, at most 1.1")]
Name = Annotated[str, Field(title="the name of a problem")]


class Problems(Section):
    """Synthetic problems, in addition to the housing features, each with a given condition number of X'X."""

    samples: Samples = Field(description="number of rows of X")
    features: Size = Field(description="number of columns of X")
    conditions: Conditions = Field(description="condition numbers of X'X")


class Prove(Section):
    """Identities over the rationals."""

    steps: StepCounts = Field(description="numbers of steps k in the identities")


class ClosedForm(Section):
    """The closed form against real steps."""

    factors: Factors = Field(description="step sizes as multiples of the bound 2/λ_max")
    steps: StepCounts = Field(description="numbers of steps")


class Convergence(Section):
    """Rates of convergence."""

    factors: Factors = Field(description="step sizes as multiples of the bound 2/λ_max")
    steps: Annotated[int, whole(20, 100_000_000)] = Field(description="largest number of steps")
    tolerance: PositiveFraction = Field(description="tolerance of the logarithm of the measured rate")
    curve_steps: StepCount = Field(description="steps of the curves in the figure")


class Definiteness(Section):
    """When the powers of M vanish."""

    factors: Annotated[
        tuple[OpenFraction, ...], Different("a list of one or more different numbers above 0 and below 1")
    ] = Field(description="step sizes as multiples of the bound 2/λ_max")
    doublings: Annotated[int, whole(1, 60)] = Field(description="doublings of the number of steps")


class RankDeficient(Section):
    """X without full column rank."""

    starts: Seeds = Field(description="random starts besides 0")
    tolerance: PositiveFraction = Field(description="tolerance of the comparison with the pseudoinverse")


class Plane(Section):
    """Two features, for the figure of iterates."""

    samples: Samples = Field(description="number of rows of X")
    condition: Condition = Field(description="condition number of X'X")
    factors: Factors = Field(description="step sizes as multiples of the bound 2/λ_max")
    steps: StepCount = Field(description="number of steps")
    grid_points: Annotated[int, whole(2, 1000)] = Field(description="points of the grid of losses on each axis")


class FigureErrors(Section):
    """The figure of errors."""

    problems: Annotated[
        tuple[Name, ...],
        Different('a list of one or more different names of problems, such as "condition 10" or "housing, raw"'),
    ] = Field(description="the problems to draw")


class Benchmark(Section):
    """`make bench`."""

    samples: Samples = Field(description="number of rows of X")
    features: Sizes = Field(description="numbers of columns of X")
    steps: StepCounts = Field(description="numbers of steps")
    condition: Condition = Field(description="condition number of X'X")
    repetitions: Repetitions = Field(description="repetitions of each measurement")


class LeastSquares(Section):
    """Problem 5: gradient descent on least squares, run and in closed form."""

    problems: Problems
    prove: Prove
    closed_form: ClosedForm
    convergence: Convergence
    definiteness: Definiteness
    rank_deficient: RankDeficient
    plane: Plane
    figure_errors: FigureErrors
    benchmark: Benchmark


class ClosedFormStep(Problems, ClosedForm):
    """What the step `closed_form` is given."""


class ConvergenceStep(Problems, Convergence):
    """What the step `convergence` is given."""


class DefinitenessStep(Problems, Definiteness):
    """What the step `definiteness` is given."""

"""A step's problems, from its settings and the housing data file."""

from pathlib import Path

from byhand.data.arrays import load_housing
from byhand.errors import BadInput
from byhand.least_squares.problems import Problem, housing, with_condition
from byhand.least_squares.settings import Problems


def problems(settings: Problems, path: Path) -> list[Problem]:
    """The synthetic problems, then housing standardised and raw.

    Raises:
        BadInput: fewer samples than features, so that XᵀX has no inverse; or no housing data.
    """
    if settings.samples < settings.features:
        raise BadInput(
            f"samples: found {settings.samples}, expected at least as many as features ({settings.features})"
        )
    synthetic = [with_condition(condition, settings.samples, settings.features) for condition in settings.conditions]
    return synthetic + housing(load_housing(path))


def step_sizes(factors: tuple[float, ...], bound: float, optimal: float) -> dict[str, float]:
    """Step sizes by name: multiples of 2/λ_max, and the optimal one."""
    return {**{f"{factor:g} of the bound": factor * bound for factor in factors}, "optimal": optimal}

"""One exact test of all numbers that a run printed: is it one more run of the same code as our n reruns?

If it is, the printed run and the reruns, differing only in their seeds, are exchangeable: in any order they are equally
probable. Let x be the n + 1 runs of k numbers each, tᵢⱼ number j of run i on a transformed scale, and mᵢⱼ and sᵢⱼ the
median of number j over the n runs other than i, and the median of their absolute deviations from it. Run i's statistic
and the p-value of the printed run are

    Tᵢ = max over j of |tᵢⱼ − mᵢⱼ| / max(sᵢⱼ, rⱼ)        p = #{i : Tᵢ ≥ T_printed} / (n + 1)

where rⱼ is half a unit in the last printed digit: without it, a number that nearly all runs share would count for
everything. T treats all n + 1 runs alike, so the rank of the printed one is uniform, up to ties, and P(p ≤ α) ≤ α for
every α: for any distributions, any dependence between the k numbers, and however many there are. The smallest p is
1/(n + 1).

Sources: Lehmann and Romano, Testing Statistical Hypotheses (2005), section 15.2; for leaving out each run in turn,
Vovk, Gammerman and Shafer, Algorithmic Learning in a Random World (2005), section 2.2.
"""

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np

from byhand.errors import BadInput

Scale = Literal["log", "logit"]
"""log for a loss, which is positive; logit for an accuracy, in [0, 1]."""

LEVEL = 0.05
"""The largest p-value that rejects."""


class Family(NamedTuple):
    """Numbers that are tested together: the scale of each, and how many of its decimals are printed."""

    scales: Sequence[Scale]
    digits: Sequence[int]


def enough(runs: np.ndarray, level: float = LEVEL) -> bool:
    """Whether so many reruns can reject anything at the level."""
    return 1 / (len(runs) + 1) <= level


def transformed(values: np.ndarray, scales: Sequence[Scale], digits: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """t = log x or log(x/(1 − x)) of every number, rounded as printed, and r, the rounding on that scale.

    What rounds to 0, or to 1 for an accuracy, is taken as half a unit in the last digit away from it. r is half a unit
    times the slope of the transformation at the median of all runs.

    Args:
        values: (runs, k).
        scales: the scale of each number (k).
        digits: how many decimals of each number are printed (k).

    Returns:
        t (runs, k) and r (k).

    Raises:
        BadInput: a shape, a scale or a number of digits is impossible, or a number is not finite, a loss below 0, or an
            accuracy outside [0, 1].
    """
    if values.ndim != 2 or not values.shape[1] or values.shape[1] != len(scales) or len(scales) != len(digits):
        raise BadInput(f"values {values.shape}, {len(scales)} scales and {len(digits)} digits do not fit together")
    if unknown := set(scales) - {"log", "logit"}:
        raise BadInput(f"scale {sorted(unknown)}: expected log or logit")
    if min(digits) < 0:
        raise BadInput(f"digits {min(digits)}: expected 0 or more decimals")
    share = np.array([scale == "logit" for scale in scales])
    if not (np.isfinite(values) & (values >= 0) & (~share | (values <= 1))).all():
        raise BadInput("a number is not finite, a loss below 0, or an accuracy outside [0, 1]")
    half_unit = 0.5 * 10.0 ** -np.array(digits)
    rounded = np.stack([np.round(column, places) for column, places in zip(values.T, digits, strict=True)], axis=1)
    x = np.clip(rounded, half_unit, np.where(share, 1 - half_unit, np.inf))
    rest = np.where(share, 1 - x, 1)
    middle = np.median(x, axis=0)
    return np.log(x / rest), half_unit / (middle * np.where(share, 1 - middle, 1))


def medians_of_others(values: np.ndarray) -> np.ndarray:
    """The median of each column without row i, in row i: (runs, k), from at least two runs (runs, k)."""
    others = len(values) - 1
    low, high = (others - 1) // 2, others // 2  # the places of the two middle values of the others
    ordered = np.sort(values, axis=0)
    lower, upper = (np.where(values <= ordered[k], ordered[k + 1], ordered[k]) for k in (low, high))
    return np.asarray((lower + upper) / 2)


def deviations(values: np.ndarray, least: np.ndarray) -> np.ndarray:
    """How far each number of a run is from the median of the other runs, in units of their spread.

    The spread is the median absolute deviation of the other runs from their median, and at least `least`.

    Args:
        values: (runs, k).
        least: the smallest spread of each number (k), positive.

    Returns:
        (runs, k).
    """
    medians = medians_of_others(values)
    spreads = np.zeros_like(values)
    for centre in (medians.min(0), np.median(medians, axis=0), medians.max(0)):  # a column has no other medians
        spreads = np.where(medians == centre, medians_of_others(np.abs(values - centre)), spreads)
    return np.asarray(np.abs(values - medians) / np.maximum(spreads, least))


def p_value(runs: np.ndarray, printed: np.ndarray, scales: Sequence[Scale], digits: Sequence[int]) -> float:
    """The p-value of the hypothesis that the printed run is one more of these runs; formula in the module's docstring.

    Args:
        runs: the reruns (n, k), n ≥ 2, in full precision.
        printed: the printed run (k).
        scales: as for `transformed`.
        digits: as for `transformed`.

    Raises:
        BadInput: there are fewer than two runs, the shapes differ, or a number is impossible (see `transformed`).
    """
    if runs.ndim != 2 or len(runs) < 2 or runs.shape[1:] != printed.shape:
        raise BadInput(f"runs {runs.shape} and printed {printed.shape}: expected (n, k) with n ≥ 2, and (k)")
    largest = deviations(*transformed(np.vstack([runs, printed]), scales, digits)).max(1)
    return float((largest >= largest[-1]).mean())


def power(
    runs: np.ndarray, alternatives: np.ndarray, scales: Sequence[Scale], digits: Sequence[int], level: float = LEVEL
) -> float:
    """The share of the runs of another code that the test rejects at the level, each taken for the printed run.

    Args:
        runs: the reruns (n, k).
        alternatives: runs of the other code (m, k).
        scales: as for `transformed`.
        digits: as for `transformed`.
        level: the largest p-value that rejects.

    Raises:
        BadInput: as `p_value`; or there is no alternative; or the runs are too few to reject anything at the level.
    """
    if not len(alternatives) or not enough(runs, level):
        raise BadInput(
            f"{len(alternatives)} alternatives, {len(runs)} runs, level {level}: expected at least one alternative and"
            " 1/(runs + 1) ≤ level"
        )
    return float(np.mean([p_value(runs, alternative, scales, digits) <= level for alternative in alternatives]))

"""What a handful of seeds says: intervals for the mean and for one more run, from Student's t; and for a share."""

import math

import pandas as pd
from scipy import stats


def mean_interval(values: "pd.Series[float]", level: float = 0.95) -> float:
    """Half the width of the interval that holds the mean: t · s / √n."""
    return float(stats.t.ppf((1 + level) / 2, len(values) - 1) * values.std() / math.sqrt(len(values)))


def prediction_interval(values: "pd.Series[float]", level: float = 0.95) -> float:
    """Half the width of the interval that holds one more run of the same kind: t · s · √(1 + 1/n).

    A printed figure is one run with an unknown seed, so this is the interval that it is compared with.
    """
    return mean_interval(values, level) * math.sqrt(len(values) + 1)


def proportion_interval(successes: int, trials: int, level: float = 0.95) -> tuple[float, float]:
    """The exact interval of Clopper and Pearson (1934) for a probability, from `successes` of independent `trials`.

    Without trials it is (0, 1).
    """
    if not trials:
        return 0.0, 1.0
    interval = stats.binomtest(successes, trials).proportion_ci(level)
    return float(interval.low), float(interval.high)

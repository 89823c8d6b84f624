"""A measured ratio of errors is judged by the scatter that theory predicts."""

import math

import numpy as np
import pandas as pd
import pytest

from byhand.initialization import comparison

CASE = {"initialization": "he", "activation": "tanh", "pixels": "unit", "depth": 2, "hidden_width": 10}


def judged(ratio: float, scatter: float, predicted: float, predicted_scatter: float, seeds: int = 4000) -> pd.Series:
    """Of networks whose first error over the last is log-normal, with this root mean square and this deviation."""
    logarithms = np.random.default_rng(0).normal(math.log(ratio) - scatter**2, scatter, seeds)
    logarithms += math.log(ratio) - scatter**2 - logarithms.mean()  # just in the middle
    norms = pd.DataFrame(
        {**CASE, "layer": layer, "seed": seed, "delta_norm": norm}
        for seed, logarithm in enumerate(logarithms)
        for layer, norm in ((1, math.exp(logarithm)), (2, 1.0), (3, 0.5))
    )
    squares = norms.groupby("layer")["delta_norm"].apply(lambda each: math.sqrt((each**2).mean()))
    layers = pd.DataFrame(
        {
            **CASE,
            "layer": layer,
            "chi_1": 1.0,
            "depth_scale": math.inf,
            "delta_ratio": squares[layer] / squares[2],
            "predicted_delta_ratio": predicted if layer == 1 else 1.0,
            "predicted_deviation_of_log_ratio": predicted_scatter if layer == 1 else 0.0,
            "activation_deviation": 0.3,
            "predicted_activation_deviation": 0.3,
            "weight_gradient_norm": 1.0,
            "bias_gradient_norm": 1.0,
            "seeds": seeds,
        }
        for layer in (1, 2, 3)
    )
    (row,) = (row for _, row in comparison.agreement(layers, norms).iterrows())
    return row


def test_networks_that_do_what_is_predicted_are_within_the_error() -> None:
    row = judged(ratio=3, scatter=0.5, predicted=3, predicted_scatter=0.5)
    assert row["seeds_deviation_of_log_ratio"] == pytest.approx(0.5, rel=0.03)
    assert row["measured_over_predicted"] == pytest.approx(1, rel=0.05)
    assert abs(row["standard_errors"]) < 1e-6


def test_another_ratio_is_told_in_standard_errors() -> None:
    row = judged(ratio=3 * math.exp(0.1), scatter=0.5, predicted=3, predicted_scatter=0.5)
    assert row["standard_errors"] == pytest.approx(0.1 / 0.5 * math.sqrt(4000))


def test_where_no_scatter_is_predicted_nothing_is_judged() -> None:
    assert math.isnan(judged(3, 0.5, 3, predicted_scatter=math.nan)["standard_errors"])
    assert math.isnan(judged(3, 0.5, 3, predicted_scatter=0.0)["standard_errors"])

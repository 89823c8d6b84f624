"""Mean-field theory against its known values, against independent integrals, and against random networks."""

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.integrate import quad

from byhand.initialization import mean_field, network, propagation
from byhand.initialization.initializations import named
from byhand.numerics.randomness import generator


def gaussian(function: Callable[[float], float], q: float) -> float:
    """E[function(√q z)] by adaptive quadrature."""
    integral = quad(lambda z: function(math.sqrt(q) * z) * math.exp(-z * z / 2), -12, 12, points=[0], limit=400)[0]
    return float(integral) / math.sqrt(2 * math.pi)


@pytest.mark.parametrize("q", [1e-6, 0.1, 1.0, 60.0, 1000.0])
def test_gaussian_means_agree_with_adaptive_quadrature(q: float) -> None:
    assert mean_field.mean_square_activation(q) == pytest.approx(gaussian(lambda z: math.tanh(z) ** 2, q), rel=1e-9)
    assert mean_field.mean_square_slope(q) == pytest.approx(
        gaussian(lambda z: (1 - math.tanh(z) ** 2) ** 2, q), rel=1e-9
    )


@pytest.mark.parametrize(
    ("name", "chi_1", "digits"),
    [("uniform_0.01", 0.00167, 5), ("uniform_0.1", 0.167, 3), ("uniform_2.0", 4.57, 2), ("xavier_uniform", 1, 12)],
)
def test_chi_of_the_assignments_initialisations(name: str, chi_1: float, digits: int) -> None:
    assert mean_field.chi(50 * named(name).variance(50, 50)) == pytest.approx(chi_1, abs=0.5 * 10**-digits)


@pytest.mark.parametrize("sigma_squared", [1.05, 2, 10, 66.7])
def test_above_one_the_fixed_point_is_stable_and_positive(sigma_squared: float) -> None:
    q = mean_field.fixed_point(sigma_squared)
    assert q > 0
    assert sigma_squared * mean_field.mean_square_activation(q) == pytest.approx(q, rel=1e-9)
    nearby = 1.01 * q
    assert abs(sigma_squared * float(mean_field.mean_square_activation(nearby)) - q) < 0.01 * q


@pytest.mark.parametrize("sigma_squared", [0.1, 0.9, 1])
def test_up_to_one_activations_die_out(sigma_squared: float) -> None:
    assert mean_field.fixed_point(sigma_squared) == 0
    assert mean_field.chi(sigma_squared) == pytest.approx(sigma_squared)


def test_the_depth_scale_is_infinite_at_the_edge_of_chaos() -> None:
    assert mean_field.depth_scale(1) == math.inf
    assert mean_field.depth_scale(math.exp(-0.25)) == pytest.approx(4)
    assert mean_field.depth_scale(math.exp(0.25)) == pytest.approx(4)


@pytest.mark.parametrize("name", ["uniform_0.01", "uniform_2.0", "xavier_uniform", "he", "orthogonal"])
def test_wide_random_networks_do_what_theory_predicts(name: str) -> None:
    """At width 300 the root mean square over 10 networks is within a tenth of the prediction in every layer."""
    depth, width = 5, 300
    stream = generator("test", "images")
    x = torch.rand(20, 60, generator=stream, dtype=torch.float64)
    labels = torch.randint(10, (20,), generator=stream)
    layer_widths = network.widths(60, width, depth, 10)
    initialization = named(name)
    parameters = network.initial(initialization, layer_widths, [generator("test", name, seed) for seed in range(10)])
    measured = propagation.measured(parameters, x, labels)
    variances = [initialization.variance(*shape) for shape in pairwise(layer_widths)]
    predicted = mean_field.predicted(layer_widths, variances, x.square().sum(1).numpy(), propagation.SATURATED)
    delta = measured.delta_norm[:, :depth].square().mean(0).sqrt().numpy()
    np.testing.assert_allclose(delta / delta[-1], predicted.delta_ratio, rtol=0.1)
    deviation = measured.activation_deviation[:, :depth].square().mean(0).sqrt().numpy()
    np.testing.assert_allclose(deviation, predicted.activation_deviation, rtol=0.1)
    saturated = measured.saturated_share[:, :depth].mean(0).numpy()
    np.testing.assert_allclose(saturated, predicted.saturated_share, rtol=0.1, atol=0.003)


def test_a_variance_for_each_weight_matrix_is_expected() -> None:
    with pytest.raises(ValueError, match="zip"):
        mean_field.predicted([4, 5, 5, 2], [0.1, 0.1], np.ones(3), 0.97)

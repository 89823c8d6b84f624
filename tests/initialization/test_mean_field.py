"""Mean-field theory against closed forms, independent integrals and implementations, and random networks."""

import math
from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from torch import Tensor

from byhand.initialization import activations, initializations, mean_field, network, propagation
from byhand.initialization.gaussian import mean, pairs
from byhand.initialization.settings import ACTIVATIONS
from byhand.numerics.randomness import generator

QS = [1e-6, 0.1, 1.0, 60.0, 1000.0]
CORRELATIONS = [-1.0, -0.6, 0.0, 0.3, 0.9, 0.999999, 1.0]
TANH, RELU, GELU, ERF = (activations.named(name) for name in ("tanh", "relu", "gelu", "erf"))


def gaussian(function: Callable[[float], float], q: float) -> float:
    """E[function(√q z)] by adaptive quadrature, each half line by itself."""

    def weighted(z: float) -> float:
        return function(math.sqrt(q) * z) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)

    knee = min(5 / math.sqrt(q), 5)
    halves = [
        quad(weighted, *ends, points=[place], limit=400, epsabs=0)[0]
        for ends, place in (((0, 12), knee), ((-12, 0), -knee))
    ]
    return float(sum(halves))


def number(function: Callable[[Tensor], Tensor]) -> Callable[[float], float]:
    """A function of tensors as one of numbers."""
    return lambda z: function(torch.tensor([z], dtype=torch.float64)).item()


def both(function: Callable[[Tensor], Tensor], q: float, c: float) -> float:
    """E[function(√q u) function(√q v)]."""
    u, v, w = pairs(c)
    return float((w @ (function(math.sqrt(q) * u) * function(math.sqrt(q) * v))).item())


@pytest.mark.parametrize("q", QS)
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_gaussian_means_agree_with_adaptive_quadrature(name: str, q: float) -> None:
    activation = activations.named(name)
    value, slope = number(activation.value), number(activation.slope)
    assert mean_field.mean_square(activation, q) == pytest.approx(gaussian(lambda z: value(z) ** 2, q), rel=1e-9)
    assert mean_field.mean_square_slope(activation, q) == pytest.approx(gaussian(lambda z: slope(z) ** 2, q), rel=1e-9)


@pytest.mark.parametrize("q", [*QS, 1e-20, 1e10])
def test_a_kink_or_a_step_at_0_costs_no_digits(q: float) -> None:
    assert mean_field.mean_square(RELU, q) == pytest.approx(q / 2, rel=1e-14)
    assert mean_field.mean_square_slope(RELU, q) == pytest.approx(1 / 2, rel=1e-14)
    assert float(mean(torch.abs, q)) == pytest.approx(math.sqrt(2 * q / math.pi), rel=1e-14)
    erf_slope = 4 / math.pi / math.sqrt(1 + 4 * q)
    assert mean_field.mean_square_slope(ERF, q) == pytest.approx(erf_slope, rel=1e-9)


@pytest.mark.parametrize("c", CORRELATIONS)
@pytest.mark.parametrize("q", QS)
def test_erf_has_the_arcsine_kernel(q: float, c: float) -> None:
    """Williams 1997."""
    assert both(ERF.value, q, c) == pytest.approx(2 / math.pi * math.asin(2 * q * c / (1 + 2 * q)), abs=1e-12)
    slopes = 4 / math.pi / math.sqrt((1 + 2 * q) ** 2 - (2 * q * c) ** 2)
    assert both(ERF.slope, q, c) == pytest.approx(slopes, rel=1e-9)


@pytest.mark.parametrize("c", CORRELATIONS)
@pytest.mark.parametrize("q", QS)
def test_relu_has_the_arc_cosine_kernels(q: float, c: float) -> None:
    """Cho, Saul 2009: of order 1 and 0."""
    angle = math.acos(c)
    kernel = q / (2 * math.pi) * (math.sin(angle) + (math.pi - angle) * math.cos(angle))
    assert both(RELU.value, q, c) == pytest.approx(kernel, rel=1e-10, abs=1e-13 * q)
    assert both(RELU.slope, q, c) == pytest.approx((math.pi - angle) / (2 * math.pi), rel=1e-10, abs=1e-13)


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_two_images_that_are_one_have_its_mean_square(name: str) -> None:
    activation = activations.named(name)
    for q in QS:
        assert both(activation.value, q, 1) == pytest.approx(float(mean_field.mean_square(activation, q)), rel=1e-12)
        assert both(activation.slope, q, 1) == pytest.approx(
            float(mean_field.mean_square_slope(activation, q)), rel=1e-12
        )


@pytest.mark.parametrize(
    ("name", "chi_1", "digits"),
    [("uniform_0.01", 0.00167, 5), ("uniform_0.1", 0.167, 3), ("uniform_2.0", 4.57, 2), ("xavier_uniform", 1, 12)],
)
def test_chi_of_the_assignments_initialisations(name: str, chi_1: float, digits: int) -> None:
    assert mean_field.chi(TANH, 50 * initializations.named(name).variance(50, 50)) == pytest.approx(
        chi_1, abs=0.5 * 10**-digits
    )


@pytest.mark.parametrize("sigma_squared", [1.05, 2, 10, 66.7])
def test_above_one_the_fixed_point_is_stable_and_positive(sigma_squared: float) -> None:
    q = mean_field.fixed_point(TANH, sigma_squared)
    assert q > 0
    assert sigma_squared * mean_field.mean_square(TANH, q) == pytest.approx(q, rel=1e-9)
    nearby = 1.01 * q
    assert abs(sigma_squared * float(mean_field.mean_square(TANH, nearby)) - q) < 0.01 * q


@pytest.mark.parametrize("sigma_squared", [0.1, 0.9, 1])
def test_up_to_one_activations_die_out(sigma_squared: float) -> None:
    assert mean_field.fixed_point(TANH, sigma_squared) == 0
    assert mean_field.chi(TANH, sigma_squared) == pytest.approx(sigma_squared, rel=1e-12)


def test_erf_comes_to_rest_where_its_closed_form_does() -> None:
    q = mean_field.fixed_point(ERF, 2.0)
    assert 2 * 2 / math.pi * math.asin(2 * q / (1 + 2 * q)) == pytest.approx(q, rel=1e-12)
    assert mean_field.fixed_point(ERF, math.pi / 4 - 1e-6) == 0
    assert mean_field.fixed_point(ERF, math.pi / 4 + 1e-6) > 0


def test_relu_has_a_factor_and_no_fixed_point() -> None:
    assert [mean_field.fixed_point(RELU, sigma_squared) for sigma_squared in (1.9, 2, 2.1)] == [0, 1, math.inf]
    assert mean_field.fixed_point(RELU, 2, start=7) == 7
    assert mean_field.fixed_point(RELU, 1.5, bias_variance=0.3) == pytest.approx(0.3 / (1 - 1.5 / 2))
    for sigma_squared in (0.5, 2, 9):
        found = mean_field.scales(RELU, sigma_squared)
        assert found.chi_1 == pytest.approx(sigma_squared / 2)
        assert found.signal_scale == pytest.approx(mean_field.depth_scale(sigma_squared / 2))


def test_gelu_has_a_fixed_point_that_repels() -> None:
    def after(q: float) -> float:
        return 3 * float(mean_field.mean_square(GELU, q))

    low, high, threshold = 1e-3, 1e3, 1.0
    for _ in range(60):
        threshold = math.sqrt(low * high)
        low, high = (threshold, high) if after(threshold) < threshold else (low, threshold)
    assert mean_field.fixed_point(GELU, 3, start=0.99 * threshold) == 0
    assert mean_field.fixed_point(GELU, 3, start=1.01 * threshold) == math.inf
    assert mean_field.fixed_point(GELU, 1.9) == 0
    assert mean_field.fixed_point(GELU, 4.1, start=1e-6) == math.inf


def test_the_edge_of_chaos_with_biases_is_where_it_was_published() -> None:
    """For tanh and σ_b² = 0.05 it is at σ² = 1.76 (Schoenholz et al. 2017)."""
    assert mean_field.chi(TANH, 1.75, 0.05) < 1 < mean_field.chi(TANH, 1.77, 0.05)


@pytest.mark.parametrize(
    ("name", "sigma_squared", "bias_variance"), [("tanh", 3, 0.1), ("erf", 2, 0), ("tanh", 0.5, 0.1)]
)
def test_scales_are_the_rates_at_which_signals_come_to_rest(
    name: str, sigma_squared: float, bias_variance: float
) -> None:
    """By repeating the maps themselves, from two nearby starts."""
    activation = activations.named(name)
    found = mean_field.scales(activation, sigma_squared, bias_variance)
    assert (found.correlation < 1) is (found.chi_1 > 1)
    q = [1.01 * found.fixed_point, 0.0]
    q[1] = sigma_squared * float(mean_field.mean_square(activation, q[0])) + bias_variance
    left = [abs(value - found.fixed_point) for value in q]
    assert math.log(left[0] / left[1]) == pytest.approx(1 / found.square_scale, rel=0.03)
    step = 1e-4 if found.correlation < 1 else -1e-4
    c = mean_field.correlation(activation, found.fixed_point, found.correlation + step, sigma_squared, bias_variance)
    assert math.log(step / (c - found.correlation)) == pytest.approx(1 / found.correlation_scale, rel=0.01)
    assert found.signal_scale == found.correlation_scale


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_the_saturated_share_is_that_of_drawn_units(name: str) -> None:
    activation = activations.named(name)
    z = torch.empty(400_000, dtype=torch.float64).normal_(generator=generator("test", "units"))
    for q in (0.2, 1.0, 30.0):
        drawn = (activation.slope(math.sqrt(q) * z).abs() < propagation.SATURATED).double().mean().item()
        share = mean_field.saturated_share(activation, np.array([q]), propagation.SATURATED).item()
        assert share == pytest.approx(drawn, abs=0.003)


def test_of_tanh_the_units_beyond_097_are_saturated() -> None:
    qs = np.array([1e-3, 0.3, 60.0])
    shares = [math.erfc(math.atanh(0.97) / math.sqrt(2 * q)) for q in qs]
    np.testing.assert_allclose(mean_field.saturated_share(TANH, qs, propagation.SATURATED), shares, rtol=1e-9)


def test_the_depth_scale_is_infinite_at_the_edge_of_chaos() -> None:
    assert mean_field.depth_scale(1) == math.inf
    assert mean_field.depth_scale(math.exp(-0.25)) == pytest.approx(4)
    assert mean_field.depth_scale(math.exp(0.25)) == pytest.approx(4)


@pytest.mark.parametrize(
    ("name", "activation_name"),
    [
        ("uniform_0.01", "tanh"),
        ("uniform_2.0", "tanh"),
        ("xavier_uniform", "tanh"),
        ("he", "tanh"),
        ("orthogonal", "tanh"),
        ("he", "relu"),
        ("torch_default", "relu"),
        ("he", "gelu"),
        ("xavier_uniform", "erf"),
    ],
)
def test_wide_random_networks_do_what_theory_predicts(name: str, activation_name: str) -> None:
    """At width 300 the root mean square over 10 networks is within a tenth of the prediction in every layer."""
    depth, width = 5, 300
    activation = activations.named(activation_name)
    stream = generator("test", "images")
    x = torch.rand(20, 60, generator=stream, dtype=torch.float64)
    labels = torch.randint(10, (20,), generator=stream)
    layer_widths = network.widths(60, width, depth, 10)
    initialization = initializations.named(name)
    parameters = network.initial(initialization, layer_widths, [generator("test", name, seed) for seed in range(10)])
    measured = propagation.measured(parameters, x, labels, activation)
    variances = [initialization.variance(*shape) for shape in pairwise(layer_widths)]
    biases = [initialization.bias_variance(*shape) for shape in pairwise(layer_widths)]
    squares = x.square().sum(1).numpy()
    predicted = mean_field.predicted(activation, layer_widths, variances, biases, squares, propagation.SATURATED)
    delta = measured.delta_norm[:, :depth].square().mean(0).sqrt().numpy()
    np.testing.assert_allclose(delta / delta[-1], predicted.delta_ratio, rtol=0.1)
    deviation = measured.activation_deviation[:, :depth].square().mean(0).sqrt().numpy()
    np.testing.assert_allclose(deviation, predicted.activation_deviation, rtol=0.1)
    saturated = measured.saturated_share[:, :depth].mean(0).numpy()
    np.testing.assert_allclose(saturated, predicted.saturated_share, rtol=0.1, atol=0.003)


def test_a_variance_for_each_weight_matrix_is_expected() -> None:
    with pytest.raises(ValueError, match="zip"):
        mean_field.predicted(TANH, [4, 5, 5, 2], [0.1, 0.1], [0, 0], np.ones(3), 0.06)

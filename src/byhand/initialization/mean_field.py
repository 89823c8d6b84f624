"""Mean-field signal propagation through a wide random network (Poole et al. 2016, Schoenholz et al. 2017).

Wide layers have Gaussian inputs zˡ ~ N(0, qˡ), and those of two images have a correlation cˡ. For an activation f, with
σ² = fan_in · Var(w), σ_b² = Var(b), z ~ N(0, 1), and u, v ~ N(0, 1) of correlation cˡ,

    qˡ⁺¹ = σ² E[f(√qˡ z)²] + σ_b²                   (the first layer: q¹ = Var(w) ‖x‖² + σ_b², with its own fan_in)
    qˡ⁺¹ cˡ⁺¹ = σ² E[f(√qˡ u) f(√qˡ v)] + σ_b²
    ‖δˡ‖² = fan_out · Var(w) · E[f′(√qˡ z)²] · ‖δˡ⁺¹‖²,    w the weights out of layer l

Equal widths bring q to a fixed point q*, and there δ grows by √χ₁ per layer towards the input, where
χ₁ = σ² E[f′(√q* z)²]. χ₁ < 1 is the ordered phase, where gradients vanish and the images become alike, c → 1; χ₁ > 1 is
the chaotic one, where gradients explode and c tends to a c* below 1. What changes by the factor χ per layer changes by
the factor e within ξ = 1 / |ln χ| layers.

What q* is differs between activations (without biases). tanh and erf, which are bounded: 0 up to σ² = 1/f′(0)², then
positive. ReLU: there is none. q is multiplied by σ²/2 in each layer, so it tends to 0 or to infinity, and at σ² = 2 it
stays where it is. GELU: between σ² = 2 and 4 there is one, but q moves away from it, to 0 from below and to infinity
from above; else q tends to 0 (σ² ≤ 2) or to infinity.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import torch
from scipy.optimize import bisect, brentq
from scipy.special import ndtr

from byhand.initialization.elementwise import Activation
from byhand.initialization.gaussian import Array, mean, pairs

FARTHEST = 45
"""q below e^−45 counts as 0, and above e^45 as infinite; activations are linear on each side of 0 by then."""


def mean_square(activation: Activation, q: Array | float) -> Array:
    """E[f(√q z)²], elementwise."""
    return mean(lambda z: activation.value(z).square(), q)


def mean_square_slope(activation: Activation, q: Array | float) -> Array:
    """E[f′(√q z)²], elementwise."""
    return mean(lambda z: activation.slope(z).square(), q)


def fixed_point(activation: Activation, sigma_squared: float, bias_variance: float = 0, start: float = 1) -> float:
    """q*, to which q = σ² E[f(√q z)²] + σ_b² tends from `start`: 0, infinite, or a solution in between.

    q never jumps over a solution, since the right side grows with q. So q* is the nearest solution in the direction in
    which q moves first.
    """

    def growth(log_q: float) -> float:
        q = math.exp(log_q)
        return math.log((sigma_squared * float(mean_square(activation, q)) + bias_variance) / q)

    last = math.log(start)
    if abs(growth(last)) < 1e-13:
        return start
    direction = math.copysign(1, growth(last))
    for place in np.arange(last, direction * FARTHEST, direction)[1:]:
        ahead = direction * growth(place)
        if ahead < -1e-13:
            return math.exp(brentq(growth, last, place, xtol=1e-15))
        if ahead > 1e-13:  # in between there is only rounding
            last = place
    return 0.0 if direction < 0 else math.inf


def _finite(q: float) -> float:
    """q, and where it is 0 or infinite one so small or large that it makes no difference."""
    return min(max(q, math.exp(-FARTHEST)), math.exp(FARTHEST))


def chi(activation: Activation, sigma_squared: float, bias_variance: float = 0) -> float:
    """χ₁ = σ² E[f′(√q* z)²]."""
    q = _finite(fixed_point(activation, sigma_squared, bias_variance))
    return sigma_squared * float(mean_square_slope(activation, q))


def correlation(activation: Activation, q: float, c: float, sigma_squared: float, bias_variance: float = 0) -> float:
    """The next layer's correlation of two images with the same q and the correlation c."""
    u, v, w = pairs(c)
    f, g = activation.value(math.sqrt(q) * u), activation.value(math.sqrt(q) * v)
    after = sigma_squared * float(mean_square(activation, q)) + bias_variance
    return (sigma_squared * (w @ (f * g)).item() + bias_variance) / after


def chi_of_correlation(activation: Activation, q: float, c: float, sigma_squared: float) -> float:
    """σ² E[f′(√q u) f′(√q v)], by which a small difference from the fixed point c changes per layer; χ₁ at c = 1."""
    u, v, w = pairs(c)
    return sigma_squared * (w @ (activation.slope(math.sqrt(q) * u) * activation.slope(math.sqrt(q) * v))).item()


def depth_scale(chi_1: float) -> float:
    """ξ = 1 / |ln χ₁| in layers; infinite at χ₁ = 1."""
    return math.inf if abs(chi_1 - 1) < 1e-12 else 1 / abs(math.log(chi_1))


class Scales(NamedTuple):
    """Where q and c tend to, and within how many layers what is left of a signal changes by the factor e."""

    fixed_point: float  # q*
    correlation: float  # c*
    chi_1: float
    square_scale: float  # of q, or of its difference from q* where that is positive and finite
    correlation_scale: float  # ξ_c, of c − c*; infinite where c moves more slowly than by a factor per layer
    error_scale: float  # of ‖δ‖²

    @property
    def signal_scale(self) -> float:
        """That of the signal itself: of q where it tends to 0 or to infinity, and of c where q converges."""
        return self.correlation_scale if 0 < self.fixed_point < math.inf else self.square_scale


def scales(activation: Activation, sigma_squared: float, bias_variance: float = 0) -> Scales:
    """The fixed points and depth scales of equally wide layers.

    Where q tends to 0 or to infinity, f is linear on each side of 0 in the end: q and ‖δ‖² then change by the same
    factor, χ₁.
    """
    q_star = fixed_point(activation, sigma_squared, bias_variance)
    q = _finite(q_star)
    chi_1 = sigma_squared * float(mean_square_slope(activation, q))
    error_scale = depth_scale(chi_1)
    if q_star in (0, math.inf):
        return Scales(q_star, 1.0, chi_1, error_scale, math.inf, error_scale)

    def excess(c: float) -> float:
        return correlation(activation, q, c, sigma_squared, bias_variance) - c

    c_star = 1.0
    if chi_1 > 1 + 1e-12:  # the map is convex, so there is one more fixed point below 1
        c_star = 0.0 if excess(0) < 1e-12 else brentq(excess, 0, 1 - 1e-9, xtol=1e-14)
    along_c = chi_of_correlation(activation, q, c_star, sigma_squared)
    along_q = sigma_squared * float(mean(lambda z: activation.value(z) * activation.slope(z) * z, q)) / q
    return Scales(q_star, c_star, chi_1, depth_scale(along_q), depth_scale(along_c), error_scale)


def saturated_share(activation: Activation, q: Array, slope: float) -> Array:
    """The probability that |f′(√q z)| < slope, for each q.

    Between the places where |f′| crosses `slope`, which are sought on [−30, 30] in steps of 1/128.
    """

    def margin(z: float) -> float:
        return slope - abs(activation.slope(torch.tensor([z], dtype=torch.float64)).item())

    grid = (np.arange(-3840, 3840) + 0.5) / 128
    below = activation.slope(torch.from_numpy(grid)).abs().numpy() < slope
    change = np.diff(below.astype(int))
    places = [(bisect(margin, grid[i], grid[i + 1], xtol=1e-13), change[i]) for i in np.flatnonzero(change)]
    share = np.full(np.shape(q), float(below[-1]) - sum(step for z, step in places if z > 0))  # near z = 0
    with np.errstate(divide="ignore"):
        for z, step in places:
            share += math.copysign(step, z * step) * ndtr(-abs(z) / np.sqrt(q))
    return share


def kernels(
    activation: Activation,
    widths: Sequence[int],
    variances: Sequence[float],
    bias_variances: Sequence[float],
    square: float,
    product: float,
) -> list[tuple[float, float]]:
    """q and c of each hidden layer, for two images x and y with ‖x‖² = ‖y‖² = `square` and x · y = `product`."""
    q = variances[0] * square + bias_variances[0]
    found = [(q, (variances[0] * product + bias_variances[0]) / q)]
    for width, variance, bias_variance in zip(widths[1:-2], variances[1:-1], bias_variances[1:-1], strict=True):
        q, c = found[-1]
        after = width * variance * float(mean_square(activation, q)) + bias_variance
        found.append((after, correlation(activation, q, c, width * variance, bias_variance)))
    return found


class Prediction(NamedTuple):
    """For hidden layers 1 … L: (depth)."""

    delta_ratio: Array  # √(E‖δˡ‖² / E‖δᴸ‖²)
    activation_deviation: Array
    saturated_share: Array


def predicted(
    activation: Activation,
    widths: Sequence[int],
    variances: Sequence[float],
    bias_variances: Sequence[float],
    squares: Array,
    saturated: float,
) -> Prediction:
    """What a batch does in a network of infinite width, layer by layer.

    Each image keeps its own qˡ; the images' errors at the output are taken to be equally large.

    Args:
        activation: of the hidden layers.
        widths: of the input, the hidden layers and the logits.
        variances: Var(w) of each weight matrix.
        bias_variances: Var(b) of each layer.
        squares: ‖x‖² of each image (batch).
        saturated: units whose slope is below this in absolute value count as saturated.
    """
    q = variances[0] * squares + bias_variances[0]
    factors, mean_squares, shares = [], [], []
    for width, variance, bias_variance in zip(widths[1:-1], variances[1:], bias_variances[1:], strict=True):
        factors.append(width * variance * mean_square_slope(activation, q))  # ‖δˡ‖² / ‖δˡ⁺¹‖² of each image
        square = mean_square(activation, q)
        mean_squares.append(square.mean() - mean(activation.value, q).mean() ** 2)
        shares.append(saturated_share(activation, q, saturated).mean())
        q = width * variance * square + bias_variance
    errors = np.cumprod(np.array(factors)[::-1], 0)[::-1].mean(1)
    return Prediction(np.sqrt(errors / errors[-1]), np.sqrt(np.array(mean_squares)), np.array(shares))

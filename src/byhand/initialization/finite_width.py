"""How much the errors of networks of finite width scatter about mean-field theory.

Given δˡ⁺¹, each unit j of layer l receives s_j = Σ_k W_jk δ_k, which for many or for normal weights is
N(0, Var(w) ‖δˡ⁺¹‖²). For one image, ‖δˡ‖² = Σ_j f′(z_j)² s_j² of N units therefore has the relative variance

    ρ = (3κ − 1)/N,    κ = E[f′⁴] / E[f′²]²    (2/N for a linear layer, 5/N for ReLU, as in Hanin 2018)

and layers multiply, so that the variances of ln ‖δˡ‖² add up. ‖δˡ‖² is nearly gamma distributed, with the shape 1/ρ, so
its logarithm has the variance ψ′(1/ρ), which is exact for one image and a linear layer.

A batch scatters less, since its errors point in several directions. For images a and b with G_ab = δ_a · δ_b, and
relative to E[f′²], the means A = E[G_aa G_bb] and B = E[G_ab²] become

    (1 − 1/N) A + K (A + 2B)/N  and  (1 − 1/N) E[f′_a f′_b]² B + K (A + 2B)/N,    K = E[f′_a² f′_b²],

in the layer below; where a is b, A = B. At the logits B/A is 1/(C − 1) on average, for C equally frequent classes. The
relative variance of ‖δˡ‖² of the whole batch follows from the mean of A over all pairs. B/A of a typical network is
smaller than this ratio of means, in which networks of large errors count more: to first order in 1/N by the factor
1 − 8 K (t/b − b)/N, where b = B/A is the sum of squares, and t that of cubes, of the shares of the directions. For
shares in geometric progression t/b − b = b (1 − b²)/(3 + b²).

Weights of excess kurtosis γ, −6/5 for uniform ones, multiply K by 1 + γ Σ_k δ_k⁴/‖δ‖⁴ of the layer above, whose units
share ‖δ‖⁴ as K/N to 1 + ρ.

Forward, ‖hˡ‖² fluctuates too, by v = (E[f_a² f_b²]/E[f²]² − 1)/N relatively, and so does q in all later layers, by α
per layer; q changes the slopes by β, where α and β are the logarithmic derivatives of E[f²] and E[f′²]. In layer l
itself this goes with the fluctuation of the slopes, by (E[f_a² f′_b²]/(E[f²] E[f′²]) − 1)/N. For ReLU β = 0.

All images are taken to have the same q and the same correlation c, and all weights to be independent, which those of
an orthogonal matrix are not: they scatter less. The slopes are taken to be independent of the weights behind them. For
ReLU, where h · δ is the same in all layers, they are not, and batches scatter by about a quarter more. The prediction
also fails where it is above 1 or so: there second moments are those of rare networks, as at width 10 deep in the
chaotic phase.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import polygamma

from byhand.initialization.elementwise import Activation
from byhand.initialization.gaussian import Array, pairs
from byhand.initialization.mean_field import mean_square, mean_square_slope

EXCESS = {"uniform": -6 / 5}
"""The excess kurtosis of weights of this distribution; 0 for normal ones."""


class Moments(NamedTuple):
    """What one layer does to two images, of the same q, relative to E[f²] and E[f′²]: where they are one, and two."""

    slopes: tuple[float, float]  # E[f′_a f′_b]²
    squared_slopes: tuple[float, float]  # K = E[f′_a² f′_b²]
    squares: tuple[float, float]  # E[f_a² f_b²]
    mixed: tuple[float, float]  # E[f_a² f′_b²]
    square_follows: float  # α = d ln E[f²] / d ln q
    slope_follows: float  # β = d ln E[f′²] / d ln q


def moments(activation: Activation, q: float, c: float) -> Moments:
    """The moments at this q and this correlation c of the images."""
    root, nudge = math.sqrt(q), 1e-4
    square, slope_square = float(mean_square(activation, q)), float(mean_square_slope(activation, q))
    found = []
    for correlation in (1.0, c):
        u, v, w = pairs(correlation)
        f, g = activation.value(root * u).square() / square, activation.value(root * v).square() / square
        df, dg = activation.slope(root * u), activation.slope(root * v)
        product = (w @ (df * dg)).item() / slope_square
        df, dg = df.square() / slope_square, dg.square() / slope_square
        found.append((product**2, (w @ (df * dg)).item(), (w @ (f * g)).item(), (w @ (f * dg)).item()))
    follows = [
        math.log(of(activation, q * (1 + nudge)) / of(activation, q * (1 - nudge))) / (2 * nudge)
        for of in (mean_square, mean_square_slope)
    ]
    one, two = found
    slopes, squared_slopes, squares, mixed = zip(one, two, strict=True)
    return Moments(slopes, squared_slopes, squares, mixed, *follows)


def added_variances(
    layers: Sequence[Moments], hidden_width: int, images: int, classes: int, weights: str
) -> list[float]:
    """What each layer adds to the variance of ln ‖δ‖² by its own slopes and weights, from the first to the last."""
    same, others = 1 / images, 1 - 1 / images  # shares of all pairs
    excess = EXCESS.get(weights, 0.0) / hidden_width
    one, two, parallel = 1.0, 1.0, 1 / (classes - 1)  # A of the same image and of two, and B of two
    above = (0.0, 0.0)  # K of the layer above, of the same image and of two, as far as one network has it
    added = []
    for layer in reversed(layers):
        before = same * one + others * two
        through = layer.squared_slopes[1] * (two + 2 * parallel) * (1 + excess * above[1]) / hidden_width
        of_one = 3 * layer.squared_slopes[0] * (1 + excess * above[0]) / hidden_width
        one *= 1 - 1 / hidden_width + of_one
        two = (1 - 1 / hidden_width) * two + through
        parallel = (1 - 1 / hidden_width) * layer.slopes[1] * parallel + through
        b = parallel / two
        parallel *= 1 - 8 * layer.squared_slopes[1] / hidden_width * b * (1 - b * b) / (3 + b * b)
        added.append(float(polygamma(1, before / (same * one + others * two - before))))
        in_one = 1 + (3 * layer.squared_slopes[0] - 1) / hidden_width
        above = layer.squared_slopes[0] / in_one, layer.squared_slopes[1] / in_one
    return added[::-1]


def deviations(
    layers: Sequence[Moments], hidden_width: int, images: int, classes: int, weights: str = "normal"
) -> Array:
    """The standard deviation of ln(‖δˡ‖ / ‖δᴸ‖) over random networks, for hidden layers 1 … L of equal width: (depth).

    Args:
        layers: the moments of each hidden layer.
        hidden_width: N.
        images: in the batch.
        classes: C.
        weights: the name of their distribution, normal or uniform.
    """
    same, others = 1 / images, 1 - 1 / images
    added = added_variances(layers, hidden_width, images, classes, weights)
    forward = [(same * (m.squares[0] - 1) + others * (m.squares[1] - 1)) / hidden_width for m in layers]
    common = [(same * (m.mixed[0] - 1) + others * (m.mixed[1] - 1)) / hidden_width for m in layers]
    variances = [0.0]
    for first in range(len(layers) - 2, -1, -1):
        total = sensitivity = 0.0
        for number in range(len(layers) - 2, -1, -1):
            within = number >= first
            total += sensitivity**2 * forward[number]
            total += (added[number] + 2 * sensitivity * common[number]) if within else 0
            sensitivity = layers[number].square_follows * sensitivity + layers[number].slope_follows * within
        variances.append(total)
    return np.asarray(np.sqrt(variances[::-1])) / 2

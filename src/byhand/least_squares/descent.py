"""Gradient descent on ℒ(w) = ½‖Xw − y‖², run step by step and in closed form (exercises 15 to 18).

With G = XᵀX (features, features), c = Xᵀy (features,), the step size α and M = I − αG:

    ∇ℒ(w) = Xᵀ(Xw − y) = Gw − c,             w* = G⁻¹c where X has full column rank,
    w_{k+1} = w_k − α∇ℒ(w_k) = M w_k + αc,   w_k = M^k w₀ + α Σ_{i<k} M^i c   (by induction).

Along an eigenvector of G with eigenvalue λ the error w_k − w* is multiplied by 1 − αλ in each step. So every start
converges if and only if |1 − αλ| < 1 for all λ, that is 0 < α < 2/λ_max, at the rate max |1 − αλᵢ|; and the best
step size makes the outer two equal: 1 − αλ_min = −(1 − αλ_max), α = 2/(λ_min + λ_max).

X: (samples, features), y: (samples,), w: (features,). The functions without eigenvalues or decompositions use only
+, − and ×, so they also accept arrays of `Fraction` (dtype object), and then nothing is rounded.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]


def loss(X: Array, w: Array, y: Array) -> Any:
    """½‖Xw − y‖²."""
    residual = X @ w - y
    return residual @ residual / 2


def gradient(X: Array, w: Array, y: Array) -> Array:
    """Xᵀ(Xw − y): ℒ(w + h) = ½‖(Xw − y) + Xh‖² = ℒ(w) + ⟨Xᵀ(Xw − y), h⟩ + ½‖Xh‖² (exercise 15)."""
    return np.asarray(X.T @ (X @ w - y))


def minimiser(X: Array, y: Array) -> Array:
    """(XᵀX)⁻¹Xᵀy, computed as R⁻¹Qᵀy from X = QR: the same, without squaring the condition number.

    Raises:
        ValueError: X lacks full column rank, so that XᵀX has no inverse and the minimiser is not unique.
    """
    features = X.shape[1]
    if (rank := int(np.linalg.matrix_rank(X))) < features:
        raise ValueError(f"X has rank {rank} with {features} columns: XᵀX has no inverse, and minimisers are many")
    q, r = np.linalg.qr(X)
    return np.asarray(np.linalg.solve(r, q.T @ y))


def nearest_minimiser(X: Array, y: Array, start: Array) -> Array:
    """The minimiser nearest to w₀, and the limit of gradient descent from there, whatever the rank of X.

    Every gradient lies in the row space of X, so the part of w₀ outside it, (I − X⁺X)w₀, never moves; inside it
    G is invertible and the limit is X⁺y. Together X⁺y + (I − X⁺X)w₀ = w₀ + X⁺(y − Xw₀). All minimisers are this one
    plus something in the null space of X, which is orthogonal to X⁺(y − Xw₀), so none is nearer to w₀.
    """
    return np.asarray(start + np.linalg.pinv(X) @ (y - X @ start))


def descend(X: Array, y: Array, start: Array, step_size: Any, steps: int) -> Iterator[Array]:
    """w₀, w₁, …, w_steps, by that many steps of gradient descent."""
    w = start
    yield w
    for _ in range(steps):
        w = w - step_size * gradient(X, w, y)
        yield w


def by_sum_of_powers(X: Array, y: Array, start: Array, step_size: Any, k: int) -> Array:
    """w_k as written: M^k w₀ + α Σ_{i<k} M^i c, each power from the one before (exercise 17)."""
    identity = np.eye(X.shape[1], dtype=X.dtype)
    M = identity - step_size * (X.T @ X)
    power, total = identity, 0 * identity
    for _ in range(k):
        total = total + power
        power = power @ M
    return np.asarray(power @ start + step_size * (total @ (X.T @ y)))


def by_matrix_power(X: Array, y: Array, start: Array, step_size: Any, k: int) -> Array:
    """w_k by repeated squaring, in O(log k) products of matrices.

    One step is linear in (w, 1): A = (M αc; 0 1). So w_k is the top of A^k (w₀, 1), and the top right of A^k is
    α Σ_{i<k} M^i c.
    """
    features = X.shape[1]
    A = np.eye(features + 1, dtype=X.dtype)
    A[:features, :features] = A[:features, :features] - step_size * (X.T @ X)
    A[:features, features] = step_size * (X.T @ y)
    return np.asarray((np.linalg.matrix_power(A, k) @ np.append(start, 1))[:features])


@dataclass(frozen=True)
class Spectrum:
    """G = Q diag(λ) Qᵀ, λ ascending."""

    eigenvalues: Array
    vectors: Array

    def bound(self) -> float:
        """2/λ_max: gradient descent converges for step sizes above 0 and below this."""
        return float(2 / self.eigenvalues[-1])

    def optimal_step_size(self) -> float:
        """2/(λ_min + λ_max), λ_min being the smallest eigenvalue that is not 0 up to rounding."""
        return float(2 / (self.nonzero()[0] + self.eigenvalues[-1]))

    def nonzero(self) -> Array:
        """The eigenvalues above rounding level, as many as the rank of X."""
        smallest = self.eigenvalues[-1] * len(self.eigenvalues) * np.finfo(float).eps
        return np.asarray(self.eigenvalues[self.eigenvalues > smallest])

    def multipliers(self, step_size: float) -> Array:
        """1 − αλᵢ: what each component of the error is multiplied by in a step."""
        return np.asarray(1 - step_size * self.eigenvalues)

    def rate(self, step_size: float) -> float:
        """max |1 − αλᵢ| over λᵢ > 0: the spectral radius of M where X has full column rank."""
        return float(np.abs(1 - step_size * self.nonzero()).max())


def spectrum(X: Array) -> Spectrum:
    """The eigenvalues and eigenvectors of XᵀX."""
    eigenvalues, vectors = np.linalg.eigh(X.T @ X)
    return Spectrum(np.maximum(eigenvalues, 0), vectors)


def by_eigenvalues(known: Spectrum, moment: Array, start: Array, step_size: float, k: int) -> Array:
    """w_k from the spectrum of G and c = `moment`, in time independent of k.

    Along an eigenvector μ = 1 − αλ and α Σ_{i<k} μ^i = (1 − μ^k)/λ, or αk where λ = 0. Near |μ| = 1 the difference
    1 − μ^k would cancel, so with |μ| = 1 − d, d = min(αλ, 2 − αλ), it is taken as −expm1(k log1p(−d)).
    """
    if k == 0:
        return start
    progress = step_size * known.eigenvalues
    with np.errstate(divide="ignore"):  # d = 1: the error is gone after one step, and log 0 = −∞ says so
        exponent = k * np.log1p(-np.minimum(progress, 2 - progress))
    alternating = (progress > 1) & (k % 2 == 1)
    power = np.where(alternating, -np.exp(exponent), np.exp(exponent))
    numerator = np.where(alternating, 1 + np.exp(exponent), -np.expm1(exponent))
    moving = known.eigenvalues > 0
    total = np.where(moving, numerator / np.where(moving, known.eigenvalues, 1), step_size * k)
    return np.asarray(known.vectors @ (power * (known.vectors.T @ start) + total * (known.vectors.T @ moment)))


def by_steps(X: Array, y: Array, start: Array, step_size: Any, k: int) -> Array:
    """w_k by k steps."""
    *_, last = descend(X, y, start, step_size, k)
    return last


METHODS: dict[str, Callable[[Array, Array, Array, float, int], Array]] = {
    "gradient_descent": by_steps,
    "sum_of_powers": by_sum_of_powers,
    "matrix_power": by_matrix_power,
    "eigenvalues": lambda X, y, start, step_size, k: by_eigenvalues(spectrum(X), X.T @ y, start, step_size, k),
}
"""Four ways to compute w_k from X, y, w₀, α and k."""


def multiplications(method: str, *, samples: int, features: int, k: int) -> int:
    """How many a method takes for w_k, with n samples and d features, by its textbook algorithm.

    Gradient descent: two products with X per step. The others first form G and c, nd² + nd. Sum of powers: k products
    of d × d matrices. Matrix power: one product of (d+1) × (d+1) matrices for each binary digit of k after the
    first, and one more for each of these that is 1. Eigenvalues: about 9d³ for the decomposition (Golub and Van Loan,
    Matrix Computations, §8.3), then three products of a matrix with a vector, whatever k.

    Raises:
        ValueError: an unknown method.
    """
    n, d = samples, features
    gram = n * d * d + n * d
    match method:
        case "gradient_descent":
            return k * (2 * n * d + d)
        case "sum_of_powers":
            return gram + k * d**3 + 2 * d * d
        case "matrix_power":
            return gram + (k.bit_length() + k.bit_count() - 2) * (d + 1) ** 3 + (d + 1) ** 2
        case "eigenvalues":
            return gram + 9 * d**3 + 3 * d * d + 4 * d
    raise ValueError(f"{method}: no such method")


def rounding_allows(X: Array, y: Array, iterates: Sequence[Array], step_size: float) -> list[float]:
    """How far w_k in floats may be from w_k without rounding, for each k, to first order.

    A step rounds w and α(‖X‖(‖X‖‖w‖ + ‖y‖)) to u = 2⁻⁵³, times √(samples + features) for its sums, whose roundings
    are practically independent (Higham and Mary, 2019); M propagates this, times its norm if that exceeds 1.
    """
    u, norm = 2.0**-53, float(np.linalg.norm(X, 2))
    growth = max(1.0, abs(1 - step_size * norm**2))
    allowed = [0.0]
    for w in iterates[:-1]:
        size = float(np.linalg.norm(w))
        rounded = size + step_size * norm * (norm * size + float(np.linalg.norm(y)))
        allowed.append(growth * allowed[-1] + u * sum(X.shape) ** 0.5 * rounded)
    return allowed

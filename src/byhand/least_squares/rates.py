"""Where in a run of gradient descent its rate of convergence can be read off, and where it cannot.

Along the eigenvectors of XᵀX the error is eᵢ(k) = eᵢ(0) μᵢ^k with μᵢ = 1 − αλᵢ. Its norm falls by ρ = max |μᵢ| per step
once the components with |μᵢ| = ρ outweigh the rest, and as long as it is above rounding. If λ_min is tiny, so is the
gap between ρ and the next |μᵢ|, and the first condition may take more steps than there are.
"""

import math
from bisect import bisect_left
from dataclasses import dataclass

import numpy as np

from byhand.least_squares.descent import Array

REST = 1e-3
"""The share of the squared error that the faster components may still have."""

FALL = 2.0
"""The error is measured over a fall (or rise) by a factor of exp(FALL), so that REST shifts the rate by < 0.1 %."""

LONGEST = 10**15
"""Where the search for the first step ends."""


@dataclass(frozen=True)
class Window:
    """The steps between which the rate is measured."""

    first: int
    last: int

    def rate(self, first_error: float, last_error: float) -> float:
        """The factor per step."""
        return math.exp(math.log(last_error / first_error) / (self.last - self.first))


def window(errors: Array, multipliers: Array, steps: int, floor: float) -> Window | str:
    """Where the rate can be seen in this many steps, with errors above `floor`; or why it cannot.

    errors: the components eᵢ(0); multipliers: μᵢ.
    """
    sizes = np.abs(multipliers)
    rate = float(sizes.max())
    if rate < 1e-8:  # all eigenvalues are equal, and the step size fits them
        return "the error is down at rounding after one step"
    leading = sizes > rate * (1 - 1e-12)
    lead = float(np.linalg.norm(errors[leading]))
    relative = sizes[~leading] / rate

    def settled(k: int) -> bool:
        return bool(np.sum((errors[~leading] * relative**k) ** 2) <= REST * lead**2)

    fall = abs(math.log(rate))
    length = 1000 if fall < 1e-12 else math.ceil(FALL / fall)  # at the bound the rate is 1 and nothing falls
    first = bisect_left(range(LONGEST), True, key=settled)
    last = first + length
    if last > steps:
        return f"the slowest component is seen alone only after {last:.1e} steps, more than {steps}"
    if lead * rate**last < floor:
        return f"the error is down at rounding, {floor:.1e}, before the slowest component is seen alone"
    return Window(first, last)


def rounding_floor(rate: float, size: float, samples: int) -> float:
    """The error below which rounding distorts a measured rate: 1000 times the rounding that steps leave behind.

    A step rounds by u·size, and a geometric series of rate ρ < 1 sums that to u·size/(1 − ρ); nothing falls at ρ ≥ 1.
    """
    return 1e3 * 2.0**-53 * math.sqrt(samples) * size / (1 - rate) if rate < 1 - 1e-12 else 0.0

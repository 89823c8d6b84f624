"""The assignment's two networks, one for any piecewise-linear function, and one that shows what depth is worth.

Problem 3: exercise 8 (the tent), exercise 9 (soft thresholding). Beyond it: a one-hidden-layer network for any
continuous piecewise-linear function, and the tent composed n times (Telgarsky, 2016, Benefits of depth).
"""

from dataclasses import dataclass, replace
from fractions import Fraction

from torch import nn

from byhand.relu.networks import Rational, linear
from byhand.relu.piecewise import PiecewiseLinear, combine, compose, line, relu, through

TENT = through([(0, 0), (Fraction(1, 2), 1), (1, 0)], left_slope=0, right_slope=0)
"""The target of exercise 8: 2x on [0, ½], 2(1 − x) on [½, 1], 0 elsewhere."""

ZIGZAG = through([(-2, 1), (-1, -1), (0, Fraction(3, 2)), (1, 0)], left_slope=-1, right_slope=2)
"""An example without a flat piece: four breakpoints, five units."""

SHIFT = Fraction(1, 2**50)
"""A planted mistake: how far a breakpoint is moved. Near 1 it is four float64 spacings."""


def tent_network() -> nn.Sequential:
    """ReLU(1 − ReLU(2x − 1) − ReLU(1 − 2x)), which is ReLU(1 − |2x − 1|): exercise 8, three units in two layers."""
    return nn.Sequential(linear([[2], [-2]], [-1, 1]), nn.ReLU(), linear([[-1, -1]], [1]), nn.ReLU())


def soft_threshold(s: Rational) -> PiecewiseLinear:
    """The target of exercise 9: max(|x| − s, 0)·sign(x), which is x + s below −s, 0 up to s, and x − s above.

    Raises:
        ValueError: s < 0, for which the target jumps at 0, from s to −s, while every ReLU network is continuous.
    """
    _refuse_negative(s)
    return through([(-s, 0), (s, 0)] if s else [(0, 0)], left_slope=1, right_slope=1)


def soft_threshold_network(s: Rational) -> nn.Sequential:
    """ReLU(x − s) − ReLU(−x − s): exercise 9, two units; at most one of them is not 0, as s ≥ 0.

    Raises:
        ValueError: s < 0 (see `soft_threshold`), or s is not a float64.
    """
    _refuse_negative(s)
    return nn.Sequential(linear([[1], [-1]], [-s, -s]), nn.ReLU(), linear([[1, -1]], [0]))


def _refuse_negative(s: Rational) -> None:
    if s < 0:
        raise ValueError(
            f"the threshold is {s}, expected s ≥ 0: below 0 the function jumps at x = 0, and no ReLU network does"
        )


@dataclass(frozen=True)
class Hinge:
    """One hidden unit and its output weight: weight · ReLU(direction · (x − breakpoint)), direction 1 or −1."""

    direction: int
    breakpoint: Fraction
    weight: Fraction


@dataclass(frozen=True)
class OneHiddenLayer:
    """bias + Σ hinges, over the rationals."""

    hinges: tuple[Hinge, ...]
    bias: Fraction

    def function(self) -> PiecewiseLinear:
        """What it computes on all of ℝ."""
        units = [relu(line(h.direction, -h.direction * h.breakpoint)) for h in self.hinges]
        return combine([h.weight for h in self.hinges], units, self.bias)

    def module(self) -> nn.Sequential:
        """The same as a float64 network.

        Raises:
            ValueError: a number in it is not a float64.
        """
        if not self.hinges:  # torch warns about layers without units
            return nn.Sequential(linear([[0]], [self.bias]))
        return nn.Sequential(
            linear([[h.direction] for h in self.hinges], [-h.direction * h.breakpoint for h in self.hinges]),
            nn.ReLU(),
            linear([[h.weight for h in self.hinges]], [self.bias]),
        )

    def shifted(self, index: int, shift: Fraction) -> "OneHiddenLayer":
        """A planted mistake: one unit's breakpoint moved."""
        hinge = self.hinges[index]
        return self._with(index, replace(hinge, breakpoint=hinge.breakpoint + shift))

    def negated(self, index: int) -> "OneHiddenLayer":
        """A planted mistake: the wrong sign before one unit."""
        return self._with(index, replace(self.hinges[index], weight=-self.hinges[index].weight))

    def _with(self, index: int, hinge: Hinge) -> "OneHiddenLayer":
        return replace(self, hinges=(*self.hinges[:index], hinge, *self.hinges[index + 1 :]))


def one_hidden_layer(f: PiecewiseLinear) -> OneHiddenLayer:
    """A network for f with k breakpoints: k units if some piece is flat, else k + 1 (2 for a slanted line, k = 0).

    Let cᵢ be the change of slope at bᵢ. If piece j (right of b_j) is flat at height h, hinges open away from it:

        f(x) = h + Σ_{i≤j} cᵢ ReLU(bᵢ − x) + Σ_{i>j} cᵢ ReLU(x − bᵢ).

    Both sides are h on piece j and change their slope by the same cᵢ at the same bᵢ. If no piece is flat, b₁ gets a
    hinge on either side, with the slopes a₀ left and a₁ right of it:

        f(x) = f(b₁) − a₀ ReLU(b₁ − x) + a₁ ReLU(x − b₁) + Σ_{i≥2} cᵢ ReLU(x − bᵢ).

    Fewer than k is impossible: a unit w ReLU(ux + v) bends only at x = −v/u, so each of the k breakpoints needs a
    unit of its own. Exactly k is possible if and only if some of the changes of slope sum to −a₀: with one unit per
    breakpoint its hinge is cᵢ ReLU(±(x − bᵢ)), and those that open to the left are the whole slope at −∞, −Σ cᵢ = a₀.
    A flat piece gives such a sum (c₁ + … + c_j = 0 − a₀); x + ReLU(x), with c = 1 and a₀ = 1, has none. A slanted
    line has no breakpoint, one unit has one, so there the least is 2 = k + 2.
    """
    changes = f.kinks
    flat = next((index for index, piece in enumerate(f.pieces) if piece.slope == 0), None)
    if flat is not None:
        left = (Hinge(-1, b, c) for b, c in changes[:flat])
        right = (Hinge(1, b, c) for b, c in changes[flat:])
        return OneHiddenLayer((*left, *right), f.pieces[flat].intercept)
    middle = f.breakpoints[0] if changes else Fraction(0)
    pair = (Hinge(-1, middle, -f.slope), Hinge(1, middle, f.slopes[min(1, len(changes))]))
    return OneHiddenLayer((*pair, *(Hinge(1, b, c) for b, c in changes[1:])), f(middle))


def sawtooth(compositions: int) -> PiecewiseLinear:
    """The tent composed n times: 2^(n−1) teeth on [0, 1], between zeros at j/2^(n−1), and 0 elsewhere.

    Defined by its 2ⁿ + 1 points rather than by composition, so that it can be the target of the composition.

    Raises:
        ValueError: n < 1.
    """
    if compositions < 1:
        raise ValueError(f"{compositions} compositions, expected 1 or more")
    pieces = 2**compositions
    return through([(Fraction(j, pieces), j % 2) for j in range(pieces + 1)], left_slope=0, right_slope=0)


def composed_tent(compositions: int) -> PiecewiseLinear:
    """tent ∘ … ∘ tent, n times, by the calculus."""
    f = line(1)
    for _ in range(compositions):
        f = compose(TENT, f)
    return f


def deep_sawtooth(compositions: int) -> nn.Sequential:
    """The tent composed n times with 2n + 1 units, where one hidden layer needs 2ⁿ + 1.

    Written out, n tents have 3n units. But only the last outer ReLU matters: g(t) = 1 − ReLU(2t − 1) − ReLU(1 − 2t) is
    2t < 0 for t < 0, as it is for every t ≤ ½; so what is negative stays so until the one ReLU at the end, and
    tent ∘ … ∘ tent = ReLU ∘ g ∘ … ∘ g. Between two g the linear maps merge: 2g − 1 and 1 − 2g.
    """
    first = [linear([[2], [-2]], [-1, 1]), nn.ReLU()]
    further = [layer for _ in range(compositions - 1) for layer in (linear([[-2, -2], [2, 2]], [1, -1]), nn.ReLU())]
    return nn.Sequential(*first, *further, linear([[-1, -1]], [1]), nn.ReLU())


def on_unit_interval(f: PiecewiseLinear) -> PiecewiseLinear:
    """f on [0, 1], continued by its outer lines: what a network must compute if only [0, 1] counts."""
    inside = tuple((b, c) for b, c in f.kinks if 0 < b < 1)
    start = [piece for piece in f.pieces if piece.start is None or piece.start <= 0][-1]
    return PiecewiseLinear(start.slope, start.intercept, inside)

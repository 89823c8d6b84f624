"""The true Jacobian of f(x) = W_F tanh(W_L ⋯ tanh(W₁ x)), certified by ball arithmetic.

From the input, with slopes s = 1/cosh² z, so that a saturated unit cancels nothing:

    z₁ = W₁ x,   B₁ = W₁,   z_{l+1} = W_{l+1} tanh z_l,   B_{l+1} = W_{l+1} diag(1/cosh² z_l) B_l,   J = B_F

It shares nothing with `modes` but the inputs.
"""

from flint import arb, arb_mat
from torch import Tensor

from byhand.jacobian.modes import Weights
from byhand.numerics.certified import Exact, certified, each, matrix


def jacobian(weights: Weights, x: Tensor) -> Exact:
    """J (P, D) at the floating-point weights and input x (D), as `modes` takes them."""

    def formula() -> list[arb_mat]:
        W1, *above = map(matrix, weights)
        B, z = W1, W1 * matrix(x.unsqueeze(-1))
        for W in above:
            slopes = [ball.sech() ** 2 for ball in z.entries()]
            rows = zip(slopes, B.tolist(), strict=True)
            B, z = W * arb_mat([[s * entry for entry in row] for s, row in rows]), W * each(arb.tanh, z)
        return [B]

    (J,) = certified(formula)
    return J

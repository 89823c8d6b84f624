"""The theory against neural-tangents (Novak et al. 2020), an independent implementation in JAX.

Its kernels are in neural_tangents.csv, for two inputs of mean square 1 and three hidden layers. Where it is installed
(`pip install neural-tangents`), the table is compared with it; `python -m tests.initialization.test_neural_tangents`
writes it anew. tanh has no closed form there: its kernel is by Gauss–Hermite quadrature of degree 200.
"""

import itertools
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from byhand.initialization import activations, mean_field
from byhand.initialization.settings import ACTIVATIONS

TABLE = Path(__file__).with_name("neural_tangents.csv")
HIDDEN = 3


def kernels() -> Iterator[dict[str, Any]]:
    """The rows of the table: q and the covariance of two inputs' logits, from their first q and correlation."""
    jax, stax = pytest.importorskip("jax"), pytest.importorskip("neural_tangents").stax
    jax.config.update("jax_enable_x64", True)
    layers = {
        "tanh": lambda: stax.ElementwiseNumerical(jax.numpy.tanh, deg=200),
        "relu": stax.Relu,
        "gelu": lambda: stax.Gelu(approximate=False),
        "erf": stax.Erf,
    }
    for name, q, c, (sigma_squared, bias_variance) in itertools.product(
        layers, (0.1, 2.0), (-0.5, 0.2, 0.9), ((0.5, 0.0), (1.0, 0.0), (2.0, 0.0), (3.0, 0.1))
    ):
        dense = stax.Dense(1, W_std=math.sqrt(sigma_squared), b_std=math.sqrt(bias_variance))
        hidden = [layer for _ in range(HIDDEN) for layer in (layers[name](), dense)]
        _, _, kernel_of = stax.serial(stax.Dense(1, W_std=math.sqrt(q), b_std=0.0), *hidden)
        x = math.sqrt(2) * np.array([[1, 0], [c, math.sqrt(1 - c * c)]])
        kernel = np.asarray(kernel_of(x, x, "nngp"))
        case = {"activation": name, "first_q": q, "first_c": c}
        case |= {"sigma_squared": sigma_squared, "bias_variance": bias_variance}
        yield {**case, "q": kernel[0, 0], "covariance": kernel[0, 1]}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_kernels_are_those_of_neural_tangents(name: str) -> None:
    table = pd.read_csv(TABLE)
    of_name = table[table["activation"] == name]
    assert len(of_name) == 24
    activation = activations.named(name)
    for row in of_name.to_dict("records"):
        q, c, with_weights = row["first_q"], row["first_c"], (row["sigma_squared"], row["bias_variance"])
        for _ in range(HIDDEN):
            after = with_weights[0] * float(mean_field.mean_square(activation, q)) + with_weights[1]
            c = mean_field.correlation(activation, q, c, *with_weights)
            q = after
        assert q == pytest.approx(row["q"], rel=1e-9)
        assert c * q == pytest.approx(row["covariance"], rel=1e-9, abs=1e-10)


def test_the_table_is_what_neural_tangents_computes() -> None:
    pytest.importorskip("neural_tangents")
    pd.testing.assert_frame_equal(pd.DataFrame(kernels()), pd.read_csv(TABLE), rtol=1e-12)


if __name__ == "__main__":
    pd.DataFrame(kernels()).to_csv(TABLE, index=False, lineterminator="\n")

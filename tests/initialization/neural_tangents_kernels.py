"""Write neural_tangents.csv: kernels of random networks of three layers, by neural-tangents (Novak et al. 2020).

    pip install neural-tangents; python tests/initialization/neural_tangents_kernels.py

For inputs of mean square 1 whose scale the weights of a first layer without biases set. tanh has no closed form there:
its kernel is by Gauss–Hermite quadrature of degree 200.
"""

import csv
import itertools
import math
from pathlib import Path

import jax
import numpy as np
from neural_tangents import stax

jax.config.update("jax_enable_x64", True)

ACTIVATIONS = {
    "tanh": lambda: stax.ElementwiseNumerical(jax.numpy.tanh, deg=200),
    "relu": stax.Relu,
    "gelu": lambda: stax.Gelu(approximate=False),
    "erf": stax.Erf,
}


def main() -> None:
    """Write the table."""
    with Path(__file__).with_name("neural_tangents.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["activation", "q0", "c0", "sigma_squared", "bias_variance", "q", "product"])
        for name, q0, c0, (sigma_squared, bias_variance) in itertools.product(
            ACTIVATIONS, (0.1, 2.0), (-0.5, 0.2, 0.9), ((0.5, 0.0), (1.0, 0.0), (2.0, 0.0), (3.0, 0.1))
        ):
            layers = [stax.Dense(1, W_std=math.sqrt(q0), b_std=0.0)]
            for _ in range(3):
                layers += [
                    ACTIVATIONS[name](),
                    stax.Dense(1, W_std=math.sqrt(sigma_squared), b_std=math.sqrt(bias_variance)),
                ]
            _, _, kernel_of = stax.serial(*layers)
            x = np.array([[math.sqrt(2), 0], [math.sqrt(2) * c0, math.sqrt(2) * math.sqrt(1 - c0 * c0)]])
            kernel = np.asarray(kernel_of(x, x, "nngp"))
            writer.writerow(
                [name, q0, c0, sigma_squared, bias_variance, repr(float(kernel[0, 0])), repr(float(kernel[0, 1]))]
            )


main()

"""Measure the growth of δ per layer against χ₁ for U[−d, d] over a range of d, at several widths.

The growth is taken between two layers deep enough for q to have reached its fixed point, squared and per layer, so that
it estimates χ₁ itself.
"""

from itertools import product

import pandas as pd
import torch
from tqdm import tqdm

from byhand import step
from byhand.errors import BadInput
from byhand.initialization import mean_field, network, propagation
from byhand.initialization.activations import tanh
from byhand.initialization.initializations import uniform
from byhand.initialization.settings import Phase
from byhand.numerics.randomness import generator
from byhand.step import tables

INPUTS = 100
CLASSES = 10


def main(files: step.Files, settings: Phase) -> step.Facts:
    """Write the table."""
    first, last = settings.first_layer, settings.last_layer
    if not first < last:
        raise BadInput(f"initialization.phase.first_layer: {first} is not before last_layer, {last}")
    inputs = generator("initialization/phase", "inputs")
    x = torch.randn(settings.images, INPUTS, generator=inputs, dtype=torch.float64)
    labels = torch.randint(CLASSES, (settings.images,), generator=inputs)
    rows = []
    for d, width in tqdm(list(product(settings.d, settings.hidden_widths)), desc="d", mininterval=2):
        initialization = uniform(d)
        streams = [generator("initialization/phase", str(d), width, seed) for seed in range(settings.seeds)]
        parameters = network.initial(initialization, network.widths(INPUTS, width, last, CLASSES), streams)
        norms = propagation.measured(parameters, x, labels, tanh.ACTIVATION).delta_norm
        squares = norms[:, [first - 1, last - 1]].square()
        growth = (squares[:, 0] / squares[:, 1]) ** (1 / (last - first))
        together = squares.mean(0)
        rows.append(
            {
                "d": d,
                "hidden_width": width,
                "sigma_squared": width * d * d / 3,
                "chi_1": mean_field.chi(tanh.ACTIVATION, width * d * d / 3),
                "growth": ((together[0] / together[1]) ** (1 / (last - first))).item(),
                "growth_lower_quartile": growth.quantile(0.25).item(),
                "growth_upper_quartile": growth.quantile(0.75).item(),
                "seeds": settings.seeds,
            }
        )
    tables.write(pd.DataFrame(rows), files.table)
    return {"seeds": f"initialization/phase/<d>/<width>/0 … {settings.seeds - 1}, and …/inputs"}


if __name__ == "__main__":
    step.run(main, outputs={"table": "the table to write (.csv)"})

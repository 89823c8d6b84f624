"""Tabulate where signals and errors tend to in wide networks of each activation, and within how many layers.

By the scale of the weights, σ; and for the assignment's initialisations at its width.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from byhand import step
from byhand.initialization import activations, initializations, mean_field
from byhand.initialization.settings import ScalesStep
from byhand.step import tables

SIGMAS = np.geomspace(0.02, 20, 241)


def rows(settings: ScalesStep) -> Iterator[dict[str, Any]]:
    """One row per activation and scale; the initialisation is empty for those of the regular grid."""
    shape = settings.hidden_width, settings.hidden_width
    for name in settings.activations:
        cases = [("", float(sigma), 0.0) for sigma in SIGMAS]
        for initialization in settings.initializations:
            drawn = initializations.named(initialization)
            sigma = (settings.hidden_width * drawn.variance(*shape)) ** 0.5
            cases.append((initialization, sigma, drawn.bias_variance(*shape)))
        for initialization, sigma, bias_variance in cases:
            found = mean_field.scales(activations.named(name), sigma * sigma, bias_variance)
            case = {"activation": name, "initialization": initialization, "weight_scale": sigma}
            yield {**case, **found._asdict(), "signal_scale": found.signal_scale}


def main(files: step.Files, settings: ScalesStep) -> None:
    """Write the table."""
    tables.write(pd.DataFrame(rows(settings)), files.table)


if __name__ == "__main__":
    step.run(main, outputs={"table": "the table to write (.csv)"})

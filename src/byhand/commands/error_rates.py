"""Measure how often the exact tests reject a run of the very code that they test, on runs that no verdict rests on.

`make error-rates` trains more runs than the verdicts use, in a folder of its own, and writes docs/error_rates.md. Those
that the verdicts use are left out. From the others, some are drawn as reruns and one as the print, a thousand times;
and each of them is tested as the print among the reruns of the verdicts. The networks on MNIST are also trained in ways
that a plain run does not try, and the same test says how often it would have noticed them.
"""

import argparse
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from byhand import step
from byhand.errors import BadInput
from byhand.housing import comparison as housing
from byhand.initialization import comparison as initialization
from byhand.initialization.cells import PATH, Cell, assignment
from byhand.numerics.exact_test import LEVEL, Family, p_value, power
from byhand.step import files, tables
from byhand.workflow.yaml_files import read_yaml

HEAD = f"""# Error rates of the exact tests

Written by `make error-rates`. Each test rejects a run of the very code that it tests with a probability of at most
{LEVEL:g}, for any distribution: the rank of one run among exchangeable ones is uniform. Here that is measured, on runs
that no verdict rests on. *Drawn*: the reruns and the print are drawn from these runs. *Fresh*: each of them is tested
as the print among the reruns of the verdicts, so one set of reruns that happens to lie close together shows. A thousand
draws leave ± 1.4 % on a rate of 5 %, and they overlap; 80 runs leave ± 5 %, 200 runs ± 3 %.

| test | reruns | runs apart | rejected, drawn | rejected, fresh |
| --- | ---: | ---: | ---: | ---: |
"""

POWER = """
What the tests would notice is in `results/housing/power.csv` and `results/initialization/power.csv`, and on the page.
Three more alternatives are too slow for a plain run: a learning rate half or twice as large, and U[−√3·d, √3·d] for
U[−d, d], which has the variance 3 times as large. The share of their runs that the test of the reruns rejects:

| test | alternative | runs | rejected |
| --- | --- | ---: | ---: |
"""


def tests(results: Path, config: dict[str, Any]) -> Iterator[tuple[str, np.ndarray, int, Family]]:
    """Each test: its name, the numbers of all runs (runs, numbers), how many runs verdicts use, and the family."""
    published = tables.read(results / "housing/training/published.csv", ["seed", "epoch"])
    for name, group in housing.families(published).items():
        numbers = housing.numbers(group)
        reruns = int(config["housing"]["exact_test"]["reruns"])
        yield f"housing, {name}", numbers, reruns, housing.family_of_losses(numbers.shape[1])
    for cell in assignment(config["initialization"]):
        reruns = int(config["initialization"]["exact_test"]["reruns"])
        yield cell.initialization, runs(results, cell), reruns, initialization.PRINTED_FAMILY


def rates(numbers: np.ndarray, reruns: int, family: Family, draws: int) -> tuple[float, float]:
    """The share of rejections among draws from the runs apart, and among these, tested with the verdicts' reruns.

    Raises:
        BadInput: there are not more runs apart than reruns.
    """
    of_verdicts, apart = numbers[:reruns], numbers[reruns:]
    if len(apart) <= reruns:
        raise BadInput(f"found {len(numbers)} runs, expected more than {2 * reruns}")
    random = np.random.default_rng(0)
    rejected = []
    for _ in range(draws):
        drawn = apart[random.permutation(len(apart))[: reruns + 1]]
        rejected.append(p_value(drawn[1:], drawn[0], *family) <= LEVEL)
    return float(np.mean(rejected)), power(of_verdicts, apart, *family)


def powers(results: Path, config: dict[str, Any]) -> Iterator[tuple[str, str, int, str]]:
    """Each test of the networks on MNIST and each alternative in `results`: its runs, and the share rejected."""
    reruns = int(config["initialization"]["exact_test"]["reruns"])
    for cell in assignment(config["initialization"]):
        rate, name = cell.learning_rate, cell.initialization
        alternatives = {
            "rate × ½": ("halved", cell._replace(learning_rate=rate / 2)),
            "rate × 2": ("doubled", cell._replace(learning_rate=rate * 2)),
        }
        if name.startswith("uniform_"):
            d = float(name.removeprefix("uniform_"))
            alternatives["√3·d"] = ("wider", cell._replace(initialization=f"uniform_{3**0.5 * d:.6g}"))
        ours = runs(results, cell)[:reruns]
        for words, (folder, network) in alternatives.items():
            others = runs(results.parent / folder / "results", network)
            yield name, words, len(others), f"{power(ours, others, *initialization.PRINTED_FAMILY):.0%}"


def runs(results: Path, cell: Cell) -> np.ndarray:
    """The numbers of all runs (runs, numbers) of a network."""
    path = results / "initialization/training" / f"{PATH.format(**cell._asdict())}.csv"
    return initialization.figures(tables.read(path, ["seed", "epoch"]))


def main(arguments: argparse.Namespace) -> None:
    """Write the page."""
    config = read_yaml(arguments.config)
    rows = []
    for name, numbers, reruns, family in tests(arguments.results, config):
        drawn, fresh = rates(numbers, reruns, family, arguments.draws)
        rows.append((name, reruns, len(numbers) - reruns, f"{drawn:.1%} of {arguments.draws}", f"{fresh:.1%}"))
        print(pd.DataFrame(rows[-1:]).to_string(index=False, header=False), flush=True)
    files.write_text(arguments.page, HEAD + lines(rows) + POWER + lines(powers(arguments.results, config)))


def lines(rows: Iterable[Iterable[object]]) -> str:
    """The rows of a table."""
    return "".join(f"| {' | '.join(map(str, row))} |\n" for row in rows)


if __name__ == "__main__":
    parser = step.parser(__doc__)
    parser.add_argument("--results", type=Path, required=True, help="results with more runs than the verdicts use")
    parser.add_argument("--config", type=Path, required=True, help="the configuration of the verdicts (.yaml)")
    parser.add_argument("--draws", type=int, default=1000, help="draws for each test (default: 1000)")
    parser.add_argument("--page", type=Path, required=True, help="the page to write (.md)")
    step.command(main, parser)

"""Count what depth is worth: units for the tent composed n times, deep and with one hidden layer, each proven.

Writes one row for each n: 2n + 1 units in n + 1 layers do what takes 2ⁿ + 1 units in one hidden layer (2ⁿ if only
[0, 1] counts), and fewer are not enough (see `constructions.one_hidden_layer`).
"""

from collections.abc import Iterator
from typing import Any

import pandas as pd

from byhand import step
from byhand.relu.constructions import composed_tent, deep_sawtooth, on_unit_interval, one_hidden_layer, sawtooth
from byhand.relu.networks import float_check, function, unit_count
from byhand.relu.settings import Depth
from byhand.step import tables


def rows(settings: Depth) -> Iterator[dict[str, Any]]:
    """The counts and verdicts for n = 1, 2, …"""
    for n in range(1, settings.compositions + 1):
        target, deep = sawtooth(n), deep_sawtooth(n)
        shallow = one_hidden_layer(target).module()
        inside = on_unit_interval(target)
        shallow_inside = one_hidden_layer(inside).module()
        verdicts = {
            "composed": composed_tent(n) == target,
            "deep": function(deep) == target,
            "shallow": function(shallow) == target,
            "shallow_inside": function(shallow_inside) == inside,
        }
        yield {
            "compositions": n,
            "teeth": sum(value == 1 for value in target.values),
            "breakpoints": len(target.breakpoints),
            "deep_layers": n + 1,
            "deep_units": unit_count(deep),
            "shallow_units": unit_count(shallow),
            "shallow_units_on_unit_interval": unit_count(shallow_inside),
            **{f"{name}_verdict": "equal" if equal else "different" for name, equal in verdicts.items()},
            **float_check(deep, target, settings.grid_points),
        }


def main(files: step.Files, settings: Depth) -> None:
    """Write the table."""
    tables.write(pd.DataFrame(rows(settings)), files.table)


if __name__ == "__main__":
    step.run(main, outputs={"table": "the table to write (.csv)"})

"""Newton's iteration x ← (x + 2/x) / 2 for √2, from 1, in exact fractions."""

from fractions import Fraction

import pandas as pd
from byhand.newton.room import Iterate

from byhand import step
from byhand.step import tables


def main(files: step.Files, settings: Iterate) -> step.Facts:
    """Write the table."""
    x, rows = Fraction(1), []
    for iteration in range(1, settings.iterations + 1):
        x = (x + 2 / x) / 2
        rows.append({"iteration": iteration, "excess": float(x * x - 2)})
    tables.write(pd.DataFrame(rows), files.table)
    return {}


if __name__ == "__main__":
    step.run(main, outputs={"table": "the table to write (.csv)"})

"""Check every line of the derivations, and write each with its LaTeX and the verdict; definitions come first.

Columns: `byhand.report.derivations.Row` explains them; `code` and `text` are a file and what stands in it once.
"""

import pandas as pd

from byhand import step
from byhand.report.checks import rows
from byhand.report.derivations import COLUMNS, load
from byhand.step import tables


def main(files: step.Files) -> None:
    """Write the table, and print how many lines of each exercise have which verdict."""
    derivations = load(files.derivations)
    table = pd.DataFrame(
        [row for exercise, derivation in derivations.items() for row in rows(exercise, derivation)], columns=COLUMNS
    )
    print(table.groupby(["exercise", "verdict"]).size().to_string())
    tables.write(table.astype({"line": "Int64"}), files.table)


if __name__ == "__main__":
    step.run(
        main,
        inputs={"derivations": ("the derivations of each room (.yaml)",)},
        outputs={"table": "the table of all lines to write (.csv)"},
    )

"""Draw how far the hand-derived gradients are from autograd (in ulp) and from central differences (relative)."""

import numpy as np

from byhand import step
from byhand.step import style, tables

PARAMETERS = {"W1": r"$W_1$", "b1": r"$b_1$", "w2": r"$w_2$", "b2": r"$b_2$"}
SERIES = [  # (dtype, colour, marker)
    ("float32", "orange", "s"),
    ("float64", "blue", "o"),
]


def main(files: step.Files) -> None:
    """Write the figure."""
    table = tables.read(files.table, ["case", "dtype", "reference", "parameter", "ulp_error", "relative_error"])
    with style.figure(files.figure, columns=2) as (_, (left, right)):
        against = table[table["reference"] == "autograd"]
        for index, (dtype, colour, marker) in enumerate(SERIES):
            for position, name in enumerate(PARAMETERS):
                errors = against.loc[(against["dtype"] == dtype) & (against["parameter"] == name), "ulp_error"]
                low, middle, high, top = np.quantile(errors, [0.05, 0.5, 0.95, 1])
                x = position + 0.24 * (index - 0.5)
                left.errorbar(
                    x, middle, [[middle - low], [high - middle]], fmt=marker, color=style.COLOURS[colour], capsize=2,
                    label=dtype if not position else None,
                )  # fmt: skip
                left.plot(x, top, marker="_", markersize=7, color=style.COLOURS[colour])
        left.set_yscale("symlog", linthresh=0.5)
        left.set_ylim(-0.1, None)
        left.set(ylabel="difference from autograd (ulp)", xlabel="gradient of")
        left.set_title(f"median, 5–95 %, dash: largest of n = {len(against) // 8:,}")  # 4 parameters, 2 precisions
        left.legend()

        # At the kink the differences are right to first order only, and some gradients are exactly 0: see the table.
        against = table.query("reference == 'central_differences' and case == 'generic'")
        for position, name in enumerate(PARAMETERS):
            errors = against.loc[against["parameter"] == name, "relative_error"]
            shown = errors[errors > 0]
            jitter = np.linspace(-0.28, 0.28, len(shown))
            right.plot(position + jitter, np.sort(shown), ".", markersize=1.5, color=style.COLOURS["blue"])
        right.set_yscale("log")
        right.set(ylabel="relative difference from\ncentral differences", xlabel="gradient of")
        right.set_title(f"float64, away from the kink, n = {len(against) // 4:,}")
        for axes in (left, right):
            axes.set_xticks(range(len(PARAMETERS)), PARAMETERS.values())


if __name__ == "__main__":
    step.run(main, inputs={"table": "results of the check (.csv)"}, outputs={"figure": step.PICTURES})

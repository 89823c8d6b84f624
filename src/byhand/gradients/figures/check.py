"""Draw how far the gradients by hand and by autograd are from the true ones, in ulp."""

import numpy as np

from byhand import step
from byhand.step import style, tables

PARAMETERS = {"W1": r"$W_1$", "b1": r"$b_1$", "w2": r"$w_2$", "b2": r"$b_2$"}
SERIES = [  # (dtype, colour, marker)
    ("float32", "orange", "s"),
    ("float64", "blue", "o"),
]
METHODS = {"by_hand": "by hand", "autograd": "autograd"}


def main(files: step.Files) -> None:
    """Write the figure."""
    table = tables.read(files.table, ["method", "dtype", "parameter", "ulp_error"])
    with style.figure(files.figure, columns=2, sharey=True) as (_, panels):
        for axes, (method, label) in zip(panels, METHODS.items(), strict=True):
            found = table[table["method"] == method]
            for index, (dtype, colour, marker) in enumerate(SERIES):
                for position, name in enumerate(PARAMETERS):
                    errors = found.loc[(found["dtype"] == dtype) & (found["parameter"] == name), "ulp_error"]
                    low, middle, high, top = np.quantile(errors, [0.05, 0.5, 0.95, 1])
                    x = position + 0.24 * (index - 0.5)
                    axes.errorbar(
                        x, middle, [[middle - low], [high - middle]], fmt=marker, color=style.COLOURS[colour],
                        capsize=2, label=dtype if not position else None,
                    )  # fmt: skip
                    axes.plot(x, top, marker="_", markersize=7, color=style.COLOURS[colour])
            axes.set_yscale("symlog", linthresh=0.5)
            axes.set_ylim(-0.1, None)
            axes.set(xlabel="gradient with respect to", title=f"{label}: median, 5–95 %, dash: largest")
            axes.set_xticks(range(len(PARAMETERS)), PARAMETERS.values())
        panels[0].set_ylabel(f"error (ulp), n = {len(found) // 8:,} each")  # 4 parameters, 2 precisions
        panels[0].legend()


if __name__ == "__main__":
    step.run(main, inputs={"table": "results of the check (.csv)"}, outputs={"figure": step.PICTURES})

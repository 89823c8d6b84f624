"""Draw what depth and initialisation do, as heat maps: test accuracy, growth of δ, saturation; with the depth scale."""

import math
from collections.abc import Callable

import numpy as np
from matplotlib.colors import Normalize

from byhand import step
from byhand.initialization.figures import appearance
from byhand.initialization.settings import Network
from byhand.step import style, tables


def main(files: step.Files, settings: Network) -> None:
    """Write the figure."""
    table = tables.read(
        files.table,
        ["dataset", "fallback_for", "initialization", "depth", "hidden_width", "order", "test_accuracy",
         "first_to_last_delta", "saturated_share", "seeds"],
    ).query(f"order == 'file' and hidden_width == {settings.hidden_width}")  # fmt: skip
    scales = tables.read(files.agreement, ["initialization", "hidden_width", "depth_scale"])
    scale_of = scales[scales["hidden_width"] == settings.hidden_width].groupby("initialization")["depth_scale"].first()
    names, depths = list(table["initialization"].unique()), sorted(table["depth"].unique())
    grids = {
        column: table.pivot(index="depth", columns="initialization", values=column)[names].to_numpy()
        for column in ("test_accuracy", "first_to_last_delta", "saturated_share")
    }
    growth = np.log10(grids["first_to_last_delta"])
    panels: list[tuple[str, np.ndarray, str, Normalize, Callable[[float], str]]] = [
        ("test accuracy", grids["test_accuracy"], "cividis", Normalize(0, 1), "{:.0%}".format),
        (r"$\log_{10}\,\|\delta^1\|/\|\delta^L\|$", growth, "PuOr_r", Normalize(-10, 10), "{:+.1f}".format),
        ("saturated units at the start", grids["saturated_share"], "cividis", Normalize(0, 1), "{:.0%}".format),
    ]
    with style.figure(files.figure, columns=3, sharey=True, figsize=(2.35 * style.COLUMN, 2.9)) as (figure, panes):
        for (title, values, cmap, norm, word), axes in zip(panels, panes, strict=True):
            image = axes.imshow(values, origin="lower", aspect="auto", cmap=cmap, norm=norm, interpolation="nearest")
            for row, column in np.ndindex(values.shape):
                value = float(values[row, column])
                if math.isfinite(value):
                    red, green, blue, _ = image.cmap(norm(value))
                    ink = "black" if 0.3 * red + 0.6 * green + 0.1 * blue > 0.5 else "white"
                    axes.text(column, row, word(value), ha="center", va="center", fontsize=5, color=ink)
            axes.set_title(title)
            axes.set_xticks(range(len(names)), [appearance.label(name) for name in names], rotation=40, ha="right")
            axes.grid(visible=False)
        positions = np.log2(depths)
        for axes in panes:
            for column, name in enumerate(names):
                if name in scale_of.index and math.isfinite(scale_of[name]):
                    height = np.interp(math.log2(scale_of[name]), positions, range(len(depths)), left=-0.45)
                    axes.plot(
                        [column - 0.45, column + 0.45],
                        [height, height],
                        color=style.COLOURS["vermillion"],
                        linewidth=1.6,
                    )
        panes[0].set_yticks(range(len(depths)), depths)
        panes[0].set_ylabel("depth (tanh layers)")
        note = style.data_note(table)
        figure.suptitle(
            rf"{note}; means of {table['seeds'].iloc[0]} seeds; bars: depth scale $\xi = 1/|\ln\chi_1|$ where finite",
            fontsize=8,
        )


if __name__ == "__main__":
    step.run(
        main,
        inputs={"table": "one row a trained network (.csv)", "agreement": "theory of each network (.csv)"},
        outputs={"figure": step.PICTURES},
    )

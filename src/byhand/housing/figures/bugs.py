"""Draw the effect of each of the notebook's bugs: the change in each loss when that bug alone is fixed."""

from byhand import step
from byhand.step import style, tables

MARKS = [  # (split, colour, marker, label)
    ("train", "blue", "o", "training error"),
    ("validation", "vermillion", "s", "validation error"),
    ("test", "green", "^", "test error"),
]
NAMES = {
    "hidden_layer_frozen": "Hidden layer frozen:\nthe optimiser does not hold W₁",
    "scaler_fitted_on_all_rows": "Scaler fitted on all rows:\nit has seen validation and test rows",
    "validation_rows_in_training": "Validation rows in training:\nthey were not taken out of the loader",
    "batches_weighted_equally": "Batches weighted equally:\nthe smaller last one counts as much",
    "all": "All four",
}


def main(files: step.Files) -> None:
    """Write the figure."""
    columns = ["fixed", "split", "worth", "half_width_of_95_percent_interval", "seeds", "dataset", "fallback_for"]
    table = tables.read(files.table, columns)
    with style.figure(files.figure, height=3.2) as (drawn, axes):
        for index, (split, colour, marker, label) in enumerate(MARKS):
            rows = table[table["split"] == split].set_index("fixed").loc[list(NAMES)]
            axes.errorbar(
                rows["worth"],
                [position + 0.22 * (index - 1) for position in range(len(NAMES))],
                xerr=rows["half_width_of_95_percent_interval"],
                fmt=marker, color=style.COLOURS[colour], capsize=2, linewidth=0.9, label=label,
            )  # fmt: skip
        axes.axvline(0, color=style.COLOURS["black"], linewidth=0.8)
        axes.set_yticks(range(len(NAMES)), NAMES.values())
        axes.grid(visible=False, axis="y")
        axes.invert_yaxis()
        axes.set_xlabel(
            "mean squared error with the notebook's code − with this bug fixed\n"
            "← the bug made the error look smaller | the bug made the error look larger →"
        )
        style.legend_below(drawn, axes)
        style.heading(
            drawn, f"{style.data_note(table)}; mean of {table['seeds'].iloc[0]} paired seeds with its 95 % interval"
        )


if __name__ == "__main__":
    step.run(main, inputs={"table": "the effect of each bug (.csv)"}, outputs={"figure": step.PICTURES})

"""Draw the effect of each of the notebook's bugs: the change in each loss when that bug alone is fixed."""

from byhand import step
from byhand.step import style, tables

MARKS = {"train": ("blue", "o"), "validation": ("orange", "s"), "test": ("green", "^")}
NAMES = {
    "hidden_layer_frozen": "hidden layer\nfrozen",
    "scaler_fitted_on_all_rows": "scaler fitted\non all rows",
    "validation_rows_in_training": "validation rows\nin training",
    "batches_weighted_equally": "batches weighted\nequally",
    "all": "all four",
}


def main(files: step.Files) -> None:
    """Write the figure."""
    columns = ["fixed", "split", "worth", "half_width_of_95_percent_interval", "seeds", "dataset", "fallback_for"]
    table = tables.read(files.table, columns)
    with style.figure(files.figure, figsize=(style.COLUMN, 3.0)) as (_, axes):
        for index, (split, (colour, marker)) in enumerate(MARKS.items()):
            rows = table[table["split"] == split].set_index("fixed").loc[list(NAMES)]
            axes.errorbar(
                rows["worth"],
                [position + 0.22 * (index - 1) for position in range(len(NAMES))],
                xerr=rows["half_width_of_95_percent_interval"],
                fmt=marker, color=style.COLOURS[colour], capsize=2, linewidth=0.9, label=f"{split} loss",
            )  # fmt: skip
        axes.axvline(0, color=style.COLOURS["black"], linewidth=0.6)
        axes.set_yticks(range(len(NAMES)), NAMES.values())
        axes.invert_yaxis()
        axes.set_xlabel("notebook's loss − loss with this bug fixed\n(right of 0: the bug made the loss look larger)")
        axes.set_title(f"{style.data_note(table)}\nmean of {table['seeds'].iloc[0]} paired seeds, 95 % interval")
        axes.legend(loc="best")


if __name__ == "__main__":
    step.run(main, inputs={"table": "the effect of each bug (.csv)"}, outputs={"figure": step.PICTURES})

"""The tables of this chapter of the page: final losses, and the effect of each bug."""

from byhand.step.shown import Read, Shown, exact_tests, plus_minus, shown

WORDS = {
    "published": "notebook's code",
    "published_normal_W1": "notebook's code, W₁ from N(0, 1)",
    "published_normal_w2": "notebook's code, w₂ from N(0, 1)",
    "published_rate_doubled": "notebook's code, twice the learning rate",
    "published_rate_halved": "notebook's code, half the learning rate",
    "corrected": "all bugs fixed",
    "fixed_hidden_layer_frozen": "hidden layer not frozen",
    "fixed_scaler_fitted_on_all_rows": "scaler fitted on training rows",
    "fixed_validation_rows_in_training": "validation rows not in training",
    "fixed_batches_weighted_equally": "batches weighted by their rows",
}
"""The ways to train, as the tables name them."""


def tables(read: Read) -> list[Shown]:
    """The tables, ready to be shown."""
    final = read("housing/final_losses.csv")
    final["ours"] = plus_minus(final["mean"], final["standard_deviation"])
    final = final[final["protocol"].isin(["published", "corrected", "linear_regression"])].replace(WORDS)
    printed = {"printed": "printed", "in_standard_deviations": "ours − printed [sd]"}
    printed |= {"within_spread": "within the spread"}
    bugs, over_splits = (
        table[table["split"] == "test"].set_index("fixed")
        for table in (read("housing/bugs.csv"), read("housing/bugs_over_splits.csv"))
    )
    for column, effects in (("effect", bugs), ("over_splits", over_splits)):
        bugs[column] = plus_minus(effects["worth"], effects["half_width_of_95_percent_interval"], 4)
    return [
        shown(
            f"Mean squared error after the last epoch, mean ± standard deviation of {final['seeds'].max()} seeds",
            "housing/final_losses.csv",
            final,
            {"protocol": "trained as", "split": "rows", "ours": "ours"} | (printed if "printed" in final else {}),
        ),
        shown(
            "Test error with the notebook's code minus that with one bug fixed (paired runs, ± half of 95 % interval)",
            "housing/bugs.csv",
            bugs.reset_index(),
            {
                "fixed": "bug that is fixed",
                "effect": f"over {bugs['seeds'].max()} seeds",
                "over_splits": f"over {over_splits['seeds'].max()} splits and seeds",
            },
        ),
        *exact_tests(
            read,
            "housing",
            {"family": "losses", "protocol": "trained as"},
            {"family": "losses", "alternative": "really"},
            WORDS,
        ),
    ]

"""The tables of this chapter of the page: printed figures beside ours, and what depth does."""

from byhand.step.shown import Read, Shown, exact_tests, plus_minus, shown


def tables(read: Read) -> list[Shown]:
    """The tables, ready to be shown."""
    assignment = read("initialization/assignment.csv")
    last = assignment[
        (assignment["epoch"] == assignment["epoch"].max())
        & (assignment["order"] == "file")
        & (assignment["measure"] == "test_accuracy")
    ]
    last = last.assign(ours=plus_minus(100 * last["mean"], 100 * last["standard_deviation"], 2))
    last["printed"] = [f"{100 * value:.2f}" for value in last["printed"]]
    depth = read("initialization/depth.csv")
    depth = depth[depth["order"] == "file"]
    depth = depth.assign(
        accuracy=plus_minus(100 * depth["test_accuracy"], 100 * depth["test_accuracy_standard_deviation"], 1),
        learn=[f"{a} of {b}" for a, b in zip(depth["seeds_that_learn"], depth["seeds"], strict=True)],
    )
    tables = [
        shown(
            "Depth and initialisation: activations, errors and what is learned",
            "initialization/depth.csv",
            depth,
            {
                "initialization": "initialisation",
                "depth": "depth",
                "hidden_width": "width",
                "activation": "activation",
                "optimizer": "optimiser",
                "learning_rate": "learning rate",
                "accuracy": "test accuracy [%]",
            }
            | {"learn": "seeds that learn", "saturated_share": "saturated units at the start"}
            | {"first_to_last_delta": "error, first over last layer"}
            | {"first_to_last_weight_gradient": "weight gradient, first over last"},
        )
    ]
    if len(last):  # only for the assignment's own data
        columns = {"initialization": "initialisation", "quantity": "quantity", "printed": "printed"}
        columns |= {"ours": "ours", "within_spread": "within the spread"}
        caption = "Test accuracy after the last epoch [%], mean ± standard deviation over seeds"
        tables.insert(0, shown(caption, "initialization/assignment.csv", last, columns))
    tests = exact_tests(
        read,
        "initialization",
        {"initialization": "initialisation", "order": "order"},
        {"initialization": "labelled", "kind": "differs in", "alternative": "really"},
    )
    return [*tables, *tests]

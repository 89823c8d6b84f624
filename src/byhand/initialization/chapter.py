"""The tables of this chapter of the page: printed figures beside ours, what depth does, and what can be trained."""

from byhand.initialization.figures import appearance
from byhand.step.shown import Read, Shown, exact_tests, plus_minus, shown


def trainable(read: Read) -> list[Shown]:
    """How often theory's line is right, and what theory says of the assignment's initialisations."""
    line = read("initialization/map/coarse_agreement.csv")
    shares = 100 * line[["share_right", "lower", "upper"]].to_numpy()
    line["right"] = [f"{share:.0f} ({lower:.0f} to {upper:.0f})" for share, lower, upper in shares]
    line["without"] = (100 * line["share_without_theory"]).round()
    scales = read("initialization/scales.csv")
    scales = scales[scales["initialization"].notna()].astype(object)
    scales = scales.replace(float("inf"), "∞")
    return [
        shown(
            "How often theory’s line, fixed before training, tells which networks can be trained",
            "initialization/map/coarse_agreement.csv",
            line,
            {"activation": "activation", "scale": "ξ of the", "phase": "phase", "cells": "networks"}
            | {"right": "right [%] (95 % interval)", "without": "right without theory [%]"}
            | {"trained_beyond_the_line": "trained beyond the line", "untrained_within_the_line": "untrained within it"}
            | {"best_multiple": "best multiple of ξ, found afterwards"},
        ),
        shown(
            "Theory’s q*, c* and ξ for the assignment’s initialisations, by activation",
            "initialization/scales.csv",
            scales,
            {"activation": "activation", "initialization": "initialisation", "weight_scale": "σ", "fixed_point": "q*"}
            | {"correlation": "c*", "chi_1": "χ₁", "signal_scale": "ξ of the signal", "error_scale": "ξ of the error"},
        ),
    ]


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
    words = {name: appearance.label(name) for name in depth["initialization"].unique()}
    depth = depth[depth["order"] == "file"].replace(words)
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
            | {"learn": "seeds above 50 %", "saturated_share": "saturated units at the start"}
            | {"first_to_last_delta": "error, first over last layer"}
            | {"first_to_last_weight_gradient": "weight gradient, first over last"},
        )
    ]
    if len(last):  # only for the assignment's own data
        columns = {"initialization": "initialisation", "quantity": "quantity", "printed": "printed"}
        columns |= {"ours": "ours", "within_spread": "within the spread"}
        caption = "Test accuracy after the last epoch [%], mean ± standard deviation over seeds"
        tables.insert(0, shown(caption, "initialization/assignment.csv", last.replace(words), columns))
    tests = exact_tests(
        read,
        "initialization",
        {"initialization": "initialisation", "order": "order"},
        {"initialization": "printed as", "kind": "differs in", "alternative": "trained as"},
        words,
    )
    return [*tables, *trainable(read), *tests]

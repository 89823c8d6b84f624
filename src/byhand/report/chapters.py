"""The tables that each chapter of the report shows: selections of this run's tables, with readable numbers.

Every function takes `read`, which gives a table by its name under `results`, and returns tables ready to be shown.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

Read = Callable[[str], pd.DataFrame]


@dataclass(frozen=True)
class Shown:
    """A table as it is shown: the words above it, the file that it comes from, its columns, and its rows as text."""

    caption: str
    source: str
    headers: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Chapter:
    """One problem: its name in paths, its number in the assignment, its title, and what makes its tables."""

    name: str
    problem: str
    title: str
    exercises: tuple[int, ...]
    tables: Callable[[Read], list[Shown]]


def text(value: Any) -> str:
    """A value formatted for reading: four significant digits, thousands separators, — for a missing value."""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if pd.isna(value):
        return "—"
    if isinstance(value, float):
        return f"{value:,.0f}" if value.is_integer() and abs(value) < 1e15 else f"{value:.4g}"
    return f"{value:,}" if isinstance(value, int) else str(value).replace("_", " ")


def shown(caption: str, source: str, table: pd.DataFrame, columns: Mapping[str, str]) -> Shown:
    """`columns` of a table, under the given headings."""
    rows = [[text(value) for value in row] for row in table[list(columns)].astype(object).to_numpy().tolist()]
    return Shown(caption, source, list(columns.values()), rows)


def plus_minus(mean: pd.Series, spread: pd.Series, digits: int = 3) -> pd.Series:
    """Mean ± spread as text."""
    return pd.Series(
        [f"{m:.{digits}f} ± {s:.{digits}f}" for m, s in zip(mean, spread, strict=True)], index=mean.index, dtype=object
    )


def gradients(read: Read) -> list[Shown]:
    """The assignment's norms, and how the comparisons went."""
    assignment = read("gradients/assignment.csv")
    limits = assignment[["smallest_norm", "largest_norm"]].values
    assignment["range"] = [f"{low:.1e} … {high:.1e}" for low, high in limits]
    check = read("gradients/check.csv")
    check = check.groupby(["reference", "dtype", "loss"], as_index=False).agg(
        comparisons=("within", "size"), within=("within", "sum"), median=("ulp_error", "median")
    )
    return [
        shown(
            f"Norm of the difference from autograd, over {assignment['seeds'].max()} seeds",
            "gradients/assignment.csv",
            assignment,
            {"parameter": "parameter", "printed_norm": "printed", "median_norm": "our median", "range": "our range"}
            | {"share_of_seeds_within_tolerance": "share of seeds within 1e-6"},
        ),
        shown(
            "Comparisons over all shapes and seeds",
            "gradients/check.csv",
            check,
            {"reference": "against", "dtype": "precision", "loss": "loss", "comparisons": "comparisons"}
            | {"within": "within the derived bound", "median": "median error [ulp]"},
        ),
    ]


def housing(read: Read) -> list[Shown]:
    """Final losses, and the effect of each bug."""
    final = read("housing/final_losses.csv")
    final["ours"] = plus_minus(final["mean"], final["standard_deviation"])
    final = final[final["protocol"].isin(["published", "corrected", "linear_regression"])]
    printed = {"printed": "printed", "in_standard_deviations": "ours − printed [sd]"}
    printed |= {"within_spread": "within the spread"}
    bugs = read("housing/bugs.csv")
    bugs = bugs[bugs["split"] == "test"]
    bugs["worth_text"] = plus_minus(bugs["worth"], bugs["half_width_of_95_percent_interval"], 4)
    return [
        shown(
            f"Mean squared error after the last epoch, mean ± standard deviation of {final['seeds'].max()} seeds",
            "housing/final_losses.csv",
            final,
            {"protocol": "trained as", "split": "rows", "ours": "ours"} | (printed if "printed" in final else {}),
        ),
        shown(
            "Test error with the notebook's code minus that with one bug fixed (paired seeds, ± half of 95 % interval)",
            "housing/bugs.csv",
            bugs,
            {"mended": "bug that is fixed", "worth_text": "effect", "seeds": "seeds"},
        ),
    ]


def jacobian(read: Read) -> list[Shown]:
    """The assignment's ratios, the cost, and the check."""
    assignment = read("jacobian/assignment.csv")
    cost = read("jacobian/cost.csv")
    cost = cost[cost["way"].isin(["reverse", "forward", "cheapest"])].pivot_table(
        index="shape", columns="way", values="in_products", sort=False
    )
    cost = cost.reset_index().astype({"reverse": int, "forward": int, "cheapest": int})
    check = read("jacobian/check.csv")
    drawn = check[check["case"] != "document"]
    drawn = drawn.groupby(["weights", "dtype", "reference"], as_index=False).agg(
        comparisons=("within", "size"), within=("within", "sum"), largest=("relative_error", "max")
    )
    return [
        shown(
            "Time of forward mode over time of reverse mode: printed, by multiplications, and measured here",
            "jacobian/assignment.csv",
            assignment,
            {"device": "device", "shape": "widths", "variant": "as", "printed_ratio": "printed"}
            | {"ratio_of_multiplications": "by multiplications", "measured_ratio": "measured here"}
            | {"lower_quartile": "lower quartile", "upper_quartile": "upper quartile", "verdict": "direction"},
        ),
        shown(
            "Multiplications in products, exact",
            "jacobian/cost.csv",
            cost,
            {"shape": "widths", "reverse": "reverse", "forward": "forward", "cheapest": "cheapest order"},
        ),
        shown(
            "Comparisons over random shapes, all modes",
            "jacobian/check.csv",
            drawn,
            {"weights": "weights", "dtype": "precision", "reference": "against", "comparisons": "comparisons"}
            | {"within": "within the derived bound", "largest": "largest relative difference"},
        ),
    ]


def relu(read: Read) -> list[Shown]:
    """What was proven, and what depth saves."""
    depth = read("relu/depth.csv")
    return [
        shown(
            "Identities on the whole real line, proven by breakpoints and slopes in rational arithmetic",
            "relu/identities.csv",
            read("relu/identities.csv"),
            {"identity": "identity", "source": "from", "expected": "expected", "verdict": "proven", "units": "units"},
        ),
        shown(
            "The tent composed with itself: units in a deep network and in one hidden layer",
            "relu/depth.csv",
            depth,
            {"compositions": "compositions", "teeth": "teeth", "deep_units": "units, deep"}
            | {"shallow_units": "units, one hidden layer"},
        ),
    ]


def initialization(read: Read) -> list[Shown]:
    """Printed figures and ours in the last epoch, and the answer to the assignment's question about depth."""
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
    return tables


def least_squares(read: Read) -> list[Shown]:
    """What was proven, and what descent does around the bound."""
    return [
        shown(
            "Identities",
            "least_squares/identities.csv",
            read("least_squares/identities.csv"),
            {"identity": "identity", "source": "from", "arithmetic": "arithmetic", "expected": "expected"}
            | {"verdict": "found"},
        ),
        shown(
            "Gradient descent below, at and above the bound 2/λ_max",
            "least_squares/convergence.csv",
            read("least_squares/convergence.csv"),
            {"problem": "problem", "step": "step size", "predicted_behaviour": "predicted"}
            | {"measured_behaviour": "measured", "predicted_rate": "predicted rate", "measured_rate": "measured rate"},
        ),
    ]


CHAPTERS = (
    Chapter("gradients", "1", "Gradients by hand", (1, 2), gradients),
    Chapter("housing", "1", "The same network on housing prices", (3,), housing),
    Chapter("jacobian", "2", "Jacobians: reverse, forward and the cheapest order", (4, 5, 6, 7), jacobian),
    Chapter("relu", "3", "Functions as ReLU networks", (8, 9), relu),
    Chapter("initialization", "4", "Initialisation and depth", (10, 11, 12, 13, 14), initialization),
    Chapter("least_squares", "5", "Least squares", (15, 16, 17, 18), least_squares),
)


def of_exercise(exercise: str) -> Chapter:
    """The chapter of "4" or "4, 5", by its first exercise."""
    first = int(str(exercise).split(",")[0])
    return next(chapter for chapter in CHAPTERS if first in chapter.exercises)

"""The tables of this chapter of the page: the assignment's ratios, the cost, and the check."""

from byhand.step.shown import EVIDENCE, Read, Shown, evidence, shown


def tables(read: Read) -> list[Shown]:
    """The tables, ready to be shown."""
    assignment = read("jacobian/assignment.csv")
    cost = read("jacobian/cost.csv")
    cost = cost[cost["way"].isin(["reverse", "forward", "cheapest"])].pivot_table(
        index="shape", columns="way", values="in_products", sort=False
    )
    cost = cost.reset_index().astype({"reverse": int, "forward": int, "cheapest": int})
    check = read("jacobian/check.csv")
    drawn = evidence(check[check["case"] != "document"], ["weights", "dtype", "mode"])
    return [
        shown(
            "Ratio of times, forward over reverse: printed, predicted by multiplications, and measured here",
            "jacobian/assignment.csv",
            assignment,
            {"device": "device", "shape": "widths", "variant": "code", "printed_ratio": "printed"}
            | {"ratio_of_multiplications": "by multiplications", "measured_ratio": "measured here"}
            | {"lower_quartile": "lower quartile", "upper_quartile": "upper quartile", "verdict": "the faster mode"},
        ),
        shown(
            "Multiplications in products, exact, with the evaluation of the network",
            "jacobian/cost.csv",
            cost,
            {"shape": "widths", "reverse": "reverse", "forward": "forward", "cheapest": "cheapest order"},
        ),
        shown(
            "Comparisons with the true Jacobian, certified by ball arithmetic, over random shapes",
            "jacobian/check.csv",
            drawn,
            {"weights": "weights", "dtype": "precision", "mode": "computed"} | EVIDENCE,
        ),
    ]

"""The tables of this chapter of the page: the assignment's norms, and how the comparisons went."""

from byhand.step.shown import EVIDENCE, Read, Shown, evidence, shown


def tables(read: Read) -> list[Shown]:
    """The tables, ready to be shown."""
    assignment = read("gradients/assignment.csv")
    limits = assignment[["smallest_norm", "largest_norm"]].values
    assignment["range"] = [f"{low:.1e} … {high:.1e}" for low, high in limits]
    check = evidence(read("gradients/check.csv"), ["method", "dtype", "loss"])
    return [
        shown(
            f"Norm of the difference from autograd, over {assignment['seeds'].max()} seeds",
            "gradients/assignment.csv",
            assignment,
            {
                "code": "code",
                "parameter": "parameter",
                "printed_norm": "printed",
                "median_norm": "our median",
                "range": "our range",
            }
            | {"share_of_seeds_within_tolerance": "share of seeds within 1e-6"},
        ),
        shown(
            "Comparisons with the true gradient, certified by ball arithmetic, over all shapes and seeds",
            "gradients/check.csv",
            check,
            {"method": "computed", "dtype": "precision", "loss": "loss"} | EVIDENCE,
        ),
    ]

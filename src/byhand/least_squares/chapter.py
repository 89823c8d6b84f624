"""The tables of this chapter of the page: what was proven, and what descent does around the bound."""

from byhand.step.shown import Read, Shown, shown


def tables(read: Read) -> list[Shown]:
    """The tables, ready to be shown."""
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

"""The tables of this chapter of the page: what was proven, and what depth saves."""

from byhand.step.shown import Read, Shown, shown


def tables(read: Read) -> list[Shown]:
    """The tables, ready to be shown."""
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

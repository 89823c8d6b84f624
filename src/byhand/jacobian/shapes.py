"""A shape as a string: the widths D, K₁, …, K_L, P joined by hyphens, `30*10` for ten of 30, `@256` for 256 inputs."""

from byhand.errors import BadInput


def parsed(name: str) -> tuple[tuple[int, ...], int | None]:
    """The widths (D, K₁, …, K_L, P) and the number of inputs, None for one that is not a batch: `2-30*3-10@256`.

    Raises:
        BadInput: it is not such a string, or has no hidden layer.
    """
    try:
        layers, at, inputs = name.partition("@")
        batch = int(inputs) if at else None
        widths: list[int] = []
        for layer in layers.split("-"):
            width, times, count = layer.partition("*")
            widths += [int(width)] * (int(count) if times else 1)
    except ValueError:
        widths, batch = [], None
    if len(widths) < 3 or min(widths) < 1 or (batch is not None and batch < 1):
        raise BadInput(
            f"shape {name!r}: expected three or more widths such as 2-30*10-10, or 2-30*10-10@256 for a batch"
        )
    return tuple(widths), batch


def depth(name: str) -> int:
    """L, the number of hidden layers."""
    return len(parsed(name)[0]) - 2

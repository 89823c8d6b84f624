"""What a job asks of a cluster: the more, the more often it was tried.

A job that was ended because it took too much memory or time may need twice as much on a larger configuration; tried
again with the same limit it would end in the same way. Only the standard library is used: the Snakefile imports this.
"""

from collections.abc import Callable


def growing(amount: int) -> Callable[[object, int], int]:
    """`amount` at the first attempt, twice as much at the second, and so on, as a resource of a rule."""
    return lambda wildcards, attempt: attempt * amount

"""The ways to train the housing network: with the notebook's code, corrected, and with one bug fixed at a time.

The Snakefile reads the names from here, so nothing heavy is imported.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Protocol:
    """Which of the notebook's four bugs are kept, and two changes that are no bugs."""

    hidden_layer_frozen: bool
    """The optimiser is built before W₁ is replaced by the 20×8 one, and goes on holding the old tensor."""

    scaler_fitted_on_all_rows: bool
    """The features are standardised before the split: the scaler has seen the test and validation rows."""

    validation_rows_in_training: bool
    """The training loader is built before the validation rows are taken out of its data set."""

    batches_weighted_equally: bool
    """A loss is the mean over batches, although the last batch is smaller and counts as much."""

    normal_weights: tuple[str, ...] = ()
    """Weights drawn from N(0, 1): the notebook's code says Xavier for both, but its printed early epochs do not fit."""

    learning_rate_factor: float = 1.0
    """Another learning rate than the notebook's, to see whether the printed curve would tell."""


BUGS = ("hidden_layer_frozen", "scaler_fitted_on_all_rows", "validation_rows_in_training", "batches_weighted_equally")

PUBLISHED = Protocol(True, True, True, True)
CORRECTED = Protocol(False, False, False, False)

PROTOCOLS: dict[str, Protocol] = {
    "published": PUBLISHED,
    "corrected": CORRECTED,
    **{f"published_normal_{name}": replace(PUBLISHED, normal_weights=(name,)) for name in ("W1", "w2")},
    "published_rate_doubled": replace(PUBLISHED, learning_rate_factor=2.0),
    "published_rate_halved": replace(PUBLISHED, learning_rate_factor=0.5),
    **{f"fixed_{bug}": replace(PUBLISHED, **{bug: False}) for bug in BUGS},  # type: ignore[arg-type]
}

EFFECTS = ("published", *(name for name in PROTOCOLS if name == "corrected" or name.startswith("fixed_")))
"""The protocols that say what each bug changes: all bugs, none, and each one fixed alone."""

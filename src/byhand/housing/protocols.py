"""The ways in which the housing network is trained: as published, corrected, and with each slip mended alone.

The Snakefile reads the names from here, so nothing heavy is imported.
"""

from dataclasses import dataclass, fields, replace


@dataclass(frozen=True)
class Protocol:
    """Which of the notebook's slips are made."""

    hidden_layer_frozen: bool
    """The optimiser is built before W₁ is replaced by the 20×8 one, and goes on holding the old tensor."""

    scaler_fitted_on_all_rows: bool
    """The features are standardised before the split: the scaler has seen the test and validation rows."""

    validation_rows_in_training: bool
    """The training loader is built before the validation rows are taken out of its data set."""

    batches_weighted_equally: bool
    """A loss is the mean over batches, although the last batch is smaller and counts as much."""


SLIPS = tuple(field.name for field in fields(Protocol))

PUBLISHED = Protocol(**dict.fromkeys(SLIPS, True))
CORRECTED = Protocol(**dict.fromkeys(SLIPS, False))

PROTOCOLS = {
    "published": PUBLISHED,
    "corrected": CORRECTED,
    **{f"mended_{slip}": replace(PUBLISHED, **{slip: False}) for slip in SLIPS},
}

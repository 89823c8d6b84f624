"""The printed figures of each epoch, recovered from the running means that the notebook printed."""

import pandas as pd


def per_epoch(printed: pd.DataFrame) -> pd.DataFrame:
    """Each epoch's own figures xₙ from the printed running means rₙ: xₙ = n rₙ − (n − 1) rₙ₋₁.

    The means were printed to six decimals (losses) and two (percent), so xₙ is known to five and two decimals.
    """
    columns = [str(column) for column in printed if column not in ("init", "epoch")]
    sums = printed[columns].mul(printed["epoch"], axis=0)
    own = sums.groupby(printed["init"], sort=False).diff().fillna(sums)
    return printed.assign(**{column: own[column].round(5 if column.endswith("loss") else 2) for column in columns})

"""From observations to verdicts: medians, ratios within repetitions, shares of the machine's limit, and who is faster.

`times` has one row for each observation (`benchmark`): device, shape, contender, repetition, wall_seconds, … A row
without a time is left out. A ratio is taken in each repetition and then its median and quartiles, so that what slows a
whole repetition cancels.
"""

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from byhand.jacobian import cost
from byhand.jacobian.shapes import parsed
from byhand.numerics.timing import quartiles

CALLS = {"calls_reverse": "reverse", "calls_forward": "forward", "calls_cheapest": "cheapest"}
"""The contenders that show how long the fast route's calls take with nothing to do, and the mode of each."""
LIMITS = ("product", "reading", *CALLS)


def kind(contender: str) -> str:
    """`ours` (by hand: as written, compiled, as a graph, or the fast route), `published` or `rival`."""
    if contender.startswith("published_"):
        return "published"
    ours = contender.removeprefix("fast_").removeprefix("compiled_").removeprefix("graph_")
    return "ours" if ours in cost.ORDERS else "rival"


def by_repetition(times: pd.DataFrame) -> pd.DataFrame:
    """One shape's seconds: a row for each repetition, a column for each contender; every library has its own limits."""
    computing = times[~times["contender"].isin(LIMITS)].dropna(subset="wall_seconds")
    return computing.pivot(index="repetition", columns="contender", values="wall_seconds")


def times_faster(seconds: pd.DataFrame, contender: str, than: str) -> pd.Series:
    """How many times faster `contender` is than the other, in each repetition that has both: above 1 it is faster."""
    return (seconds[than] / seconds[contender]).dropna()


def faster(ratio: float, first: str, second: str) -> str:
    """Who is faster, `ratio` being how many times faster `first` is than `second`."""
    return first if ratio > 1 else second if ratio < 1 else "equal"


def roof(times: pd.DataFrame) -> tuple[float, float]:
    """The machine's best rate (operations a second) and bandwidth (bytes a second) during one shape.

    Each is the best library's median: for the large product, and for reading the weights of the shape.
    """
    limits = times[times["contender"].isin(LIMITS)]
    per_library = limits.groupby(["contender", "library"])[["operations", "bytes", "wall_seconds"]].median()
    rates = per_library.div(per_library["wall_seconds"], axis=0).groupby("contender").max()
    return float(rates["operations"]["product"]), float(rates["bytes"]["reading"])


def bound(computing: float, moving: float, calling: float = 0) -> str:
    """Which of the minimum times for operations, for bytes and for calls (seconds; 0 if not known) is the longest."""
    least = {"rate": computing, "bandwidth": moving, "calls": calling}
    return max(least, key=lambda limit: least[limit])


def summary(times: pd.DataFrame) -> pd.DataFrame:
    """One row for each device, shape and contender, the fastest of each shape first."""
    table_rows = []
    for (device, shape), of_shape in times.groupby(["device", "shape"], sort=False):
        rate, bandwidth = roof(of_shape)
        computing = of_shape[~of_shape["contender"].isin(LIMITS)]
        seconds = by_repetition(of_shape)
        median = seconds.median()
        idle = of_shape[of_shape["contender"].isin(CALLS)].groupby("contender")["wall_seconds"].median()
        calls = {f"fast_{CALLS[str(limit)]}": took for limit, took in idle.items()}
        best_rival = str(median[[name for name in median.index if kind(str(name)) == "rival"]].idxmin())
        for contender in map(str, median.sort_values().index):
            facts = computing[computing["contender"] == contender].iloc[0]
            ratio = times_faster(seconds, contender, best_rival)
            floor = max(facts["operations"] / rate, facts["bytes"] / bandwidth)
            table_rows.append(
                {
                    "device": device,
                    "shape": shape,
                    "depth": facts["depth"],
                    "inputs": facts["inputs"],
                    "contender": contender,
                    "kind": kind(contender),
                    "library": facts["library"],
                    **quartiles(1e3 * seconds[contender], "milliseconds"),
                    "repetitions": seconds[contender].count(),
                    "best_rival": best_rival,
                    **quartiles(ratio, "times_faster_than_best_rival", "times_faster_"),
                    "operations": facts["operations"],
                    "bytes": facts["bytes"],
                    "gigaflop_per_second_of_the_machine": rate / 1e9,
                    "gigabyte_per_second_of_the_machine": bandwidth / 1e9,
                    "floor_milliseconds": 1e3 * floor,
                    "calls_milliseconds": 1e3 * calls.get(contender, math.nan),
                    "bound_by": bound(facts["operations"] / rate, facts["bytes"] / bandwidth, calls.get(contender, 0)),
                    "share_of_roofline": floor / median[contender],
                    "relative_error": facts["relative_error"],
                    "threads": facts["threads"],
                }
            )
    return pd.DataFrame(table_rows)


def verdicts(times: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """For each device and shape: our best mode and the cheapest order against the best rival, and the limit.

    `table` is the `summary` of `times`.
    """
    table_rows = []
    for (device, shape), rows in table.groupby(["device", "shape"], sort=False):
        of_shape = times[(times["device"] == device) & (times["shape"] == shape)]
        seconds = by_repetition(of_shape)
        ranked = rows.set_index("contender").sort_values("milliseconds")
        ours = [name for name in ranked.index if kind(name) == "ours"]
        extremes = [name for name in ours if not name.endswith("cheapest")]
        cheapest = next(name for name in ours if name.endswith("cheapest"))
        best, rival = ours[0], ranked.iloc[0]["best_rival"]
        ahead = times_faster(seconds, best, rival)
        near = times_faster(seconds, cheapest, best).median()
        widths, _ = parsed(str(shape))
        saved = min(cost.products(mode, widths).products for mode in ("reverse", "forward"))
        table_rows.append(
            {
                "device": device,
                "shape": shape,
                "our_best": best,
                "best_rival": rival,
                **quartiles(ahead, "ours_times_faster"),
                "ours_at_least_as_fast": ahead.median() >= 1,
                "cheapest_over_our_best": near,
                "cheapest_within_5_percent": near >= 1 / 1.05,
                "cheapest_times_faster_than_extremes": times_faster(seconds, cheapest, extremes[0]).median(),
                "fewer_multiplications": saved / cost.products("cheapest", widths).products,
                "share_of_roofline": ranked.loc[best, "share_of_roofline"],
                "share_of_calls": ranked.loc[best, "calls_milliseconds"] / ranked.loc[best, "milliseconds"],
                "bound_by": ranked.loc[best, "bound_by"],
            }
        )
    return pd.DataFrame(table_rows)


def claims(times: pd.DataFrame, printed: pd.DataFrame) -> pd.DataFrame:
    """Which mode the assignment's printed times show as the faster one, and which one is, for each device and shape.

    `printed`: device, shape, mode, seconds; what was only measured has no printed ratio. Every ratio is forward's time
    (or multiplications) over reverse's. What was not measured keeps the printed ratio and the predicted one.
    """
    return pd.DataFrame(_claims(times, printed))


def _claims(times: pd.DataFrame, printed: pd.DataFrame) -> Iterator[dict[str, Any]]:
    pairs = pd.concat([printed[["device", "shape"]], times[["device", "shape"]]]).drop_duplicates()
    for device, shape in pairs.itertuples(index=False):
        widths, batch = parsed(str(shape))
        if batch is not None:
            continue  # the assignment takes one input at a time
        of_shape = times[(times["device"] == device) & (times["shape"] == shape)]
        seconds = by_repetition(of_shape)
        by_mode = printed[(printed["device"] == device) & (printed["shape"] == shape)].set_index("mode")["seconds"]
        printed_ratio = by_mode.get("forward", math.nan) / by_mode.get("reverse", math.nan)
        operations = {
            "published": cost.published_forward(widths) / cost.published_reverse(widths),
            "corrected": cost.jacobian("forward", widths).products / cost.jacobian("reverse", widths).products,
        }
        for variant, prefix in (("published", "published_"), ("corrected", "")):
            row = {
                "device": device,
                "shape": shape,
                "depth": len(widths) - 2,
                "variant": variant,
                "printed_ratio": printed_ratio,
                "printed_faster": faster(printed_ratio, "reverse", "forward") if len(by_mode) else "",
                "ratio_of_multiplications": operations[variant],
                "measured_ratio": math.nan,
                "lower_quartile": math.nan,
                "upper_quartile": math.nan,
                "repetitions": 0,
                "busy_share": of_shape["busy_share"].max(),
                "measured_faster": "",
                "verdict": "not measured",
            }
            if {f"{prefix}reverse", f"{prefix}forward"} <= set(seconds):
                measured = times_faster(seconds, f"{prefix}reverse", f"{prefix}forward")
                row |= {
                    **quartiles(measured, "measured_ratio"),
                    "repetitions": len(measured),
                    "measured_faster": faster(measured.median(), "reverse", "forward"),
                }
                agrees = row["measured_faster"] == row["printed_faster"]
                row["verdict"] = ("holds" if agrees else "fails") if len(by_mode) else "not printed"
            yield row

"""From observations to verdicts: medians, ratios within repetitions, shares of the machine's limit, and who is faster.

`times` has one row for each observation (`benchmark`): device, shape, contender, repetition, wall_seconds, … A row
without a time is left out. A ratio is taken in each repetition and then its median and quartiles, so that what slows a
whole repetition cancels. From times of a busy machine nothing is concluded: the verdict is `busy`.
"""

import math
from collections.abc import Iterator
from typing import Any

import pandas as pd

from byhand.jacobian import cost
from byhand.jacobian.shapes import parsed
from byhand.numerics.timing import quartiles, repetitions_to_tell

CALLS = {"calls_reverse": "reverse", "calls_forward": "forward", "calls_cheapest": "cheapest"}
"""The contenders that show how long the fast route's calls take with nothing to do, and the mode of each."""
LIMITS = ("product", "reading", "launch", *CALLS)


def kind(contender: str) -> str:
    """`ours` (as written, compiled, as a graph, or the fast route), `lower_precision`, `published` or `rival`."""
    if contender.startswith("published_"):
        return "published"
    if contender.startswith(("tf32_", "bfloat16_")):
        return "lower_precision"
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


def standing(ratio: pd.Series, machine: str) -> str:
    """What the ratios say: `faster` or `slower` if both quartiles are on one side of 1, else `too close to tell`."""
    if machine != "quiet":
        return "busy"
    lower, upper = ratio.quantile([0.25, 0.75])
    return "faster" if lower >= 1 else "slower" if upper < 1 else "too close to tell"


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
    table_rows: list[dict[str, Any]] = []
    for (device, shape), of_shape in times.groupby(["device", "shape"], sort=False):
        computing = of_shape[~of_shape["contender"].isin(LIMITS)].dropna(subset="wall_seconds")
        seconds = by_repetition(of_shape)
        median = seconds.median().sort_values()
        throughput = computing.groupby("contender")["throughput_seconds"].median()
        best_rival = next(each for each in map(str, median.index) if kind(each) == "rival")
        for contender in map(str, median.index):
            facts = computing[computing["contender"] == contender].iloc[0]
            row: dict[str, Any] = {"device": device, "shape": shape, "depth": facts["depth"], "inputs": facts["inputs"]}
            row |= {"contender": contender, "kind": kind(contender), "library": facts["library"]}
            row |= quartiles(1e3 * seconds[contender], "milliseconds")
            row["calls_per_second"] = 1 / throughput[contender]
            row |= {"repetitions": seconds[contender].count(), "best_rival": best_rival}
            row |= compared_with(seconds, contender, best_rival)
            row |= {name: facts[name] for name in ("precision", "relative_error", "peak_bytes", "allocations")}
            row |= shares(of_shape, facts, median[contender])
            row |= {name: facts[name] for name in ("threads", "machine", "busy_share", "probe_spread")}
            table_rows.append(row)
    return pd.DataFrame(table_rows)


def compared_with(seconds: pd.DataFrame, contender: str, rival: str) -> dict[str, float]:
    """How many times faster a contender is than the best rival, and in how many repetitions that was measured."""
    ratio = times_faster(seconds, contender, rival)
    faster = quartiles(ratio, "times_faster_than_best_rival", "times_faster_")
    return {
        **faster,
        "times_faster_repetitions": len(ratio),
        "repetitions_to_tell_1_percent": repetitions_to_tell(ratio),
    }


def shares(of_shape: pd.DataFrame, facts: pd.Series, took: float) -> dict[str, Any]:
    """The limits of the machine during one shape, and which share of them a contender reaches that took this long."""
    rate, bandwidth = roof(of_shape)
    idle = of_shape[of_shape["contender"].isin((*CALLS, "launch"))]
    whose = idle["contender"].map(lambda limit: f"fast_{CALLS[limit]}" if limit in CALLS else "")
    least = idle.groupby(whose.where(whose != "", idle["library"]))["wall_seconds"].median()
    calls = float(least.get(facts["contender"], least.get(facts["library"], math.nan)))
    computing, moving = facts["operations"] / rate, facts["bytes"] / bandwidth
    return {
        "operations": facts["operations"],
        "bytes": facts["bytes"],
        "gigaflop_per_second_of_the_machine": rate / 1e9,
        "gigabyte_per_second_of_the_machine": bandwidth / 1e9,
        "floor_milliseconds": 1e3 * max(computing, moving),
        "calls_milliseconds": 1e3 * calls,
        "bound_by": bound(computing, moving, 0 if math.isnan(calls) else calls),
        "share_of_roofline": max(computing, moving) / took,
    }


def verdicts(times: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    """For each device and shape: our best mode and the cheapest order against the best rival, and the limit.

    `table` is the `summary` of `times`.
    """
    table_rows = []
    for (device, shape), rows in table.groupby(["device", "shape"], sort=False):
        of_shape = times[(times["device"] == device) & (times["shape"] == shape)]
        seconds = by_repetition(of_shape)
        ranked = rows.set_index("contender").sort_values("milliseconds")
        machine, rival = ranked.iloc[0][["machine", "best_rival"]]
        ours = [name for name in ranked.index if kind(name) == "ours"]
        extremes = [name for name in ours if not name.endswith("cheapest")]
        cheapest = next(name for name in ours if name.endswith("cheapest"))
        best = ours[0]
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
                "repetitions": len(ahead),
                "repetitions_to_tell_1_percent": repetitions_to_tell(ahead),
                "ours": standing(ahead, machine),
                "cheapest_over_our_best": near,
                "cheapest_within_5_percent": near >= 1 / 1.05 if machine == "quiet" else "busy",
                "cheapest_times_faster_than_extremes": times_faster(seconds, cheapest, extremes[0]).median(),
                "fewer_multiplications": saved / cost.products("cheapest", widths).products,
                "share_of_roofline": ranked.loc[best, "share_of_roofline"],
                "share_of_calls": ranked.loc[best, "calls_milliseconds"] / ranked.loc[best, "milliseconds"],
                "bound_by": ranked.loc[best, "bound_by"],
                **{name: ranked.loc[best, name] for name in ("machine", "busy_share", "probe_spread")},
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
                "machine": "busy" if (of_shape["machine"] == "busy").any() else "quiet",
                "busy_share": of_shape["busy_share"].max(),
                "probe_spread": of_shape["probe_spread"].max(),
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
                judged = "busy" if row["machine"] == "busy" else "holds" if agrees else "fails"
                row["verdict"] = judged if len(by_mode) else "not printed"
            yield row

"""Tables that compare the measurements with the printed figures, with the theory, and by depth."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd

from byhand.initialization.cells import Cell
from byhand.initialization.figures.appearance import PRINTED_NAMES
from byhand.numerics import exact_test
from byhand.numerics.intervals import prediction_interval

MEASURES = {"train_loss": 5e-7, "train_accuracy": 5e-5, "test_loss": 5e-7, "test_accuracy": 5e-5}
"""What the assignment prints, and half a unit in the last digit that it prints (losses, and accuracies in [0, 1])."""


def assignment(runs: pd.DataFrame, running: pd.DataFrame) -> pd.DataFrame:
    """Every printed figure against the seeds: the running mean that was printed, and the epoch's own figure behind it.

    The own figure is e·a(e) − (e − 1)·a(e − 1), where a(e) is the printed mean over e epochs; rounding weighs up to
    2e − 1 times as much in it. A figure is within the spread if it lies in the 95 % interval for one more run, widened
    by the rounding of the printed figures.

    Args:
        runs: one row per seed and epoch, with order, and each of `MEASURES` as the epoch's own and as `running_…`.
        running: one row per init and epoch, as printed; may be empty.
    """

    def rows() -> Iterator[dict[str, object]]:
        for init, printed in running.groupby("init", sort=False):
            name = PRINTED_NAMES.get(str(init), str(init))
            for measure, rounding in MEASURES.items():
                column, unit = (measure, 1) if measure in printed else (f"{measure}_percent", 100)
                means = printed.set_index("epoch")[column] / unit
                own = means * means.index - (means * means.index).shift(fill_value=0)
                ours = runs[(runs["initialization"] == name) & runs["epoch"].isin(means.index)]
                for (order, number), group in ours.groupby(["order", "epoch"]):
                    epoch = int(str(number))
                    for quantity, figure, values, slack in (
                        ("running mean", means[epoch], group[f"running_{measure}"], rounding),
                        ("own", own[epoch], group[measure], (2 * epoch - 1) * rounding),
                    ):
                        allowed = prediction_interval(values) + slack
                        yield {
                            "initialization": name,
                            "order": order,
                            "epoch": epoch,
                            "measure": measure,
                            "quantity": quantity,
                            "printed": figure,
                            "mean": values.mean(),
                            "standard_deviation": values.std(),
                            "mean_minus_printed": values.mean() - figure,
                            "allowed": allowed,
                            "within_spread": abs(values.mean() - figure) <= allowed,
                            "seeds": len(values),
                        }

    columns = "initialization order epoch measure quantity printed mean standard_deviation mean_minus_printed allowed"
    return pd.DataFrame(rows(), columns=[*columns.split(), "within_spread", "seeds"])


CASE = ["initialization", "activation", "pixels", "depth", "hidden_width"]


def agreement(layers: pd.DataFrame, norms: pd.DataFrame) -> pd.DataFrame:
    """The growth of δ from the last hidden layer to the first, measured and predicted, for each random network.

    The theory of the mean is for infinite width; at finite width the logarithm of a network's ratio scatters, by
    `predicted_deviation_of_log_ratio` s. If it is normally distributed and the mean square ratio is as predicted, r²,
    the logarithms have the mean ln r − s². `standard_errors` says by how many s/√seeds the measured mean differs.

    Args:
        layers: means over the seeds, one row per layer, from `byhand.initialization.steps.propagate`.
        norms: the same for each seed.
    """

    def rows() -> Iterator[dict[str, object]]:
        seeds = dict(list(norms.groupby(CASE)))
        for case, network in layers.groupby(CASE, sort=False):
            first, last = network[network["layer"] == 1].iloc[0], network.iloc[-2]
            each = seeds[case].pivot(index="seed", columns="layer", values="delta_norm")
            logarithms = np.log(each[1] / each[last["layer"]])
            scatter = first["predicted_deviation_of_log_ratio"]
            expected = np.log(first["predicted_delta_ratio"]) - scatter**2
            yield {
                **dict(zip(CASE, case, strict=True)),
                "chi_1": first["chi_1"],
                "depth_scale": first["depth_scale"],
                "first_to_last_delta": first["delta_ratio"],
                "predicted_first_to_last_delta": first["predicted_delta_ratio"],
                "measured_over_predicted": first["delta_ratio"] / first["predicted_delta_ratio"],
                "seeds_deviation_of_log_ratio": logarithms.std(),
                "predicted_deviation_of_log_ratio": scatter,
                "standard_errors": (logarithms.mean() - expected) / scatter * math.sqrt(len(logarithms))
                if scatter
                else math.nan,
                "last_activation_deviation": last["activation_deviation"],
                "predicted_last_activation_deviation": last["predicted_activation_deviation"],
                "first_to_last_weight_gradient": first["weight_gradient_norm"] / last["weight_gradient_norm"],
                "first_to_last_bias_gradient": first["bias_gradient_norm"] / last["bias_gradient_norm"],
                "seeds": first["seeds"],
            }

    return pd.DataFrame(rows())


def depth(curves: pd.DataFrame, layers: pd.DataFrame, own: Sequence[Cell], learned: float = 0.5) -> pd.DataFrame:
    """What initialisation and depth do to activations, gradients and convergence: one row per trained network.

    Args:
        curves: one row per seed and epoch.
        layers: one row per seed, probed epoch (0 is the start) and layer.
        own: the assignment's networks in the order of the file.
        learned: the test accuracy; the first epoch that reaches it counts as the beginning of learning.
    """
    axes = list(Cell._fields)

    def rows() -> Iterator[dict[str, object]]:
        probes = dict(list(layers.groupby(axes)))
        for key, runs in curves.groupby(axes, sort=False):
            cell = Cell._make(key)
            final = runs[runs["epoch"] == runs["epoch"].max()]
            start = probes[key][probes[key]["epoch"] == 0].groupby("layer").mean(numeric_only=True)
            hidden = start.iloc[:-1]
            reached = runs[runs["test_accuracy"] >= learned].groupby("seed")["epoch"].min()
            yield {
                **cell._asdict(),
                "assignments_network": cell._replace(order="file") in own,
                "assignments_method": cell.method == own[0].method,
                "layers": len(hidden),
                "largest_weight_at_start": start["largest_weight"].max(),
                "largest_bias_at_start": start["largest_bias"].max(),
                "activation_deviation_in_last_layer": hidden["activation_deviation"].iloc[-1],
                "saturated_share": hidden["saturated_share"].mean(),
                "first_to_last_delta": hidden["delta_norm"].iloc[0] / hidden["delta_norm"].iloc[-1],
                "first_to_last_weight_gradient": hidden["weight_gradient_norm"].iloc[0]
                / hidden["weight_gradient_norm"].iloc[-1],
                "first_layer_weight_gradient": hidden["weight_gradient_norm"].iloc[0],
                "train_loss": final["train_loss"].mean(),
                "test_accuracy": final["test_accuracy"].mean(),
                "test_accuracy_standard_deviation": final["test_accuracy"].std(),
                "seeds_that_learn": len(reached),
                "epochs_until_half_right": reached.median() if len(reached) else math.nan,
                "diverged_seeds": int((final["diverged_at_step"] > 0).sum()),
                "seeds": len(final),
            }

    return pd.DataFrame(rows())


PRINTED_FAMILY = exact_test.Family(
    scales=[scale for scale in ("log", "logit", "log", "logit") for _ in range(5)],
    digits=[digits for digits in (6, 4, 6, 4) for _ in range(5)],
)
"""The 20 figures of an initialisation: losses with six decimals, and accuracies, in percent, with two."""


def figures(runs: pd.DataFrame) -> np.ndarray:
    """The running means of each seed (seeds, measures · epochs), in the order of `MEASURES`.

    The loss of a run that diverged counts as 1e300, since the test needs numbers.
    """
    columns = [f"running_{measure}" for measure in MEASURES]
    values = runs.pivot(index="seed", columns="epoch", values=columns).to_numpy()
    return np.asarray(np.nan_to_num(values, nan=1e300, posinf=1e300))


def printed_figures(running: pd.DataFrame) -> np.ndarray:
    """The printed running means of one initialisation, in the same order (measures · epochs)."""
    ordered = running.sort_values("epoch")
    return np.concatenate(
        [ordered[m] if m in ordered else ordered[f"{m}_percent"] / 100 for m in MEASURES], dtype=np.float64
    )


def exact_tests(runs: pd.DataFrame, running: pd.DataFrame) -> pd.DataFrame:
    """Whether the figures printed for an initialisation are those of one more run.

    Args:
        runs: the assignment's networks, one row per initialisation, order, seed and epoch.
        running: one row per init and epoch, as printed; may be empty.
    """

    def rows() -> Iterator[dict[str, object]]:
        for init, printed in running.groupby("init", sort=False):
            name = PRINTED_NAMES.get(str(init), str(init))
            for order, group in runs[runs["initialization"] == name].groupby("order"):
                ours, theirs = figures(group), printed_figures(printed)
                if exact_test.enough(ours) and ours.shape[1] == len(theirs):
                    yield {
                        "initialization": name,
                        "order": order,
                        "numbers": len(theirs),
                        "reruns": len(ours),
                        "p_value": exact_test.p_value(ours, theirs, *PRINTED_FAMILY),
                    }

    return pd.DataFrame(rows(), columns=["initialization", "order", "numbers", "reruns", "p_value"])


def powers(runs: pd.DataFrame, depth: int, hidden_width: int, initializations: Sequence[str]) -> pd.DataFrame:
    """How often the test of an initialisation would have noticed that another network had printed its figures.

    Args:
        runs: all networks of the assignment's activation, optimiser and learning rate, one row per seed and epoch.
        depth: of the assignment's networks.
        hidden_width: of the assignment's networks.
        initializations: of the assignment's networks.
    """
    width = runs[runs["hidden_width"] == hidden_width]
    own = width[(width["depth"] == depth) & (width["order"] == "file")]
    shuffled = width[(width["depth"] == depth) & (width["order"] == "shuffled")]
    deeper = width[(width["depth"] != depth) & (width["order"] == "file")]

    def alternatives(name: str) -> Iterator[tuple[str, str, pd.DataFrame]]:
        for other in initializations:
            if other != name:
                yield "initialization", other, own[own["initialization"] == other]
        yield "order", "shuffled", shuffled[shuffled["initialization"] == name]
        for other_depth, group in deeper[deeper["initialization"] == name].groupby("depth"):
            yield "depth", str(other_depth), group

    def rows() -> Iterator[dict[str, object]]:
        for name in initializations:
            ours = figures(own[own["initialization"] == name])
            for kind, alternative, group in alternatives(name):
                if len(group) and exact_test.enough(ours) and ours.shape[1] == len(PRINTED_FAMILY.scales):
                    others = figures(group)
                    yield {
                        "initialization": name,
                        "kind": kind,
                        "alternative": alternative,
                        "alternative_runs": len(others),
                        "reruns": len(ours),
                        "power": exact_test.power(ours, others, *PRINTED_FAMILY),
                    }

    columns = ["initialization", "kind", "alternative", "alternative_runs", "reruns", "power"]
    return pd.DataFrame(rows(), columns=columns)

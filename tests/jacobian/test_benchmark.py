"""The benchmark's parts that are not time: devices, kernels, shapes, agreement, and the labels of the ratios."""

import contextlib
import gc
import json
import multiprocessing
import os
import re
import sys
import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

from byhand import step as steps
from byhand.errors import BadInput
from byhand.jacobian import devices, numpy_route, ratios, rivals, timed_methods
from byhand.jacobian.settings import BenchmarkStep
from byhand.jacobian.shapes import depth, parsed
from byhand.jacobian.steps import assignment, benchmark
from byhand.step import command_line
from tests.conftest import ROOT, Step
from tests.workflow.conftest import fresh

# torch's own forward mode compiles something when it is first imported
pytestmark = pytest.mark.filterwarnings("ignore:.*torch.jit.script.* is deprecated")

TABLES = ROOT / "assignment" / "printed"
PRINTED = assignment.printed(
    pd.read_csv(TABLES / "jacobian_seconds_per_1000.csv"), pd.read_csv(TABLES / "jacobian_check.csv")
)


def times(seconds: Mapping[str, Sequence[float]], shape: str = "1000-1000*3-1") -> pd.DataFrame:
    """Observations as the benchmark writes them; the better library does 1e9 operations and 1e9 bytes a second."""
    rows = [
        {"contender": name, "repetition": index, "wall_seconds": value, "operations": 1000, "bytes": 1000}
        for name, values in {**seconds, "product": [1e-6] * 3, "reading": [1e-6] * 3}.items()
        for index, value in enumerate(values)
    ]
    facts: dict[str, Any] = {
        "device": "cpu",
        "shape": shape,
        "depth": 3,
        "inputs": 1,
        "library": "torch",
        "precision": "float32",
        "relative_error": 0.0,
        "peak_bytes": 8,
        "allocations": 1,
        "threads": 1,
        "machine": "quiet",
        "busy_share": 0.0,
        "probe_spread": 0.0,
    }
    found = pd.DataFrame(rows).assign(**facts)
    found["throughput_seconds"] = found["wall_seconds"]
    limits = found[found["contender"].isin(("product", "reading"))].assign(library="numpy", wall_seconds=2e-6)
    return pd.concat([found, limits])


def test_a_ratio_above_one_names_the_faster_one() -> None:
    seconds = ratios.by_repetition(times({"reverse": [1, 1, 2], "forward": [4, 6, 10]}))
    assert list(ratios.times_faster(seconds, "reverse", "forward")) == [4, 6, 5]
    assert list(ratios.times_faster(seconds, "forward", "reverse")) == [1 / 4, 1 / 6, 1 / 5]
    assert ratios.faster(5, "reverse", "forward") == "reverse"
    assert ratios.faster(0.2, "reverse", "forward") == "forward"
    assert ratios.faster(1, "reverse", "forward") == "equal"


def test_the_claims_label_the_winner_of_the_printed_and_of_the_measured_times() -> None:
    slower_reverse = {"published_reverse": [3, 3, 3], "published_forward": [1, 1, 1]}
    found = ratios.claims(times({**slower_reverse, "reverse": [1, 1, 1], "forward": [9, 9, 9]}), PRINTED)
    assert set(found[found["shape"] != "2-30*10-10"]["printed_faster"]) == {"reverse"}
    assert set(found[found["shape"] == "2-30*10-10"]["printed_faster"]) == {"forward"}
    measured = found[(found["device"] == "cpu") & (found["depth"] == 3)].set_index("variant")
    assert measured.loc["published", "measured_faster"] == "forward"
    assert measured.loc["published", "verdict"] == "fails"
    assert measured.loc["published", "measured_ratio"] == pytest.approx(1 / 3)
    assert measured.loc["corrected", "measured_faster"] == "reverse"
    assert measured.loc["corrected", "verdict"] == "holds"
    assert measured.loc["corrected", "ratio_of_multiplications"] == pytest.approx(2004 / 6)
    assert set(found[found["device"] == "cuda"]["verdict"]) == {"not measured"}


def test_what_was_timed_but_not_printed_is_told_too() -> None:
    seconds = {"published_reverse": [1, 1, 1], "published_forward": [2, 2, 2]}
    observed = times(seconds, "2-30*10-10").assign(machine="busy", busy_share=0.25)
    found = ratios.claims(observed, PRINTED)
    row = found[(found["device"] == "cpu") & (found["shape"] == "2-30*10-10")].set_index("variant").loc["published"]
    assert (row["measured_ratio"], row["verdict"], row["machine"], row["busy_share"]) == (
        2,
        "not printed",
        "busy",
        0.25,
    )


def test_the_printed_ratios_are_the_documents() -> None:
    found = ratios.claims(times({"reverse": [1.0]}).iloc[:0], PRINTED).drop_duplicates(["device", "shape"])
    printed = {device: list(rows["printed_ratio"].round(1)) for device, rows in found.groupby("device")}
    assert printed == {"cpu": [6.5, 7.1, 8.1], "cuda": [1.3, 1.8, 2.2, 0.5]}


def test_verdicts_say_who_is_ahead() -> None:
    seconds = {
        "fast_cheapest": [2.0, 2.0, 2.0],
        "fast_reverse": [1.9, 2.1, 2.0],
        "reverse": [5.0, 5.0, 5.0],
        "jacrev": [9.0, 9.0, 9.0],
        "jax_jacrev": [1.0, 1.0, 1.0],
        "published_reverse": [0.1, 0.1, 0.1],
    }
    observed = times(seconds)
    table = ratios.summary(observed)
    assert dict(zip(table["contender"], table["kind"], strict=True))["published_reverse"] == "published"
    assert set(table["best_rival"]) == {"jax_jacrev"}
    (row,) = ratios.verdicts(observed, table).to_dict("records")
    assert row["ours_times_faster"] == 0.5
    assert row["ours"] == "slower"
    assert row["cheapest_within_5_percent"]
    assert row["repetitions"] == 3
    ahead = times({**seconds, "jax_jacrev": [4.0, 4.0, 4.0]})
    (row,) = ratios.verdicts(ahead, ratios.summary(ahead)).to_dict("records")
    assert row["ours_times_faster"] == 2
    assert row["ours"] == "faster"


@pytest.mark.parametrize(
    ("ratio", "machine", "said"),
    [
        ([1.0, 1.1, 1.2], "quiet", "faster"),
        ([0.5, 0.7, 0.9], "quiet", "slower"),
        ([0.9, 1.1, 1.2, 1.3], "quiet", "faster"),
        ([0.9, 0.95, 1.2, 1.3], "quiet", "too close to tell"),
        ([8.0, 9.0], "busy", "busy"),
    ],
)
def test_a_ratio_says_something_only_if_both_quartiles_are_on_one_side_of_1_on_a_quiet_machine(
    ratio: Sequence[float], machine: str, said: str
) -> None:
    assert ratios.standing(pd.Series(ratio), machine) == said


def test_times_of_a_busy_machine_judge_nothing() -> None:
    seconds = {name: [1.0] * 3 for name in ("fast_cheapest", "reverse", "published_reverse", "published_forward")}
    observed = times({**seconds, "jacrev": [9.0] * 3}).assign(machine="busy")
    (row,) = ratios.verdicts(observed, ratios.summary(observed)).to_dict("records")
    assert (row["machine"], row["ours"], row["cheapest_within_5_percent"]) == ("busy", "busy", "busy")
    found = ratios.claims(observed, PRINTED).query("device == 'cpu' and depth == 3").set_index("variant")
    assert found.loc["published", "verdict"] == "busy"


def test_a_row_has_latency_and_throughput_memory_and_how_many_repetitions_its_ratio_has() -> None:
    observed = times({"reverse": [2e-3] * 3, "jacrev": [4e-3] * 3})
    observed.loc[observed["contender"] == "jacrev", "throughput_seconds"] = 1e-3
    observed.loc[(observed["contender"] == "reverse") & (observed["repetition"] == 2), "wall_seconds"] = None
    table = ratios.summary(observed).set_index("contender")
    row = table.loc["jacrev"]
    assert (row["milliseconds"], row["calls_per_second"], row["peak_bytes"], row["allocations"]) == (4, 1000, 8, 1)
    assert list(table["times_faster_repetitions"].loc[["reverse", "jacrev"]]) == [2, 3]


def test_a_lower_precision_is_neither_our_best_nor_a_rival() -> None:
    seconds = {"bfloat16_reverse": [1.0] * 3, "reverse": [2.0] * 3, "cheapest": [2.5] * 3, "jacrev": [3.0] * 3}
    observed = times({**seconds, "tf32_reverse": [1.0] * 3})
    table = ratios.summary(observed)
    assert list(table.set_index("contender")["kind"].loc[["tf32_reverse", "bfloat16_reverse"]]) == 2 * [
        "lower_precision"
    ]
    (row,) = ratios.verdicts(observed, table).to_dict("records")
    assert (row["our_best"], row["best_rival"], row["ours_times_faster"]) == ("reverse", "jacrev", 1.5)


def test_on_a_gpu_a_contender_is_bound_by_its_calls_if_one_launch_takes_longer_than_its_work() -> None:
    observed = times({"reverse": [1e-2] * 3, "cheapest": [1e-2] * 3, "jacrev": [1e-2] * 3, "launch": [5e-3] * 3})
    table = ratios.summary(observed).set_index("contender")
    assert "launch" not in table.index
    assert set(table["calls_milliseconds"]) == {5}
    assert set(table["bound_by"]) == {"calls"}


def test_a_share_of_the_roofline_is_the_floor_over_the_time() -> None:
    table = ratios.summary(times({"reverse": [1e-5] * 3, "jacrev": [2e-5] * 3})).set_index("contender")
    assert table.loc["reverse", "floor_milliseconds"] == pytest.approx(1e-3)
    assert table.loc["reverse", "share_of_roofline"] == pytest.approx(0.1)


def test_a_small_shape_is_bound_by_its_calls_and_a_large_one_is_not() -> None:
    seconds = {"fast_reverse": [1e-5] * 3, "jacrev": [2e-5] * 3, "cheapest": [3e-5] * 3}
    for took, bound in ((8e-6, "calls"), (1e-7, "rate")):
        observed = times({**seconds, "calls_reverse": [took] * 3})
        observed["operations"] += 1
        table = ratios.summary(observed).set_index("contender")
        assert "calls_reverse" not in table.index
        assert table.loc["fast_reverse", "bound_by"] == bound
        assert table.loc["fast_reverse", "calls_milliseconds"] == pytest.approx(1e3 * took)
        assert table.loc["jacrev", "bound_by"] == "rate"
        (row,) = ratios.verdicts(observed, ratios.summary(observed)).to_dict("records")
        assert row["share_of_calls"] == pytest.approx(took / 1e-5)


@pytest.mark.parametrize("sign", ["dev/nvidia0", "dev/dxg", "dev/kfd", "proc/driver/nvidia/gpus/0"])
def test_a_gpu_is_seen_by_what_its_driver_shows(tmp_path: Path, sign: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    assert not devices.seen(tmp_path, "")
    (tmp_path / sign).parent.mkdir(parents=True)
    (tmp_path / sign).touch()
    assert devices.seen(tmp_path, "")


def test_what_most_desktops_have_counts_only_if_torch_is_built_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    (tmp_path / "dev/dri").mkdir(parents=True)
    (tmp_path / "dev/dri/renderD128").touch()
    assert not devices.seen(tmp_path, "xpu: Optional[str] = None\n")
    assert devices.seen(tmp_path, "xpu: Optional[str] = '20250301'\n")


def torch_that_says(folder: Path, found: str, error: str = "") -> str:
    """A Python whose torch finds this accelerator, and raises this error when it is used."""
    (folder / "torch.py").write_text(
        "from types import SimpleNamespace\n"
        f"accelerator = SimpleNamespace(current_accelerator=lambda: {found})\n"
        "def ones(_, device):\n" + (f"    raise RuntimeError({error!r})\n" if error else "    return 1\n"),
        encoding="utf-8",
    )
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nPYTHONPATH="{folder}" exec "{sys.executable}" "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    return str(python)


@pytest.mark.parametrize(
    ("found", "error", "answer"),
    [
        ("SimpleNamespace(type='cuda')", "", ("cuda", None)),
        ("SimpleNamespace(type='mps')", "", ("mps", None)),
        ("SimpleNamespace(type='cuda')", "The driver is too old.\nUpdate it.", ("cuda", "The driver is too old.")),
        ("None", "", (None, "this torch is built for the CPU alone")),
        ("1 / 0", "", (None, "ZeroDivisionError: division by zero")),
    ],
)
def test_torch_itself_says_which_gpu_it_can_use_in_a_process_of_its_own(
    tmp_path: Path, found: str, error: str, answer: tuple[str | None, str | None]
) -> None:
    assert devices.ask(torch_that_says(tmp_path, found, error)) == answer


def test_a_torch_that_does_not_answer_is_not_waited_for(tmp_path: Path) -> None:
    python = torch_that_says(tmp_path, "__import__('time').sleep(8)")
    assert devices.ask(python, seconds=0.5) == (None, "torch did not answer within 0.5 s")


def test_torch_is_asked_once_and_only_where_there_is_a_sign_of_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def ask() -> devices.Gpu:
        asked.append("torch")
        return devices.Gpu("cuda", None)

    monkeypatch.setattr(devices, "ask", ask)
    for sign, found in ((False, (None, None)), (True, ("cuda", None))):
        monkeypatch.setattr(devices, "seen", lambda sign=sign: sign)
        devices.gpu.cache_clear()
        assert [devices.gpu(), devices.gpu()] == [found, found]
        assert asked == (["torch"] if sign else [])
    devices.gpu.cache_clear()


def answering(gpu: devices.Gpu) -> Callable[[], devices.Gpu]:
    return lambda: gpu


def test_auto_measures_the_cpu_alone_where_the_gpu_is_of_no_use_and_says_why(
    capsys: pytest.CaptureFixture[str],
) -> None:
    here, none, old = devices.Gpu("cuda", None), devices.Gpu(None, None), devices.Gpu("cuda", "the driver is too old")
    assert devices.chosen("auto", answering(none)) == ["cpu"]
    assert devices.chosen("auto", answering(here)) == ["cpu", "cuda"]
    assert capsys.readouterr().err == ""
    assert devices.chosen("auto", answering(old)) == ["cpu"]
    assert capsys.readouterr().err == "jacobian.devices: auto measures the CPU alone: the driver is too old\n"


def test_a_gpu_is_named_or_is_the_one_that_torch_finds() -> None:
    for name in ("cuda", "mps", "xpu"):
        here = devices.Gpu(name, None)
        for wanted in (name, "gpu", [name], ["gpu"], ["gpu", name]):
            assert devices.chosen(wanted, answering(here)) == [name]
        assert devices.chosen(["cpu", "gpu"], answering(here)) == ["cpu", name]
    for wanted, found, why in (
        ("gpu", devices.Gpu(None, None), "found gpu, expected cpu: no GPU is here"),
        (["cpu", "cuda"], devices.Gpu(None, None), "found cuda, expected cpu: no GPU is here"),
        ("cuda", devices.Gpu("mps", None), "found cuda, expected cpu: torch finds mps"),
        (["gpu"], devices.Gpu("cuda", "the driver is too old"), "found gpu, expected cpu: the driver is too old"),
    ):
        with pytest.raises(BadInput, match=rf"^config: jacobian.devices: {why}$"):
            devices.chosen(wanted, answering(found))


def test_nobody_is_asked_about_a_gpu_where_only_the_cpu_is_wanted() -> None:
    def refuse() -> devices.Gpu:
        raise AssertionError("asked")

    assert devices.chosen("cpu", refuse) == devices.chosen(["cpu"], refuse) == ["cpu"]


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        ("fma avx2 avx512f avx512cd avx512bw avx512dq avx512vl", {"OPENBLAS_CORETYPE": "SkylakeX"}),
        ("fma avx2 avx512f", {}),
        ("fma avx2", {}),
    ],
)
def test_kernels_are_asked_for_only_where_the_processor_has_them(
    flags: str, expected: dict[str, str], tmp_path: Path
) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text(f"processor : 0\nflags\t\t: {flags}\n", encoding="utf-8")
    assert numpy_route.kernels(path) == expected
    assert numpy_route.kernels(tmp_path / "absent") == {}


def test_a_shape_is_read_as_it_is_written() -> None:
    assert parsed("2-30*3-10") == ((2, 30, 30, 30, 10), None)
    assert parsed("5-4-3@256") == ((5, 4, 3), 256)
    assert depth("2-30*10-10@256") == 10
    for wrong in ("", "3", "3-2", "3-x-2", "3-0-2", "3-2-1@0", "3-2-1@", "3-2*0-1"):
        with pytest.raises(BadInput, match="expected three or more widths"):
            parsed(wrong)


@pytest.mark.parametrize("shape", ["3-4-2-4-3", "2-5*2-3@3"])
def test_every_contender_agrees_with_float64(shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("torch.compile", lambda function, **_: function)
    monkeypatch.setattr(timed_methods, "SIDE", 4)
    expected = benchmark.reference(shape)
    for library in ("numpy", "torch"):
        for name, contender in timed_methods.LIBRARIES[library](*parsed(shape), "cpu").items():
            answer = benchmark.or_reason(benchmark.result, contender)
            assert not isinstance(answer, str), (name, answer)
            latency, throughput = benchmark.seconds(contender, 1, 2)
            assert latency == throughput > 0
            if contender.mode is not None:
                np.testing.assert_allclose(answer, expected, rtol=1e-3, atol=1e-5, err_msg=name)


GPU = "NVIDIA H100 80GB HBM3"


class Recorder:
    """Stands in for a GPU where there is none: computes on the CPU and notes the order of what is asked."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.capability = (9, 0)
        self.held = 100
        self.peak = 0

    def get_device_name(self) -> str:
        return GPU

    def get_device_capability(self) -> tuple[int, int]:
        return self.capability

    def is_bf16_supported(self, *, including_emulation: bool) -> bool:
        return not including_emulation and self.capability >= (8, 0)

    def synchronize(self) -> None:
        self.said.append("synchronize")

    def reset_peak_memory_stats(self) -> None:
        self.peak = self.held

    def memory_allocated(self) -> int:
        return self.held

    def max_memory_allocated(self) -> int:
        return self.peak

    def memory_stats(self) -> dict[str, int]:
        return {"allocation.all.allocated": self.said.count("allocate")}

    def allocate(self, size: int) -> None:
        self.said.append("allocate")
        self.held += size
        self.peak = max(self.peak, self.held)

    def wait_stream(self, other: object) -> None:
        self.said.append("wait_stream")

    def replay(self) -> None:
        self.said.append("replay")

    @contextlib.contextmanager
    def stream(self, other: object) -> Iterator[None]:
        self.said.append("aside {")
        yield
        self.said.append("}")

    @contextlib.contextmanager
    def graph(self, recorded: object) -> Iterator[None]:
        self.said.append("graph {")
        yield
        self.said.append("}")

    def itself(self) -> "Recorder":
        return self

    Stream = CUDAGraph = current_stream = itself


@pytest.fixture
def gpu(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder, to = Recorder(), torch.Tensor.to
    for name in (
        "get_device_name", "get_device_capability", "is_bf16_supported", "Stream", "CUDAGraph", "current_stream",
        "stream", "graph",
    ):  # fmt: skip
        monkeypatch.setattr(torch.cuda, name, getattr(recorder, name))
    for name in (
        "synchronize", "reset_peak_memory_stats", "memory_allocated", "max_memory_allocated", "memory_stats",
    ):  # fmt: skip
        monkeypatch.setattr(torch.accelerator, name, getattr(recorder, name))
    monkeypatch.setattr(
        torch.Tensor, "to", lambda self, *where: self if where in (("cuda",), ("mps",)) else to(self, *where)
    )
    monkeypatch.setattr("torch.compile", lambda function, **_: function)
    for name in ("SIDE", "GPU_SIDE"):
        monkeypatch.setattr(timed_methods, name, 4)
    for name in ("READ_BYTES", "GPU_READ_BYTES"):
        monkeypatch.setattr(timed_methods, name, 1)
    return recorder


@pytest.fixture
def jax(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """Stands in for JAX on a GPU: computes with torch, and notes the order of what is asked."""
    said: list[str] = []
    config = SimpleNamespace(jax_default_matmul_precision=None)
    config.update = partial(setattr, config)

    def jit(function: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *arguments: (said.append("run"), function(*arguments))[1]  # type: ignore[func-returns-value]

    module = SimpleNamespace(
        __version__="1",
        said=said,
        config=config,
        numpy=SimpleNamespace(asarray=torch.from_numpy, tanh=torch.tanh),
        default_backend=lambda: "gpu",
        devices=lambda: [SimpleNamespace(device_kind=GPU)],
        jit=jit,
        vmap=torch.func.vmap,
        jacrev=torch.func.jacrev,
        jacfwd=torch.func.jacfwd,
        block_until_ready=lambda _: said.append("wait"),
    )
    monkeypatch.setitem(sys.modules, "jax", module)
    return module


def test_the_median_of_the_calls_after_the_warm_up_is_their_time(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    clock = iter([1, 3, 10, 16, 20, 99])  # seconds: 2, 6 and 79, which an interruption took

    def read() -> float:
        said.append("clock")
        return next(clock)

    monkeypatch.setattr("time.perf_counter", read)
    contender = timed_methods.Contender(lambda: said.append("run"), None)
    assert benchmark.seconds(contender, 2, 3) == (6, 6)
    assert said == ["run", "run", *(["clock", "run", "clock"] * 3)]


def test_latency_waits_for_every_call_and_throughput_once_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr("time.perf_counter", lambda: float(len(said)))
    contender = timed_methods.Contender(lambda: said.append("run"), None, wait=lambda _: said.append("wait"))
    latency, throughput = benchmark.seconds(contender, 1, 4)
    assert said == [*(["run", "wait"] * 5), *(["run"] * 4), "wait"]
    assert (latency, throughput) == (2, 5 / 4)


def test_torch_is_waited_for_on_a_gpu(gpu: Recorder) -> None:
    for device in ("cuda", "mps"):
        for name, contender in timed_methods.with_torch((2, 3, 3, 2), None, device).items():
            contender.run()
            gpu.said.clear()
            benchmark.seconds(contender, 0, 2)
            call = ["replay"] if name.startswith("graph") else []
            assert gpu.said == [*call, "synchronize", *call, "synchronize", *call, *call, "synchronize"], name
    assert all(each.wait is None for each in timed_methods.with_torch((2, 3, 2), None, "cpu").values())


def test_jax_is_waited_for(jax: SimpleNamespace, gpu: Recorder) -> None:
    expected = benchmark.reference("2-3-3-2")
    for name, contender in timed_methods.with_jax((2, 3, 3, 2), None, "cuda").items():
        jax.said.clear()
        benchmark.seconds(contender, 0, 2)
        call = ["run"] * (3 if name == "reading" else 1)
        assert jax.said == [*call, "wait", *call, "wait", *call, *call, "wait"], name
        if contender.mode is not None:
            np.testing.assert_allclose(contender.run(), expected, rtol=1e-3, atol=1e-5, err_msg=name)


def test_the_limits_of_a_gpu_are_measured_with_work_that_fills_it_and_apart_from_a_launch() -> None:
    made: list[tuple[int, ...]] = []
    weights = [np.ones((1000, 1000), np.float32)]
    found = timed_methods.limits(lambda array: made.append(array.shape), lambda *_: None, weights, "cuda")
    for contender in found.values():
        contender.run()
    assert made == [(8192, 8192), (2**18, 1024), (1024,), (1, 1)]
    assert (found["product"].operations, found["reading"].bytes) == (2 * 8192**3, 2**30)
    assert set(found) == {"product", "reading", "launch"} <= set(ratios.LIMITS)
    found = timed_methods.limits(lambda array: array, np.dot, weights, "cpu")
    assert set(found) == {"product", "reading"}
    assert (found["product"].operations, found["reading"].bytes) == (2 * 1000**3, 2**22)
    large = [*weights, np.ones((1000, 1000), np.float32)]
    assert timed_methods.limits(lambda array: array, np.dot, large, "cpu")["reading"].bytes == 8_000_000


def test_a_gpu_also_computes_in_the_lower_precisions_that_it_has(gpu: Recorder) -> None:
    before = torch.get_float32_matmul_precision()
    seen: list[str] = []
    multiply = torch.Tensor.__matmul__
    for capability, device, kinds in (
        ((9, 0), "cuda", {"tf32", "bfloat16"}),
        ((7, 5), "cuda", set()),
        ((9, 0), "mps", {"bfloat16"}),
        ((9, 0), "cpu", set()),
    ):
        gpu.capability = capability
        found = timed_methods.with_torch((2, 3, 3, 2), None, device)
        lower = {name: each for name, each in found.items() if each.precision != "float32"}
        assert set(lower) == {f"{kind}_{mode}" for kind in kinds for mode in ("reverse", "forward", "cheapest")}
        for name, each in lower.items():
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(
                    torch.Tensor,
                    "__matmul__",
                    lambda left, right: (
                        seen.append(f"{left.dtype} {torch.get_float32_matmul_precision()}"),  # type: ignore[func-returns-value]
                        multiply(left, right),
                    )[1],
                )
                seen.clear()
                answer = benchmark.result(each)
            assert set(seen) == {"torch.float32 high" if name.startswith("tf32") else f"torch.bfloat16 {before}"}, name
            error = np.linalg.norm(answer - benchmark.reference("2-3-3-2")) / np.linalg.norm(answer)
            assert error < benchmark.AGREEMENT[each.precision]
            assert name.startswith("tf32") or error > 1e-4
            assert torch.get_float32_matmul_precision() == before == "highest"


def test_what_a_call_takes_of_the_memory_is_measured(gpu: Recorder) -> None:
    def allocate() -> None:
        for size in (30, 5):
            gpu.allocate(size)
        gpu.held -= 35

    gpu.peak = 10**6
    assert timed_methods.on_the_gpu(allocate) == (35, 2)
    assert timed_methods.profiled(lambda: [torch.ones(1000), torch.ones(10)]) == (4040, 2)
    assert timed_methods.profiled(lambda: None) == (0, 0)
    peak, count = timed_methods.traced((0, 1), (100, 1000, 1000), None)
    entries = 1000 * 100 + 100 * 1000 + 3 * 1000  # J, a buffer for the scaled W₁, and three vectors
    assert (4 * entries < peak < 4.1 * entries, count) == (True, None)
    for library in ("numpy", "torch"):
        for name, contender in timed_methods.LIBRARIES[library]((20, 30, 30, 40), None, "cpu").items():
            assert (contender.memory is None) == (contender.mode is None), name
            if contender.memory is not None:
                assert contender.memory()[0] >= 4 * 20 * 40, name  # at least J


def test_torch_multiplies_in_full_float32_whatever_was_asked_for(gpu: Recorder) -> None:
    before = torch.get_float32_matmul_precision()
    try:
        torch.set_float32_matmul_precision("high")  # TF32
        said = timed_methods.ready("torch", "cuda")
        assert said == {"version": torch.__version__, "gpu": GPU, "float32_products": "highest"}
        assert torch.get_float32_matmul_precision() == "highest"
        assert not torch.backends.cuda.matmul.allow_tf32
    finally:
        torch.set_float32_matmul_precision(before)


def test_jax_multiplies_in_full_float32(jax: SimpleNamespace) -> None:
    assert timed_methods.ready("jax", "cuda") == {"version": "1", "gpu": GPU, "float32_products": "highest"}
    assert jax.config.jax_default_matmul_precision == "highest"
    with pytest.raises(ImportError, match="this JAX computes on gpu"):
        timed_methods.ready("jax", "cpu")


def test_a_process_starts_with_the_variables_that_keep_jax_on_its_device(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAX_PLATFORMS", "cuda")
    monkeypatch.setenv("NVIDIA_TF32_OVERRIDE", "1")
    monkeypatch.setenv("OPENBLAS_CORETYPE", "Haswell")
    for device, platforms in (("cpu", "cpu"), ("cuda", "cuda")):
        with contextlib.closing(benchmark.Worker("numpy", device, 1)) as worker:
            worker.ask("ready")
            started = Path(f"/proc/{worker.process.pid}/environ").read_text(encoding="utf-8").split("\0")
        assert {
            f"JAX_PLATFORMS={platforms}",
            "XLA_PYTHON_CLIENT_PREALLOCATE=false",
            "OPENBLAS_CORETYPE=Haswell",
        } <= set(started)
        assert not any(variable.startswith("NVIDIA_TF32_OVERRIDE") for variable in started)
    assert (os.environ["JAX_PLATFORMS"], os.environ["NVIDIA_TF32_OVERRIDE"]) == ("cuda", "1")


def test_nothing_is_recorded_for_a_graph_that_takes_no_part(gpu: Recorder) -> None:
    found = timed_methods.with_torch((2, 3, 2), None, "cuda")
    assert gpu.said == []
    found["graph_reverse"].run()
    assert gpu.said.count("graph {") == 1


def test_a_cuda_graph_is_recorded_once_after_runs_aside_and_then_only_replayed(gpu: Recorder) -> None:
    def product(weights: Sequence[torch.Tensor], x: torch.Tensor) -> torch.Tensor:
        gpu.said.append("run")
        return weights[0] @ x

    launched = timed_methods.as_graph(product, [torch.eye(2)], torch.ones(2))
    assert launched().tolist() == [1, 1]
    recording = ["wait_stream", "aside {", "run", "run", "run", "}", "wait_stream", "graph {", "run", "}"]
    assert gpu.said == [*recording, "replay"]
    gpu.said.clear()
    launched()
    assert gpu.said == ["replay"]


def test_a_cuda_graph_keeps_what_it_reads(gpu: Recorder) -> None:
    W, x = torch.eye(2), torch.ones(2)
    known = weakref.ref(W), weakref.ref(x)
    launched = timed_methods.as_graph(lambda weights, x: weights[0] @ x, [W], x)
    del W, x
    launched()
    gc.collect()
    assert all(reference() is not None for reference in known)


def test_every_contender_on_a_gpu_agrees_with_float64(gpu: Recorder) -> None:
    for shape in ("3-4-2-4-3", "2-5*2-3@3"):
        found = timed_methods.with_torch(*parsed(shape), "cuda")
        assert {"graph_reverse", "graph_forward", "graph_cheapest", "reverse", "jacrev"} <= set(found)
        for name, contender in found.items():
            answer = benchmark.or_reason(benchmark.result, contender)
            assert not isinstance(answer, str), (name, answer)
            if contender.mode is not None and contender.precision == "float32":
                np.testing.assert_allclose(answer, benchmark.reference(shape), rtol=1e-3, atol=1e-5, err_msg=name)


def test_what_makes_the_very_same_calls_is_measured_once_and_told_of_both() -> None:
    class Counting:
        def ask(self, what: str, *question: Any) -> Any:
            if what == "shape":
                answer = benchmark.reference("2-3-2")
                return {
                    "fast_reverse": (answer, ("reverse", 0, 0, "fast_reverse", "float32")),
                    "fast_cheapest": (answer, ("cheapest", 0, 0, "fast_reverse", "float32")),
                    "jacrev": (answer, ("reverse", 0, 0, "", "float32")),
                }
            if what == "memory":
                return 10 * len(question[0]), None
            timed.append(question[0])
            return float(len(timed)), 0.5

    timed: list[str] = []
    found = pd.DataFrame(benchmark.rows(FEW, "2-3-2", (), {"numpy": Counting()}, 1))  # type: ignore[dict-item]
    assert sorted(timed) == sorted(["fast_reverse", "jacrev"] * (1 + FEW.repetitions))
    seconds = found.pivot(index="repetition", columns="contender", values="wall_seconds")
    assert list(seconds["fast_cheapest"]) == list(seconds["fast_reverse"])
    cheapest = found[found["contender"] == "fast_cheapest"]
    assert set(cheapest["measured_as"]) == {"fast_reverse"}
    assert set(cheapest["peak_bytes"]) == {10 * len("fast_reverse")}
    assert set(cheapest["throughput_seconds"]) == {0.5}
    assert set(found["machine"]) <= {"quiet", "busy"}
    only = pd.DataFrame(benchmark.rows(FEW, "2-3-2", (), {"numpy": Alone()}, 1))  # type: ignore[dict-item]
    assert set(only["contender"]) == {"fast_cheapest"}
    assert set(only["measured_as"]) == {"fast_cheapest"}


FEW = BenchmarkStep(shapes=("2-3-2",), repetitions=9, turn_seconds=1e-9, slow_seconds=99, device="cpu", contenders=())


class Alone:
    """A process whose only contender makes the calls of one that takes no part."""

    def ask(self, what: str, *question: Any) -> Any:
        if what == "shape":
            return {"fast_cheapest": (benchmark.reference("2-3-2"), ("cheapest", 0, 0, "fast_reverse", "float32"))}
        assert question[0] == "fast_cheapest"
        return "unknown" if what == "memory" else (1.0, 1.0)


class Off:
    """A process of which one contender computes something else, and one has no memory left in its third turn."""

    turns = 0

    def ask(self, what: str, *question: Any) -> Any:
        if what == "shape":
            answer = benchmark.reference("2-3-2")
            return {
                "reverse": (1.001 * answer, ("reverse", 0, 0, "", "float32")),
                "forward": (answer, ("forward", 0, 0, "", "float32")),
                "jacrev": (answer, ("reverse", 0, 0, "", "float32")),
            }
        name, warm, *_ = (*question, 0)
        self.turns += name == "jacrev" and warm > 0
        return "out of memory" if name == "jacrev" and (self.turns > 2 or what == "memory") else (1e-10, 1e-10)


def test_a_contender_that_is_off_or_fails_is_one_row_with_the_reason_and_the_others_go_on() -> None:
    found = pd.DataFrame(benchmark.rows(FEW, "2-3-2", (), {"torch": Off()}, 1))  # type: ignore[dict-item]
    without = found[found["wall_seconds"].isna()].set_index("contender")
    assert dict(without["reason"]) == {"reverse": "off by 1.0e-03, expected less than 1e-04", "jacrev": "out of memory"}
    assert without.loc["reverse", "relative_error"] == pytest.approx(1e-3)
    timed = found[found["wall_seconds"].notna()]
    assert list(timed["contender"]) == ["forward"] * FEW.repetitions
    assert timed["busy_share"].notna().all()
    assert timed["reason"].isna().all()


def test_a_reason_is_one_line_whatever_is_raised() -> None:
    def broken(error: Exception) -> None:
        raise error

    for error, reason in (
        (RuntimeError("no compiler\nat all"), "no compiler"),
        (NotImplementedError(), "NotImplementedError"),
        (MemoryError(), "MemoryError"),
    ):
        contender = timed_methods.Contender(partial(broken, error), "reverse")
        assert benchmark.or_reason(benchmark.result, contender) == reason


class Thread:
    """A `Worker` that answers in a thread of this process, where the stand-in of the GPU is."""

    def __init__(self, library: str, device: str, threads: int) -> None:
        self.pipe, theirs = multiprocessing.Pipe()

        def serve() -> None:
            with theirs, contextlib.suppress(RuntimeError):
                benchmark.serve(theirs, library, device, threads)

        threading.Thread(target=serve, daemon=True).start()

    ask = benchmark.Worker.ask

    def close(self) -> None:
        self.pipe.close()


@pytest.fixture
def on_a_gpu(
    gpu: Recorder, jax: SimpleNamespace, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Path]:
    """Runs the step on the stand-ins of a GPU and gives the table that it writes."""
    monkeypatch.setattr(benchmark, "Worker", Thread)
    monkeypatch.setattr("signal.signal", lambda *_: None)
    monkeypatch.setattr(command_line, "_name", lambda: "byhand.jacobian.steps.benchmark")
    for place in (command_line, steps):
        monkeypatch.setattr(place, "use_threads", lambda _: None)
    observed = tmp_path / "times.csv"
    flags = "--repetitions 9 --turn-seconds 0.001 --slow-seconds 9 --device cuda --shapes 2-30*10-10"

    def run(*contenders: str) -> Path:
        words = ["benchmark", *flags.split(), "--contenders", *contenders, "--table", str(observed)]
        monkeypatch.setattr(sys, "argv", words)
        command_line.run(benchmark.main, outputs={"table": ""})
        return observed

    return run


def test_the_record_of_times_on_a_gpu_names_it_and_states_the_precision(on_a_gpu: Callable[..., Path]) -> None:
    observed = on_a_gpu("graph_reverse", "jax_jacrev")
    assert set(pd.read_csv(observed)["contender"]) == {"graph_reverse", "jax_jacrev"}
    record = json.loads(observed.with_suffix(".json").read_text(encoding="utf-8"))
    assert record["hardware"]["gpu"] == GPU
    assert record["float32_products"] == {"torch": "highest", "jax": "highest"}


def test_a_library_that_cannot_reach_the_gpu_takes_no_part_and_says_why(
    on_a_gpu: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def busy() -> str:
        raise RuntimeError("CUDA error: all devices are busy\nCompile with ...")

    monkeypatch.setattr(torch.cuda, "get_device_name", busy)
    assert set(pd.read_csv(on_a_gpu("reverse", "jax_jacrev"))["library"]) == {"jax"}
    assert "torch takes no part: CUDA error: all devices are busy\n" in capsys.readouterr().out


def test_no_claim_is_judged_from_a_contender_without_a_time_and_the_rest_is_summed_up_and_drawn(
    on_a_gpu: Callable[..., Path], step: Step, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(*_: object) -> None:
        raise NotImplementedError("not on this device")

    off = rivals.PUBLISHED["published_forward"]
    monkeypatch.setitem(rivals.PUBLISHED, "published_forward", lambda W, x: 1.001 * off(W, x))
    monkeypatch.setitem(rivals.AUTOMATIC, "functional_forward", absent)
    monkeypatch.setattr(timed_methods, "as_graph", lambda *_: absent)
    observed = on_a_gpu()
    table = pd.read_csv(observed, dtype=str).set_index("contender")
    reasons = table["reason"].dropna()
    assert reasons.pop("published_forward").startswith("off by 1.0e-03, expected less than")
    graphs = {f"graph_{mode}" for mode in ("reverse", "forward", "cheapest")}
    assert dict(reasons) == dict.fromkeys({"functional_forward", *graphs}, "not on this device")
    assert list(table["repetition"].loc[["jacrev"]].sort_values()) == list("012345678")

    flags = ["--times", observed, "--table", tmp_path / "benchmark.csv", "--verdicts", tmp_path / "verdicts.csv"]
    done = step("jacobian.steps.compare_benchmarks", *flags)
    assert done.returncode == 0, done.stderr
    assert not set(pd.read_csv(tmp_path / "benchmark.csv")["contender"]) & {"published_forward", *reasons.index}
    printed = ["--seconds", TABLES / "jacobian_seconds_per_1000.csv", "--check", TABLES / "jacobian_check.csv"]
    done = step("jacobian.steps.assignment", "--times", observed, *printed, "--table", tmp_path / "assignment.csv")
    assert done.returncode == 0, done.stderr
    claims = pd.read_csv(tmp_path / "assignment.csv").set_index(["device", "shape", "variant"])["verdict"]
    assert claims["cuda", "2-30*10-10", "published"] == "not measured"
    assert claims["cuda", "2-30*10-10", "corrected"] in ("holds", "fails", "busy")
    pictures = [f"--{name}={tmp_path / name}.png" for name in ("depth", "rivals", "roofline")]
    tables = ["--table", tmp_path / "benchmark.csv", "--claims", tmp_path / "assignment.csv"]
    done = step("jacobian.figures.benchmark", *tables, *pictures)
    assert done.returncode == 0, done.stderr


def test_the_benchmark_runs_is_summed_up_and_drawn(step: Step, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORCHDYNAMO_DISABLE", "1")  # torch.compile would take most of the time
    observed = tmp_path / "times.csv"
    flags = "--repetitions 9 --turn-seconds 0.001 --slow-seconds 9 --device cpu --shapes 2-3-2"
    done = step("jacobian.steps.benchmark", *flags.split(), "--contenders", "--table", observed)
    assert done.returncode == 0, done.stderr
    outputs = [tmp_path / "benchmark.csv", tmp_path / "verdicts.csv"]
    done = step(
        "jacobian.steps.compare_benchmarks", "--times", observed, "--table", outputs[0], "--verdicts", outputs[1]
    )
    assert done.returncode == 0, done.stderr
    printed = ["--seconds", TABLES / "jacobian_seconds_per_1000.csv", "--check", TABLES / "jacobian_check.csv"]
    done = step("jacobian.steps.assignment", "--times", observed, *printed, "--table", tmp_path / "assignment.csv")
    assert done.returncode == 0, done.stderr
    table = pd.read_csv(outputs[0])
    assert {"fast_reverse", "cheapest", "jacrev", "functional_forward", "published_reverse"} <= set(table["contender"])
    assert (table["relative_error"] < 1e-4).all()
    pictures = [f"--{name}={tmp_path / name}.png" for name in ("depth", "rivals", "roofline")]
    done = step("jacobian.figures.benchmark", "--table", outputs[0], "--claims", tmp_path / "assignment.csv", *pictures)
    assert done.returncode == 0, done.stderr
    assert len(list(tmp_path.glob("*.png"))) == 3


def history(step: Step, folder: Path, finished: str, ratio: float, device: str = "cpu") -> pd.DataFrame:
    """The history after one more benchmark, which was finished then and had this ratio."""
    record = {
        "outputs": {},
        "settings": {"device": device},
        "finished": finished,
        "project": "0.1.0, commit 0123456789",
        "threads": 2,
        "versions": {"python": "3.12.1"},
        "libraries": {"numpy": "2.4.6", "torch": "2.13.0"},
        "hardware": {"processor": "a processor", "gpu": None if device == "cpu" else GPU},
    }
    (folder / "times.json").write_text(json.dumps(record), encoding="utf-8")
    verdicts = [
        {"device": device, "shape": "2-3-2", "ours_times_faster": ratio, "machine": "quiet"},
        {"device": device, "shape": "2-30*3-2@9", "ours_times_faster": 2 * ratio, "machine": "busy"},
    ]
    pd.DataFrame(verdicts).to_csv(folder / "verdicts.csv", index=False)
    flags = ["--times", folder / "times.csv", "--verdicts", folder / "verdicts.csv", "--table", folder / "history.csv"]
    (folder / "times.csv").touch()
    done = step("jacobian.steps.benchmark_history", *flags)
    assert done.returncode == 0, done.stderr
    return pd.read_csv(folder / "history.csv")


def test_a_benchmark_adds_one_line_to_the_history_which_is_drawn(step: Step, tmp_path: Path) -> None:
    history(step, tmp_path, "2026-01-01T00:00:00+00:00", 1.5)
    for finished in ("2026-01-02T00:00:00+00:00", "2026-01-02T00:00:00+00:00"):  # the same once more adds nothing
        found = history(step, tmp_path, finished, 1.25)
    assert list(found["date"].str[:10]) == ["2026-01-01", "2026-01-02"]
    assert list(found["2-3-2"]) == [1.5, 1.25]
    assert list(found["2-30*3-2@9"]) == [3, 2.5]
    said = found.iloc[1][["project", "machine", "hardware", "threads", "python", "numpy", "torch"]]
    assert list(said) == ["0.1.0, commit 0123456789", "busy", "a processor", 2, "3.12.1", "2.4.6", "2.13.0"]
    assert found["jax"].isna().all()
    found = history(step, tmp_path, "2026-01-02T00:00:00+00:00", 1.25, "cuda")
    assert list(found["hardware"]) == ["a processor", "a processor", GPU]
    pictures = [f"{tmp_path}/history.{kind}" for kind in ("svg", "png")]
    drawn = step("jacobian.figures.benchmark_history", "--table", tmp_path / "history.csv", "--figure", *pictures)
    assert drawn.returncode == 0, drawn.stderr
    picture = Path(pictures[0]).read_text(encoding="utf-8")
    assert all(text in picture for text in ("2026-01-02", "2-30*3-2@9", "times faster on cuda"))


def test_only_the_named_contenders_take_part(step: Step, tmp_path: Path) -> None:
    words = "--repetitions 9 --turn-seconds 0.001 --slow-seconds 9 --device cpu --shapes 2-3-2"
    flags = words.split()
    done = step(
        "jacobian.steps.benchmark",
        *flags,
        "--contenders",
        "reverse",
        "published_forward",
        "--table",
        tmp_path / "t.csv",
    )
    assert done.returncode == 0, done.stderr
    assert set(pd.read_csv(tmp_path / "t.csv")["contender"]) == {"reverse", "published_forward"}
    done = step("jacobian.steps.benchmark", *flags, "--contenders", "revers", "--table", tmp_path / "none.csv")
    assert done.returncode == 1
    assert "--contenders revers: nothing could be timed by these names" in done.stderr.splitlines()[-1]
    assert not (tmp_path / "none.csv").exists()


def test_make_bench_times_again_all_that_is_timed() -> None:
    rules = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "workflow/rules").glob("*.smk")))
    timed: set[str] = set()
    for base, name, body in re.findall(r"^use rule (\w+) as (\w+_benchmark\w*) with:\n(.*?)\n\n\n", rules, re.M | re.S):
        if '.steps.benchmark"' in body or base in timed:
            timed.add(name)
    again = re.search(r"^TIMED := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    assert again is not None
    assert set(again[1].split()) == timed
    assert len(timed) == 5


def test_the_rule_of_a_gpu_asks_for_one_and_a_dry_run_plans_it(tmp_path: Path) -> None:
    project = fresh(tmp_path / "project")
    # A rule with a message shows no resources.
    project.edit("workflow/rules/step.smk", '    message:\n        "{rule} {wildcards}"\n', "")
    done = project.snakemake("--dry-run", "--printshellcmds", "results/jacobian/benchmark_cuda_times.csv")
    assert done.returncode == 0, done.stderr + done.stdout
    assert "--device cuda" in done.stdout + done.stderr
    assert "gpu=1" in done.stdout + done.stderr


def test_naming_an_absent_device_ends_snakemake_with_one_line(tmp_path: Path) -> None:
    if devices.seen():
        pytest.skip("this machine has a GPU")
    project = fresh(tmp_path / "project")
    project.configure("jacobian", "devices", value=["cuda"])
    done = project.snakemake("--dry-run")
    assert done.returncode != 0
    said = [line for line in done.stderr.splitlines() if not line.startswith("Using workflow specific profile")]
    assert said == ["config: jacobian.devices: found cuda, expected cpu: no GPU is here"]

"""Everything that the benchmark times, ready to be called for one shape; each library is imported in its own process.

A contender is a function without arguments that computes J once, how to wait for what it returns, and the mode whose
products it needs (which gives its floor). What only one contender needs is made at its first call: a compiled function,
a CUDA graph, the arrays of a limit. `product` and `reading` are the machine's limits: one large matrix product, and
reading the weights once (on a GPU, more than its caches hold). What calls alone take is apart: `calls_MODE` makes the
calls of the fast route at widths of 2, where they have next to nothing to do; `launch` is one tiny product on a GPU.
"""

import tracemalloc
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from byhand.jacobian import numpy_route
from byhand.jacobian.cost import ORDERS
from byhand.jacobian.order import Order

Array = npt.NDArray[Any]
Memory = tuple[int, int | None]
"""Bytes at the peak of one call, J included and the weights not, and how many allocations, where that is known."""
SIDE = 1000
"""Rows and columns of the product that shows the machine's rate."""
READ_BYTES = 2**22
"""At least this much is read to measure the bandwidth; with less, it would be the cost of a call."""
GPU_SIDE, GPU_READ_BYTES = 8192, 2**30
"""The same on a GPU: some milliseconds of work, and far more than its caches hold."""


@dataclass(frozen=True)
class Contender:
    """Computes J (or a limit: mode None); `operations` and `bytes` are what a limit does.

    `measured_as` names another contender whose calls are identical, so that one time holds for both. `wait` is called
    with what `run` returns, unless `run` has then finished. `memory` measures one call, or more.
    """

    run: Callable[[], Any]
    mode: str | None
    operations: int = 0
    bytes: int = 0
    measured_as: str = ""
    precision: str = "float32"
    wait: Callable[[Any], object] | None = None
    memory: Callable[[], Memory] | None = None


def problem(widths: Sequence[int], batch: int | None) -> tuple[list[Array], Array]:
    """Xavier weights and N(0, 1) inputs in float32, the same in every process: no entry is subnormal, J has size 1."""
    random = np.random.default_rng([*widths, batch or 0])
    weights = [
        (random.standard_normal((above, below)) * np.sqrt(2 / (above + below))).astype(np.float32)
        for below, above in pairwise(widths)
    ]
    return weights, random.standard_normal(widths[0] if batch is None else (batch, widths[0])).astype(np.float32)


def ready(library: str, device: str) -> dict[str, str | None]:
    """Import a library and set its float32 products to full precision; gives what the record says of it.

    JAX would use TF32 on a GPU, which keeps 10 of the 23 bits; torch would if an environment variable said so.

    Raises:
        ImportError: the library is not installed, or not for this device.
    """
    if library == "torch":
        import torch  # noqa: PLC0415

        torch.set_float32_matmul_precision("highest")
        named = getattr(getattr(torch, device), "get_device_name", lambda: device)
        gpu = None if device == "cpu" else named()
        return {"version": torch.__version__, "gpu": gpu, "float32_products": torch.get_float32_matmul_precision()}
    if library == "jax":
        import jax  # noqa: PLC0415

        if jax.default_backend() != {"cuda": "gpu"}.get(device, device):
            raise ImportError(f"this JAX computes on {jax.default_backend()}")
        jax.config.update("jax_default_matmul_precision", "highest")
        gpu = None if device == "cpu" else jax.devices()[0].device_kind
        precision = jax.config.jax_default_matmul_precision
        return {"version": jax.__version__, "gpu": gpu, "float32_products": precision}
    return {"version": np.__version__, "gpu": None, "float32_products": "highest"}  # NumPy knows no other


def limits(
    make: Callable[[Array], Any], multiply: Callable[[Any, Any], Any], weights: Sequence[Array], device: str
) -> dict[str, Contender]:
    """A large product, and a vector times every weight, with so much work that the call itself does not show.

    On a GPU also the smallest product, which is the call itself.
    """
    side, least = (SIDE, READ_BYTES) if device == "cpu" else (GPU_SIDE, GPU_READ_BYTES)
    large = sum(W.nbytes for W in weights) >= least
    size = sum(W.nbytes for W in weights) if large else max(least, 4096)

    @cache
    def square() -> Any:
        return make(np.ones((side, side), np.float32))

    @cache
    def pairs() -> list[tuple[Any, Any]]:
        read = weights if large else [np.ones((size // 4096, 1024), np.float32)]
        return [(make(W), make(np.ones(W.shape[1], np.float32))) for W in read]

    @cache
    def one() -> Any:
        return make(np.ones((1, 1), np.float32))

    def read() -> list[Any]:
        return [multiply(W, x) for W, x in pairs()]

    launch = {} if device == "cpu" else {"launch": Contender(lambda: multiply(one(), one()), None)}
    return {
        "product": Contender(lambda: multiply(square(), square()), None, operations=2 * side**3),
        "reading": Contender(read, None, bytes=size),
        **launch,
    }


def with_numpy(widths: Sequence[int], batch: int | None, device: str) -> dict[str, Contender]:
    """The fast route, on the CPU."""
    weights, x = problem(widths, batch)
    contenders = limits(lambda array: array, np.dot, weights, device)
    trees = {mode: tree(tuple(widths[::-1])) for mode, tree in ORDERS.items()}
    trees["cheapest"] = numpy_route.cheapest(widths, batch)
    small = (2,) * len(widths)
    first: dict[Order, str] = {}
    for mode, tree in trees.items():
        same = first.setdefault(tree, mode)
        run, memory = (
            partial(numpy_route.prepared(tree, widths, batch), weights, x),
            partial(traced, tree, widths, batch),
        )
        contenders[f"fast_{mode}"] = Contender(run, mode, measured_as=f"fast_{same}", memory=memory)
        calls = partial(numpy_route.prepared(tree, small, batch and 1), *problem(small, batch and 1))
        contenders[f"calls_{mode}"] = Contender(calls, None, measured_as=f"calls_{same}")
    return contenders


def traced(tree: Order, widths: Sequence[int], batch: int | None) -> Memory:
    """What the fast route takes of NumPy and Python, with the buffers that it keeps for further calls."""
    weights, x = problem(widths, batch)
    tracemalloc.start()
    try:
        numpy_route.prepared(tree, widths, batch)(weights, x)
        return tracemalloc.get_traced_memory()[1], None
    finally:
        tracemalloc.stop()


def with_torch(widths: Sequence[int], batch: int | None, device: str) -> dict[str, Contender]:
    """The modes as written, compiled, and (with CUDA) as a graph; the assignment's code; torch's own functions."""
    import torch  # noqa: PLC0415

    arrays, inputs = problem(widths, batch)
    weights, x = [torch.from_numpy(W).to(device) for W in arrays], torch.from_numpy(inputs).to(device)
    torch._dynamo.reset()  # it keeps only so many shapes of a function
    contenders = {
        **limits(lambda array: torch.from_numpy(array).to(device), torch.matmul, arrays, device),
        **_by_hand(widths, batch, weights, x, device),
        **_automatic(batch, weights, x),
    }
    wait = None if device == "cpu" else lambda _: torch.accelerator.synchronize()
    measure = profiled if device == "cpu" else on_the_gpu
    return {
        name: replace(each, wait=wait, memory=None if each.mode is None else partial(measure, each.run))
        for name, each in contenders.items()
    }


def _by_hand(
    widths: Sequence[int], batch: int | None, weights: Sequence[Any], x: Any, device: str
) -> dict[str, Contender]:
    import torch  # noqa: PLC0415

    from byhand.jacobian.modes import MODES, in_order, slopes  # noqa: PLC0415
    from byhand.jacobian.rivals import PUBLISHED  # noqa: PLC0415

    contenders: dict[str, Contender] = {}

    def add(
        name: str, function: Callable[..., Any], mode: str, precision: str = "float32", kind: Any = torch.float32
    ) -> None:
        @cache
        def given() -> tuple[list[Any], Any]:
            return [W.to(kind) for W in weights], x.to(kind)

        @torch.no_grad()
        def run() -> Any:
            return function(*given())

        contenders[name] = Contender(run, mode, precision=precision)

    for mode, function in MODES.items():
        add(mode, function, mode)
        # The compiler is not shown the dynamic program, whose cache it would warn about.
        found_order = partial(in_order, ORDERS[mode](tuple(widths[::-1])))
        plain = (lambda W, x, o=found_order: o(W, slopes(W, x))) if mode == "cheapest" else function
        add(f"compiled_{mode}", torch.compile(plain, dynamic=False), mode)
        if device == "cuda":
            contenders[f"graph_{mode}"] = Contender(as_graph(function, weights, x), mode)
        lower = lower_precisions(device)
        if "tf32" in lower:
            add(f"tf32_{mode}", in_tf32(function), mode, "tf32")
        if "bfloat16" in lower:
            add(f"bfloat16_{mode}", function, mode, "bfloat16", torch.bfloat16)
    for name, function in PUBLISHED.items():
        add(name, function if batch is None else one_by_one(function), name.removeprefix("published_"))
    return contenders


def _automatic(batch: int | None, weights: Sequence[Any], x: Any) -> dict[str, Contender]:
    import torch  # noqa: PLC0415

    from byhand.jacobian.rivals import AUTOMATIC  # noqa: PLC0415

    contenders: dict[str, Contender] = {}
    for name, function in AUTOMATIC.items():
        transform = name.startswith("jac")
        several = torch.func.vmap(function, (None, 0)) if transform else one_by_one(function)
        called = function if batch is None else several
        mode = "forward" if name in ("jacfwd", "functional_forward") else "reverse"
        # These need autograd's graphs, which no_grad would disable.
        contenders[name] = Contender(partial(called, weights, x), mode)
        if transform:
            compiled = torch.compile(lambda W, x, called=called: called(W, x), dynamic=False)
            contenders[f"compiled_{name}"] = Contender(partial(compiled, weights, x), mode)
    return contenders


def lower_precisions(device: str) -> list[str]:
    """In which lower precisions a GPU multiplies faster; what a device other than CUDA has is seen when it is used."""
    import torch  # noqa: PLC0415

    if device != "cuda":
        return [] if device == "cpu" else ["bfloat16"]
    tf32 = torch.version.hip is None and torch.cuda.get_device_capability() >= (8, 0)
    bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)
    return [name for name, there in (("tf32", tf32), ("bfloat16", bfloat16)) if there]


def in_tf32(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function with its products in TF32, which is allowed during this call only."""
    import torch  # noqa: PLC0415

    def run(*arguments: Any) -> Any:
        torch.set_float32_matmul_precision("high")
        try:
            return function(*arguments)
        finally:
            torch.set_float32_matmul_precision("highest")

    return run


def profiled(run: Callable[[], object]) -> Memory:
    """What torch takes of the CPU's memory, by its profiler."""
    import torch  # noqa: PLC0415

    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as profile:
        result = run()
    events = [each for each in profile.profiler.kineto_results.events() if each.name() == "[memory]"]
    changes = [each.nbytes() for each in sorted(events, key=lambda each: each.start_ns())]
    del result
    return int(max(np.cumsum(changes), default=0)), sum(change > 0 for change in changes)


def on_the_gpu(run: Callable[[], object]) -> Memory:
    """What torch takes of the GPU's memory, by its allocator."""
    import torch  # noqa: PLC0415

    memory = torch.accelerator
    memory.synchronize()
    memory.reset_peak_memory_stats()
    held, counted = memory.memory_allocated(), memory.memory_stats()["allocation.all.allocated"]
    run()
    memory.synchronize()
    return memory.max_memory_allocated() - held, memory.memory_stats()["allocation.all.allocated"] - counted


def one_by_one(function: Callable[..., Any]) -> Callable[..., Any]:
    """A batched version of a function that takes one input."""
    import torch  # noqa: PLC0415

    return lambda weights, x: torch.stack([function(weights, point) for point in x])


def as_graph(function: Callable[..., Any], weights: Sequence[Any], x: Any) -> Callable[[], Any]:
    """The same work recorded at the first call as a CUDA graph, so that a call launches it whole.

    A graph knows only where the weights and x are in memory; `recorded` keeps them there.
    """
    import torch  # noqa: PLC0415

    @cache
    def recorded() -> tuple[Any, Any]:
        aside = torch.cuda.Stream()
        aside.wait_stream(torch.cuda.current_stream())
        with torch.no_grad(), torch.cuda.stream(aside):
            for _ in range(3):
                function(weights, x)
        torch.cuda.current_stream().wait_stream(aside)
        graph = torch.cuda.CUDAGraph()
        with torch.no_grad(), torch.cuda.graph(graph):
            result = function(weights, x)
        return graph, result

    def replay() -> Any:
        graph, result = recorded()
        graph.replay()
        return result

    return replay


def with_jax(widths: Sequence[int], batch: int | None, device: str) -> dict[str, Contender]:
    """JAX's two modes, compiled whole; of a batch `vmap(jacrev(f))`, as its documentation does for gradients."""
    import jax  # noqa: PLC0415

    def network(weights: Sequence[Any], x: Any) -> Any:
        for W in weights[:-1]:
            x = jax.numpy.tanh(W @ x)
        return weights[-1] @ x

    def memory(called: Any) -> Memory:
        planned = called.lower(weights, x).compile().memory_analysis()
        return planned.temp_size_in_bytes + planned.output_size_in_bytes, None

    arrays, inputs = problem(widths, batch)
    weights, x = [jax.numpy.asarray(W) for W in arrays], jax.numpy.asarray(inputs)
    contenders = limits(jax.numpy.asarray, jax.jit(lambda left, right: left @ right), arrays, device)
    for name, transform, mode in (("jacrev", jax.jacrev, "reverse"), ("jacfwd", jax.jacfwd, "forward")):
        function = transform(network, argnums=1)
        called = jax.jit(function if batch is None else jax.vmap(function, (None, 0)))
        contenders[f"jax_{name}"] = Contender(partial(called, weights, x), mode, memory=partial(memory, called))
    return {name: replace(each, wait=jax.block_until_ready) for name, each in contenders.items()}


LIBRARIES = {"numpy": with_numpy, "torch": with_torch, "jax": with_jax}

"""Everything that the benchmark times, ready to be called for one shape; each library is imported in its own process.

A contender is a function without arguments that computes J once and has finished when it returns, and the mode whose
products it needs (which gives its floor). Torch on a GPU and JAX return before they have finished, so each of their
calls is waited for, limits included. What only one contender needs is made at its first call: a compiled function, a
CUDA graph, the arrays of a limit. `product` and `reading` are the machine's limits: one large matrix product, and
reading the weights once. `calls_MODE` makes the calls of the fast route at widths of 2, where they have next to nothing
to do.
"""

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
SIDE = 1000
"""Rows and columns of the product that shows the machine's rate."""
READ_BYTES = 2**22
"""At least this much is read to measure the bandwidth; with less, it would be the cost of a call."""


@dataclass(frozen=True)
class Contender:
    """Computes J (or a limit: mode None); `operations` and `bytes` are what a limit does.

    `measured_as` names another contender whose calls are identical, so that one time holds for both.
    """

    run: Callable[[], Any]
    mode: str | None
    operations: int = 0
    bytes: int = 0
    measured_as: str = ""


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
        gpu = torch.cuda.get_device_name() if device == "cuda" else None
        return {"gpu": gpu, "float32_products": torch.get_float32_matmul_precision()}
    if library == "jax":
        import jax  # noqa: PLC0415

        if jax.default_backend() != {"cpu": "cpu", "cuda": "gpu"}[device]:
            raise ImportError(f"this JAX computes on {jax.default_backend()}")
        jax.config.update("jax_default_matmul_precision", "highest")
        gpu = jax.devices()[0].device_kind if device == "cuda" else None
        return {"gpu": gpu, "float32_products": jax.config.jax_default_matmul_precision}
    return {"gpu": None, "float32_products": "highest"}  # NumPy knows no other


def waited_for(contenders: dict[str, Contender], wait: Callable[[Any], object]) -> dict[str, Contender]:
    """The contenders, of which each calls `wait` with its result before it returns."""

    def waiting(run: Callable[[], Any]) -> Callable[[], Any]:
        def run_and_wait() -> Any:
            result = run()
            wait(result)
            return result

        return run_and_wait

    return {name: replace(contender, run=waiting(contender.run)) for name, contender in contenders.items()}


def limits(
    make: Callable[[Array], Any], multiply: Callable[[Any, Any], Any], weights: Sequence[Array]
) -> dict[str, Contender]:
    """A large product, and a vector times every weight, with enough work that the call itself does not dominate."""
    size = sum(W.nbytes for W in weights)
    if size < READ_BYTES:
        weights = [np.ones((READ_BYTES // 4096, 1024), np.float32)]
        size = weights[0].nbytes

    @cache
    def square() -> Any:
        return make(np.ones((SIDE, SIDE), np.float32))

    @cache
    def pairs() -> list[tuple[Any, Any]]:
        return [(make(W), make(np.ones(W.shape[1], np.float32))) for W in weights]

    def read() -> list[Any]:
        return [multiply(W, x) for W, x in pairs()]

    return {
        "product": Contender(lambda: multiply(square(), square()), None, operations=2 * SIDE**3),
        "reading": Contender(read, None, bytes=size),
    }


def with_numpy(widths: Sequence[int], batch: int | None, device: str) -> dict[str, Contender]:
    """The fast route, on the CPU."""
    weights, x = problem(widths, batch)
    contenders = limits(lambda array: array, np.dot, weights)
    trees = {mode: tree(tuple(widths[::-1])) for mode, tree in ORDERS.items()}
    trees["cheapest"] = numpy_route.cheapest(widths, batch)
    small = (2,) * len(widths)
    first: dict[Order, str] = {}
    for mode, tree in trees.items():
        same = first.setdefault(tree, mode)
        route = numpy_route.prepared(tree, widths, batch)
        calls = numpy_route.prepared(tree, small, batch and 1)
        for name, run, of_mode in (
            ("fast", partial(route, weights, x), mode),
            ("calls", partial(calls, *problem(small, batch and 1)), None),
        ):
            contenders[f"{name}_{mode}"] = Contender(run, of_mode, measured_as=f"{name}_{same}")
    return contenders


def with_torch(widths: Sequence[int], batch: int | None, device: str) -> dict[str, Contender]:
    """The modes as written, compiled, and (on a GPU) as a CUDA graph; the assignment's code; torch's own functions."""
    import torch  # noqa: PLC0415

    from byhand.jacobian.modes import MODES, in_order, slopes  # noqa: PLC0415
    from byhand.jacobian.rivals import AUTOMATIC, PUBLISHED  # noqa: PLC0415

    arrays, inputs = problem(widths, batch)
    weights, x = [torch.from_numpy(W).to(device) for W in arrays], torch.from_numpy(inputs).to(device)
    contenders = limits(lambda array: torch.from_numpy(array).to(device), torch.matmul, arrays)
    torch._dynamo.reset()  # it keeps only so many shapes of a function

    def add(name: str, function: Callable[..., Any], mode: str) -> None:
        @torch.no_grad()
        def run() -> Any:
            return function(weights, x)

        contenders[name] = Contender(run, mode)

    for mode, function in MODES.items():
        add(mode, function, mode)
        # The compiler is not shown the dynamic program, whose cache it would warn about.
        found_order = partial(in_order, ORDERS[mode](tuple(widths[::-1])))
        plain = (lambda W, x, o=found_order: o(W, slopes(W, x))) if mode == "cheapest" else function
        add(f"compiled_{mode}", torch.compile(plain, dynamic=False), mode)
        if device == "cuda":
            contenders[f"graph_{mode}"] = Contender(as_graph(function, weights, x), mode)
    for name, function in PUBLISHED.items():
        add(name, function if batch is None else one_by_one(function), name.removeprefix("published_"))
    for name, function in AUTOMATIC.items():
        several = torch.func.vmap(function, (None, 0)) if name.startswith("jac") else one_by_one(function)
        called = function if batch is None else several
        mode = "forward" if name in ("jacfwd", "functional_forward") else "reverse"
        # These need autograd's graphs, which no_grad would disable.
        contenders[name] = Contender(partial(called, weights, x), mode)
    return contenders if device == "cpu" else waited_for(contenders, lambda _: torch.cuda.synchronize())


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
    """JAX's two modes, compiled whole."""
    import jax  # noqa: PLC0415

    def network(weights: Sequence[Any], x: Any) -> Any:
        for W in weights[:-1]:
            x = jax.numpy.tanh(W @ x)
        return weights[-1] @ x

    arrays, inputs = problem(widths, batch)
    weights, x = [jax.numpy.asarray(W) for W in arrays], jax.numpy.asarray(inputs)
    contenders = limits(jax.numpy.asarray, jax.jit(lambda left, right: left @ right), arrays)
    for name, transform, mode in (("jacrev", jax.jacrev, "reverse"), ("jacfwd", jax.jacfwd, "forward")):
        function = transform(network, argnums=1)
        called = jax.jit(function if batch is None else jax.vmap(function, (None, 0)))
        contenders[f"jax_{name}"] = Contender(partial(called, weights, x), mode)
    return waited_for(contenders, jax.block_until_ready)


LIBRARIES = {"numpy": with_numpy, "torch": with_torch, "jax": with_jax}

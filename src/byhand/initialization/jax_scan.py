"""The same steps in JAX, compiled: `lax.scan` over the batches, `vmap` over the runs. A separate process, on demand.

Each line of standard input is a number of runs; the answer is the seconds that the steps took, and the norm of the
first weight matrix after them, so that the benchmark can check the computation. JAX is an optional dependency.
"""

import argparse
import os
import sys
import time
from pathlib import Path
from typing import Any

import jax
import numpy as np
from jax import numpy as jnp


def main(arguments: argparse.Namespace) -> None:
    """Answer until the input ends."""
    if hasattr(os, "sched_setaffinity"):  # JAX uses one thread for each processor available to it
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[: arguments.threads])
    with np.load(arguments.start) as arrays:
        x, labels = jnp.asarray(arrays["x"]), jnp.asarray(arrays["labels"])
        layers = len([name for name in arrays if name.startswith("W")])
        weights = [jnp.asarray(arrays[f"W{layer}"]) for layer in range(layers)]

    def loss(parameters: Any, x: Any, labels: Any) -> Any:
        for W, b in parameters[:-1]:
            x = jnp.tanh(x @ W + b)
        W, b = parameters[-1]
        logarithms = jax.nn.log_softmax(x @ W + b)
        return -jnp.take_along_axis(logarithms, labels[:, None], 1).mean()

    def step(parameters: Any, batch: Any) -> Any:
        value, gradient = jax.value_and_grad(loss)(parameters, *batch)
        return jax.tree.map(lambda p, g: p - arguments.learning_rate * g, parameters, gradient), value

    run = jax.jit(jax.vmap(lambda parameters: jax.lax.scan(step, parameters, (x, labels))))
    ready: dict[int, Any] = {}
    for line in sys.stdin:
        runs = int(line)
        if runs not in ready:
            ready[runs] = [(W[:runs], jnp.zeros((runs, W.shape[2]))) for W in weights]
            jax.block_until_ready(run(ready[runs]))
        started = time.perf_counter()
        parameters, _ = jax.block_until_ready(run(ready[runs]))
        seconds = time.perf_counter() - started
        print(seconds, float(jnp.linalg.norm(parameters[0][0][0])), flush=True)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--start", type=Path, required=True, help="batches and weights (.npz)")
    parser.add_argument("--learning-rate", type=float, required=True, help="learning rate of gradient descent")
    parser.add_argument("--threads", type=int, required=True, help="processors to use")
    main(parser.parse_args())

"""Put measurement beside print, beside theory, and beside depth: the tables that answer the document's question."""

import argparse
from pathlib import Path

import pandas as pd

from byhand import step, tables
from byhand.initialization import comparison

CELL = ["dataset", "fallback_for", "initialization", "depth", "hidden_width"]


def main(arguments: argparse.Namespace) -> None:
    """Write the tables."""
    own = [*comparison.MEASURES, *(f"running_{measure}" for measure in comparison.MEASURES)]
    curves = pd.concat(
        tables.read(path, [*CELL, "order", "seed", "epoch", "diverged_at_step", *own]) for path in arguments.curves
    )
    layers = pd.concat(tables.read(path, [*CELL, "order", "seed", "epoch", "layer"]) for path in arguments.layers)
    signal = pd.concat(tables.read(path, [*CELL, "pixels", "layer", "delta_ratio"]) for path in arguments.propagation)
    norms = pd.concat(tables.read(path, [*CELL, "pixels", "layer", "seed", "delta_norm"]) for path in arguments.norms)
    printed = tables.read(arguments.published, ["init", "epoch", *list(comparison.MEASURES)[::2]])
    data = {name: str(curves[name].iloc[0]) for name in ("dataset", "fallback_for")}
    if data["dataset"] != "mnist":
        printed = printed.iloc[:0]  # nothing was printed about other data
    document = curves[(curves["depth"] == arguments.depth) & (curves["hidden_width"] == arguments.hidden_width)]
    made = (
        comparison.document(document, printed),
        comparison.depth(curves, layers),
        comparison.agreement(signal, norms),
    )
    for table, path in zip(made, arguments.output, strict=True):
        tables.write(table.assign(**data), path)
    step.finish(
        arguments,
        arguments.output,
        inputs=[*arguments.curves, *arguments.layers, *arguments.propagation, *arguments.norms, arguments.published],
        data=data,
    )


if __name__ == "__main__":
    parser = step.parser(__doc__)
    parser.add_argument("--curves", type=Path, nargs="+", required=True, help="training of each network (.csv)")
    parser.add_argument("--layers", type=Path, nargs="+", required=True, help="layers of each trained network (.csv)")
    parser.add_argument("--propagation", type=Path, nargs="+", required=True, help="layers of random networks (.csv)")
    parser.add_argument("--norms", type=Path, nargs="+", required=True, help="norms of random networks (.csv)")
    parser.add_argument("--published", type=Path, required=True, help="the running means that were printed (.csv)")
    parser.add_argument("--depth", type=int, required=True, help="depth of the document's network")
    parser.add_argument("--hidden-width", type=int, required=True, help="width of its hidden layers")
    parser.add_argument("--output", type=Path, nargs=3, required=True, help="document, depth, agreement to write")
    step.run(main, parser)

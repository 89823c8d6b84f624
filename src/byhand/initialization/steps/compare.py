"""Put measurement beside print, beside theory, and beside depth: the tables that answer the document's question."""

import argparse
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from byhand import step
from byhand.initialization import cells, comparison
from byhand.step import tables

CELL = ["dataset", "fallback_for", "initialization", "depth", "hidden_width"]


@dataclass(frozen=True)
class Settings:
    """Which networks there are: the grid, and the document's own."""

    initializations: tuple[str, ...]
    depths: tuple[int, ...]
    hidden_widths: tuple[int, ...]
    document_initializations: tuple[str, ...]
    depth: int
    hidden_width: int

    def cells(self) -> list[cells.Cell]:
        """All networks.

        Their files are found by these few names, because a command line does not hold those of a thousand networks.
        """
        grid = {"initializations": self.initializations, "depths": self.depths, "hidden_widths": self.hidden_widths}
        own = {"initializations": self.document_initializations, "depth": self.depth, "hidden_width": self.hidden_width}
        return cells.cells({"grid": grid, "document": own})


def main(arguments: argparse.Namespace) -> None:
    """Write the tables."""
    settings = step.settings(arguments, Settings)
    files = {
        name: [folder / path for path in cells.paths(pattern, settings.cells())]
        for name, folder, pattern in (
            ("curves", arguments.training, f"{cells.PATH}.csv"),
            ("layers", arguments.training, f"{cells.PATH}_layers.csv"),
            ("propagation", arguments.propagation, "{initialization}.csv"),
            ("norms", arguments.propagation, "{initialization}_norms.csv"),
        )
    }
    own = [*comparison.MEASURES, *(f"running_{measure}" for measure in comparison.MEASURES)]
    curves = pd.concat(
        tables.read(path, [*CELL, "order", "seed", "epoch", "diverged_at_step", *own]) for path in files["curves"]
    )
    layers = pd.concat(tables.read(path, [*CELL, "order", "seed", "epoch", "layer"]) for path in files["layers"])
    signal = pd.concat(tables.read(path, [*CELL, "pixels", "layer", "delta_ratio"]) for path in files["propagation"])
    norms = pd.concat(tables.read(path, [*CELL, "pixels", "layer", "seed", "delta_norm"]) for path in files["norms"])
    printed = tables.read(arguments.published, ["init", "epoch", *list(comparison.MEASURES)[::2]])
    data = {name: str(curves[name].iloc[0]) for name in ("dataset", "fallback_for")}
    if data["dataset"] != "mnist":
        printed = printed.iloc[:0]  # nothing was printed about other data
    document = curves[(curves["depth"] == settings.depth) & (curves["hidden_width"] == settings.hidden_width)]
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
        inputs=[*(path for group in files.values() for path in group), arguments.published],
        data=data,
    )


if __name__ == "__main__":
    parser = step.parser(__doc__, Settings)
    parser.add_argument("--training", type=Path, required=True, help="the folder of trained networks' tables")
    parser.add_argument("--propagation", type=Path, required=True, help="the folder of random networks' tables")
    parser.add_argument("--published", type=Path, required=True, help="the running means that were printed (.csv)")
    parser.add_argument("--output", type=Path, nargs=3, required=True, help="document, depth, agreement to write")
    step.run(main, parser)

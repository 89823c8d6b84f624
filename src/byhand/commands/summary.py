"""The last words of a run: where the results are, and on which data they stand."""

import json
import sys
from pathlib import Path


def told(results: Path) -> str:
    """A few lines for the terminal, from the provenance of the data sets under `results`."""
    lines = [f"Results: {results.resolve()}"]
    for path in sorted((results / "data").glob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        dataset, wanted = record["dataset"], record["fallback_for"]
        lines.append(f"Data, {path.stem}: {dataset.replace('_', ' ')}")
        if wanted:
            lines[-1] += f"  <- BUNDLED FALLBACK: {wanted.replace('_', ' ')} could not be had"
            lines += [f"    {reason}" for reason in record["refusals"]]
    return "\n".join(lines)


if __name__ == "__main__":
    print(told(Path(*sys.argv[1:2] or ["results"])))

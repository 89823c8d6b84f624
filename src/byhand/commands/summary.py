"""The closing lines of a run: the verdicts, the data that they are about, and where the results are."""

import csv
import sys
from collections import Counter
from pathlib import Path

from byhand.errors import BadInput
from byhand.step import provenance


def summary_text(results: Path) -> str:
    """A few lines for the terminal, from what is in the folder `results`."""
    if not results.is_dir():  # they are on an object store
        return ""
    lines = [f"Results: {results.resolve()}"]
    claims = results / "report" / "claims.csv"
    if claims.is_file():
        with claims.open(encoding="utf-8", newline="") as file:
            verdicts = Counter(row["verdict"] for row in csv.DictReader(file) if not row["author"])
        lines.append("Claims: " + ", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common()))
    for path in sorted((results / "data").glob("*.json")):
        try:
            record = provenance.read(path)
        except BadInput as error:
            lines.append(str(error))
            continue
        dataset, wanted = record["dataset"].replace("_", " "), record["fallback_for"].replace("_", " ")
        lines.append(f"Data, {path.stem}: {dataset}")
        if wanted:
            lines[-1] += f"  <- BUNDLED DATA in place of {wanted}, which was unavailable"
            lines += [f"    {reason}" for reason in record["refusals"]]
    page = results / "report.html"
    return "\n".join([*lines, *([f"Page: {page.resolve()}"] if page.is_file() else [])])


if __name__ == "__main__":
    print(summary_text(Path(*sys.argv[1:2] or ["results"])))

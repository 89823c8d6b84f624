"""Compare two folders of results byte for byte, and name what differs. Provenance, which holds times, is left aside."""

import argparse
import filecmp
from pathlib import Path

from byhand import step
from byhand.errors import BadInput


def results_in(folder: Path) -> set[str]:
    """The names of all results in a folder.

    Raises:
        BadInput: there is no such folder.
    """
    if not folder.is_dir():
        raise BadInput(f"{folder}: no such folder")
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".json")
    names = (path.relative_to(folder) for path in found)
    return {str(name) for name in names if ".snakemake" not in name.parts and str(name) != "README.md"}


def main(arguments: argparse.Namespace) -> None:
    """Say what is in one folder only, and what differs."""
    before, after = results_in(arguments.before), results_in(arguments.after)
    lines = [f"only in {arguments.before}: {name}" for name in sorted(before - after)]
    lines += [f"only in {arguments.after}: {name}" for name in sorted(after - before)]
    for name in sorted(before & after):
        if not filecmp.cmp(arguments.before / name, arguments.after / name, shallow=False):
            lines.append(f"differs: {name}")
    print("\n".join([*lines, f"{len(before & after)} results compared"]))
    if lines:
        raise BadInput(f"{len(lines)} results are not the same")


if __name__ == "__main__":
    parser = step.parser(__doc__)
    parser.add_argument("before", type=Path, help="a folder of results")
    parser.add_argument("after", type=Path, help="another one")
    step.command(main, parser)

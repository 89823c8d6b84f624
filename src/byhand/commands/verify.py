"""Compare every result with the checksum in its provenance, and name what differs."""

import argparse
import shlex
from collections.abc import Iterator
from pathlib import Path

from byhand import step
from byhand.errors import BadInput
from byhand.step import files, provenance


def differences(results: Path) -> Iterator[tuple[str, str]]:
    """The name of each changed result or unreadable provenance file, and what is wrong with it."""
    for path in provenance.files_in(results):
        name = str(path.relative_to(results.parent))
        try:
            outputs = provenance.read(path)["outputs"]
        except BadInput as error:
            yield name, str(error).removeprefix(f"{path}: ")
            continue
        for name, expected in outputs.items():
            result = results.parent / name
            try:
                checksum = files.sha256(result)
            except OSError as error:
                yield name, f"cannot be read ({error.strerror})"
                continue
            if checksum != expected:
                yield name, f"found SHA-256 {checksum[:12]}…, expected {expected[:12]}…"


def main(arguments: argparse.Namespace) -> None:
    """Report that every result is as it was made, or which are not."""
    if not arguments.results.is_dir():
        raise BadInput(f"{arguments.results}: no such folder")
    if not provenance.files_in(arguments.results):
        raise BadInput(f"{arguments.results}: there are no results yet; `make` writes them")
    differing = list(differences(arguments.results))
    for name, what in differing:
        print(f"{name}: {what}")
    if differing:
        names = shlex.join(name for name, _ in differing)
        raise BadInput(
            f"{len(differing)} results are not as they were made. Make them again: `snakemake --forcerun {names}`"
        )
    print("every result is as it was made")


if __name__ == "__main__":
    parser = step.parser(__doc__)
    parser.add_argument(
        "--results", type=Path, default=Path("results"), help="the folder of results (default: results)"
    )
    step.command(main, parser)

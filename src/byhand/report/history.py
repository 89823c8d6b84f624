"""What was run: the provenance beside each result, read back, and followed from results to all that made them."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from byhand.errors import BadInput
from byhand.step import provenance


@dataclass(frozen=True)
class Record:
    """One step that was run, as its provenance tells; paths as the step was given them."""

    step: str  # as the rule is named, with a dot for the first underscore: housing.train, relu.figure_depth
    settings: str
    outputs: frozenset[str]
    inputs: frozenset[str]
    seconds: float
    finished: str
    versions: tuple[tuple[str, str], ...]
    processor: str
    cores: int
    gpu: str
    system: str

    @property
    def problem(self) -> str:
        """The folder of the step."""
        return self.step.partition(".")[0]


def read(path: Path) -> Record:
    """The record of one file of provenance.

    Raises:
        BadInput: it is none.
    """
    found = provenance.read(path)
    try:
        hardware = found["hardware"]
        return Record(
            settings=json.dumps(found["settings"]),
            step=found["step"].removeprefix("byhand.").replace(".steps.", ".").replace(".figures.", ".figure_"),
            outputs=frozenset(found["outputs"]),
            inputs=frozenset(found["inputs"]),
            seconds=float(found["wall_seconds"]),
            finished=found["finished"],
            versions=tuple(found["versions"].items()),
            processor=str(hardware["processor"]),
            cores=int(hardware["cores"]),
            gpu=str(hardware["gpu"] or ""),
            system=str(hardware["system"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{path}: is not the provenance of a result ({type(error).__name__}: {error})") from error


def merged(records: Iterable[Record]) -> list[Record]:
    """One record for each job: a job writes the provenance of each of its outputs, alike in all but the output."""
    outputs: dict[Record, frozenset[str]] = defaultdict(frozenset)
    for record in records:
        outputs[replace(record, outputs=frozenset())] |= record.outputs
    return [replace(job, outputs=found) for job, found in outputs.items()]


def behind(results: Path, made: Iterable[Path]) -> list[Record]:
    """The records of all steps that `made` rests on, by way of their inputs, in the order of finishing.

    What lies in `results` from an earlier configuration is left out.

    Raises:
        BadInput: a file of provenance cannot be read.
    """
    records = merged(map(read, provenance.files_in(results)))
    maker = {output: record for record in records for output in record.outputs}
    wanted, found = [str(path) for path in made], set()
    while wanted:
        record = maker.get(wanted.pop())
        if record is not None and record not in found:
            found.add(record)
            wanted += record.inputs
    return sorted(found, key=lambda record: (record.finished, record.step, sorted(record.outputs)))


def edges(records: Iterable[Record]) -> set[tuple[str, str]]:
    """Which step's output is which step's input."""
    records = list(records)
    maker = {output: record.step for record in records for output in record.outputs}
    return {(maker[path], record.step) for record in records for path in record.inputs if path in maker}


def levels(steps: Iterable[str], between: set[tuple[str, str]]) -> dict[str, int]:
    """How many steps must run before each, on the longest way from a step that needs none."""
    before = {step: {first for first, second in between if second == step} for step in steps}
    found: dict[str, int] = {}

    def level(step: str) -> int:
        if step not in found:
            found[step] = 1 + max(map(level, before[step])) if before[step] else 0
        return found[step]

    for step in before:
        level(step)
    return found

"""What was run: the provenance beside each result, read back, and traced from results to everything that made them."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from byhand.errors import BadInput
from byhand.step import provenance


@dataclass(frozen=True)
class Record:
    """One step that was run, according to its provenance; paths as they were given to the step."""

    step: str  # as the rule is named, with a dot after the room: room.step, room.figure_name
    inputs: frozenset[str]
    settings: str
    seconds: float
    finished: str
    project: str
    versions: tuple[tuple[str, str], ...]
    machine: str
    outputs: frozenset[str] = frozenset()


def read(results: Path) -> list[Record]:
    """The jobs that have written into a folder of results.

    A job writes the provenance of each of its outputs, identical except for the output.

    Raises:
        BadInput: a file of provenance cannot be read.
    """
    outputs: dict[Record, frozenset[str]] = defaultdict(frozenset)
    for path in provenance.files_in(results):
        job = provenance.read(path)
        try:
            outputs[_record(job)] |= frozenset(job["outputs"])
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadInput(f"{path}: is not the provenance of a result ({type(error).__name__}: {error})") from error
    return [replace(job, outputs=paths) for job, paths in outputs.items()]


def _record(job: dict[str, Any]) -> Record:
    machine = job["hardware"]
    gpu = f", {machine['gpu']}" if machine["gpu"] else ""
    return Record(
        step=job["step"].removeprefix("byhand.").replace(".steps.", ".").replace(".figures.", ".figure_"),
        inputs=frozenset(job["inputs"]),
        settings=json.dumps(job["settings"]),
        seconds=float(job["wall_seconds"]),
        finished=str(job["finished"]),
        project=str(job["project"]),
        versions=tuple(job["versions"].items()),
        machine=f"{machine['processor']}, {machine['cores']} cores{gpu}, {machine['system']}",
    )


def behind(results: Path, wanted_results: Iterable[Path]) -> list[Record]:
    """The records of all steps that the wanted results depend on through their inputs, in order of completion.

    Anything in `results` from an earlier configuration is left out.

    Raises:
        BadInput: a file of provenance cannot be read.
    """
    records = read(results)
    maker = {output: record for record in records for output in record.outputs}
    wanted, jobs = [str(path) for path in wanted_results], set()
    while wanted:
        record = maker.get(wanted.pop())
        if record is not None and record not in jobs:
            jobs.add(record)
            wanted += record.inputs
    return sorted(jobs, key=lambda record: (record.finished, record.step, sorted(record.outputs)))


def edges(records: Iterable[Record]) -> set[tuple[str, str]]:
    """Which step's output is which step's input."""
    records = list(records)
    maker = {output: record.step for record in records for output in record.outputs}
    return {(maker[path], record.step) for record in records for path in record.inputs if path in maker}


def levels(steps: Iterable[str], between: set[tuple[str, str]]) -> dict[str, int]:
    """How many steps must run before each, on the longest path from a step that needs none."""
    before = {step: {first for first, second in between if second == step} for step in steps}
    level_of: dict[str, int] = {}

    def level(step: str) -> int:
        if step not in level_of:
            level_of[step] = 1 + max(map(level, before[step])) if before[step] else 0
        return level_of[step]

    for step in before:
        level(step)
    return level_of

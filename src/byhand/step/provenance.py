"""Where a result comes from: code, configuration, inputs, versions, machine and time, as JSON beside the table."""

import datetime
import importlib.metadata
import json
import os
import platform
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from byhand.errors import BadInput
from byhand.step import files
from byhand.workflow import fingerprint

PACKAGES = ("snakemake", "torch", "torchvision", "scikit-learn", "numpy", "pandas", "matplotlib")

KERNELS = ("OPENBLAS_", "MKL_", "ATEN_", "NPY_")
"""How variables begin that choose the processor's kernels, on which the last digits of a result depend."""


def write(
    outputs: Sequence[Path],
    *,
    step: str,
    settings: Mapping[str, Any],
    inputs: Sequence[Path],
    threads: int,
    wall_seconds: float,
    facts: Mapping[str, Any],
    gpu: str | None = None,
) -> None:
    """Write `<output>.json` beside each output: everything that is needed to trace it to what made it.

    The pictures of a figure, which differ only in format, have one record. Times and the machine are recorded only
    here, so that the outputs of two runs can be compared byte for byte.
    """
    # Some are imported by a computed name; a folder without __init__.py is in sys.modules too, and no code.
    used = [step, *(name for name, module in sys.modules.items() if name.startswith("byhand.") and module.__file__)]
    shared = {
        "inputs": {str(path): files.sha256(path) for path in inputs},
        "code": {"fingerprint": fingerprint.code(*used), "modules": sorted(fingerprint.modules(*used))},
        "settings": settings,
        **facts,
        "project": os.environ.get("BYHAND_VERSION", "run by hand"),
        "versions": versions(),
        "hardware": hardware(gpu),
        "threads": threads,
        "wall_seconds": round(wall_seconds, 3),
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    for place in dict.fromkeys(path.with_suffix(".json") for path in outputs):
        beside = [path for path in outputs if path.with_suffix(".json") == place]
        record = {"step": step, "outputs": {str(path): files.sha256(path) for path in beside}, **shared}
        files.write_text(place, json.dumps(record, indent=2, default=str) + "\n")


def files_in(results: Path) -> list[Path]:
    """The provenance files in a folder of results."""
    return [path for path in sorted(results.rglob("*.json")) if ".snakemake" not in path.relative_to(results).parts]


def read(path: Path) -> dict[str, Any]:
    """What one file of provenance says.

    Raises:
        BadInput: it cannot be read, or is not the provenance of a result.
    """
    try:
        record: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        record["outputs"] = dict(record["outputs"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadInput(f"{path}: is not the provenance of a result ({type(error).__name__}: {error})") from error
    return record


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that results depend on."""
    known = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            known[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            known[package] = "not installed"
    return known


def hardware(gpu: str | None = None) -> dict[str, Any]:
    """The processor, the cores this process may use, which kernels it is told to use, and the GPU if one was used."""
    return {
        "processor": _processor(),
        "machine": platform.machine(),
        "system": _system(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "kernels": {name: value for name, value in os.environ.items() if name.startswith(KERNELS)},
        "gpu": gpu,
    }


def _system() -> str:
    """What `platform.platform` says on Linux, without the process that it starts to find the processor's name.

    While that process starts, a cluster counts the step's memory twice, and may kill the job for it.
    """
    kernel, library = os.uname(), "".join(platform.libc_ver())
    return "-".join([kernel.sysname, kernel.release, kernel.machine, *(["with", library] if library else [])])


def _processor() -> str:
    """The processor's name; Linux keeps it where `platform.processor` does not look."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"

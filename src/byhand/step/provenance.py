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

from byhand.step import files
from byhand.workflow import fingerprint

PACKAGES = ("snakemake", "torch", "torchvision", "scikit-learn", "numpy", "pandas", "matplotlib")


def write(
    outputs: Sequence[Path],
    *,
    step: str,
    settings: Mapping[str, Any],
    inputs: Sequence[Path],
    threads: int,
    wall_seconds: float,
    facts: Mapping[str, Any],
) -> None:
    """Write `<first output>.json`: everything that is needed to trace the outputs to what made them.

    Times and machine stand only here, so that the outputs of two runs can be compared byte for byte.
    """
    record = {
        "step": step,
        "outputs": {str(path): files.sha256(path) for path in outputs},
        "inputs": {str(path): files.sha256(path) for path in inputs},
        "code": {"fingerprint": fingerprint.code(step), "modules": sorted(fingerprint.modules(step))},
        "settings": settings,
        **facts,
        "versions": versions(),
        "hardware": hardware(),
        "threads": threads,
        "wall_seconds": round(wall_seconds, 3),
        "finished": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    files.write_text(outputs[0].with_suffix(".json"), json.dumps(record, indent=2, default=str) + "\n")


def versions() -> dict[str, str]:
    """The versions of Python and of the packages that results depend on."""
    found = {"python": platform.python_version()}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "not installed"
    return found


def hardware() -> dict[str, str | int | None]:
    """The processor, the cores this process may use, and the GPU if the step has used one."""
    torch = sys.modules.get("torch")
    return {
        "processor": _processor(),
        "machine": platform.machine(),
        "system": platform.platform(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "gpu": torch.cuda.get_device_name() if torch is not None and torch.cuda.is_initialized() else None,
    }


def _processor() -> str:
    """The processor's name; Linux keeps it where `platform.processor` does not look."""
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or "unknown"

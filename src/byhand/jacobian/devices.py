"""Which devices torch can use here. Asked while Snakemake reads the rules, so torch answers in a process of its own."""

import importlib.util
import json
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from byhand.errors import BadInput

GPUS = ("cuda", "mps", "xpu")
"""The names that torch gives to GPUs of NVIDIA and AMD, Apple, and Intel."""

QUESTION = """
import json, torch
found = torch.accelerator.current_accelerator()
why = "this torch is built for the CPU alone" if found is None else None
try:
    float(torch.ones(1, device=found or "cpu"))
except Exception as error:
    why = (str(error).splitlines() or [type(error).__name__])[0]
print(json.dumps([found and found.type, why]))
"""
"""A driver may be too old or the GPU hidden, so one number is computed on it."""


class Gpu(NamedTuple):
    """The GPU: torch's name for it, and why torch cannot use it. Without a reason or a name, there is none."""

    name: str | None
    why_not: str | None


@cache
def gpu() -> Gpu:
    """The GPU of this machine. Torch, whose import takes seconds, is asked only where there are signs of one."""
    return ask() if seen() else Gpu(None, None)


def seen(root: Path = Path("/"), torch_version: str | None = None) -> bool:
    """Whether a driver shows a GPU, of a maker that this torch may be built for.

    Args:
        root: where `/dev` and `/proc` are.
        torch_version: the text of `torch/version.py`, by default that of the installed torch.
    """
    if sys.platform == "darwin":
        return platform.machine() == "arm64"
    signs = ["dev/nvidia[0-9]*", "proc/driver/nvidia/gpus/*", "dev/dxg", "dev/kfd"]  # dxg: Windows's Linux; kfd: AMD
    if "xpu: Optional[str] = '" in (_torch_version() if torch_version is None else torch_version):
        signs.append("dev/dri/renderD*")  # which most desktops have
    return any(True for sign in signs for _ in root.glob(sign))


def _torch_version() -> str:
    spec = importlib.util.find_spec("torch")
    return Path(str(spec.origin)).with_name("version.py").read_text(encoding="utf-8") if spec else ""


def ask(python: str = sys.executable, seconds: float = 120) -> Gpu:
    """Ask torch in a process of its own, which may take that long."""
    try:
        done = subprocess.run(
            [python, "-c", QUESTION], capture_output=True, text=True, check=True, timeout=seconds, cwd="/"
        )
        return Gpu(*json.loads(done.stdout.splitlines()[-1]))
    except subprocess.TimeoutExpired:
        return Gpu(None, f"torch did not answer within {seconds:g} s")
    except (OSError, subprocess.CalledProcessError, ValueError, IndexError) as error:
        lines = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
        return Gpu(None, lines[-1] if lines else type(error).__name__)


def chosen(wanted: str | Sequence[str], find: Callable[[], Gpu] = gpu) -> list[str]:
    """The devices to measure, by torch's names; `auto` are the CPU and the GPU, if there is one that torch can use.

    Raises:
        BadInput: a GPU is wanted, and it is not there or torch cannot use it.
    """
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    if names == ["cpu"]:
        return names
    name, why_not = find()
    if names == ["auto"]:
        if why_not:
            print(f"jacobian.devices: auto measures the CPU alone: {why_not}", file=sys.stderr)
        return ["cpu", *([name] if name and not why_not else [])]
    for each in names:
        if each != "cpu" and (why_not or each not in ("gpu", name) or name is None):
            found = f"torch finds {name}" if name else "no GPU is here"
            raise BadInput(f"config: jacobian.devices: found {each}, expected cpu: {why_not or found}")
    return list(dict.fromkeys(str(name) if each == "gpu" else each for each in names))

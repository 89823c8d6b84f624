"""Which devices torch can use here. Asked while Snakemake reads the rules, so torch itself is not imported."""

import ctypes
import importlib.util
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from byhand.errors import BadInput


def why_no_gpu(root: Path = Path("/"), torch_version: str | None = None) -> str | None:
    """Why torch cannot use a GPU here, or None if it can; an empty string if no GPU is seen at all.

    A driver shows a GPU as a device file, which may be there although torch has no CUDA, the driver is too old for it,
    or the GPU is hidden (`CUDA_VISIBLE_DEVICES`, a container, a control group). So the driver itself is asked.

    Args:
        root: where `/dev` and `/proc` are.
        torch_version: the text of `torch/version.py`, by default that of the installed torch.
    """
    signs = ("dev/nvidia[0-9]*", "proc/driver/nvidia/gpus/*", "dev/dxg")  # the last is the Windows Subsystem for Linux
    if not any(True for sign in signs for _ in root.glob(sign)):
        return ""
    built_for = re.search(r"^cuda\b.*= '(\d+)", torch_version or _torch_version(), re.MULTILINE)
    if built_for is None:
        return "this torch is built without CUDA"
    try:
        driver = ctypes.CDLL("libcuda.so.1")
    except OSError:
        return "the driver's library libcuda.so.1 cannot be loaded"
    number = ctypes.c_int(0)
    if status := driver.cuInit(0):
        return f"the driver refuses to start (CUDA error {status})"
    driver.cuDriverGetVersion(ctypes.byref(number))
    if number.value // 1000 < int(built_for[1]):
        return f"the driver supports CUDA {number.value // 1000}, and torch needs {built_for[1]}"
    driver.cuDeviceGetCount(ctypes.byref(number))
    return None if number.value else "the driver shows no GPU to this process"


def _torch_version() -> str:
    spec = importlib.util.find_spec("torch")
    return Path(str(spec.origin)).with_name("version.py").read_text(encoding="utf-8") if spec else ""


def chosen(wanted: str | Sequence[str], no_gpu: str | None) -> list[str]:
    """The devices to measure: those that torch can use for `auto`, else the wanted ones. `no_gpu` is from `why_no_gpu`.

    Raises:
        BadInput: a GPU is wanted and cannot be used.
    """
    if wanted == "auto":
        if no_gpu:
            print(f"jacobian.devices: auto measures the CPU alone: {no_gpu}", file=sys.stderr)
        return ["cpu"] if no_gpu is not None else ["cpu", "cuda"]
    if "cuda" in wanted and no_gpu is not None:
        raise BadInput(f"config: jacobian.devices: found cuda, expected cpu: {no_gpu or 'no GPU is here'}")
    return list(wanted)

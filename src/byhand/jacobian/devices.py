"""Which devices this machine has. Asked while Snakemake reads the rules, so torch is not imported."""

from collections.abc import Sequence
from pathlib import Path

from byhand.errors import BadInput


def available(root: Path = Path("/")) -> list[str]:
    """`cpu`, and `cuda` where NVIDIA's driver shows a GPU."""
    signs = [*root.glob("dev/nvidia[0-9]*"), *root.glob("proc/driver/nvidia/gpus/*")]
    return ["cpu", "cuda"] if signs else ["cpu"]


def chosen(wanted: str | Sequence[str], present: Sequence[str]) -> list[str]:
    """The devices to measure: all that were found for `auto`, else the wanted ones.

    Raises:
        BadInput: a wanted one was not found.
    """
    names = list(present) if wanted == "auto" else list(wanted)
    for name in names:
        if name not in present:
            raise BadInput(f"config: jacobian.devices: found {name}, expected one that is here: {', '.join(present)}")
    return names

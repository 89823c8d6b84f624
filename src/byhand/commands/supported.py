"""Refuse a machine for which no packages are locked, before anything is installed. Runs on Python 3.6 or newer."""

import platform
import sys
from typing import Tuple  # noqa: UP035  older Pythons run this too

PYTHONS = ((3, 11), (3, 13))
"""The oldest and the newest Python for which every package has a build."""
MACHINES = {"linux": ("x86_64", "aarch64"), "darwin": ("arm64",)}
OLDEST = {"linux": (2, 28), "darwin": (14, 0)}
"""The oldest glibc, and the oldest macOS."""


def refusal(python: Tuple[int, ...], system: str, machine: str, release: str) -> str:  # noqa: UP006
    """Why this machine is not supported, in one line; empty if it is.

    Args:
        python: the version of Python, such as (3, 12).
        system: `sys.platform`.
        machine: `platform.machine()`.
        release: the version of glibc or of macOS, such as "2.36"; empty if there is none, as with musl.
    """
    if not PYTHONS[0] <= python <= PYTHONS[1]:
        version = ".".join(map(str, python))
        return f"byhand needs Python 3.11, 3.12 or 3.13; this is {version}. Name another: make PYTHON=python3.12"
    if machine not in MACHINES.get(system, ()):
        return f"byhand needs Linux on x86-64 or aarch64, or macOS on Apple silicon; this is {system} on {machine}"
    if tuple(int(part) for part in release.split(".")[:2] if part.isdigit()) < OLDEST[system]:
        least = {"linux": "glibc 2.28", "darwin": "macOS 14"}[system]
        return f"byhand needs {least} or newer; this is {release or 'another C library'}"
    return ""


if __name__ == "__main__":
    number = platform.mac_ver()[0] if sys.platform == "darwin" else platform.libc_ver()[1]
    sys.exit(refusal(sys.version_info[:2], sys.platform, platform.machine(), number) or None)

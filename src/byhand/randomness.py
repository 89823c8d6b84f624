"""Random numbers by name: the stream of a purpose is seeded by a hash of its name, never by order of use.

Two purposes never share a stream (a collision among n names has probability about n²/2⁶⁴), and a stream does not
change when other jobs, seeds or purposes are added. The name is recorded in each table's provenance.
"""

import hashlib

import torch


def generator(*name: str | int) -> torch.Generator:
    """A CPU generator whose 63-bit seed is the start of SHA-256 of the name's parts, joined by slashes."""
    digest = hashlib.sha256("/".join(map(str, name)).encode()).digest()
    return torch.Generator().manual_seed(int.from_bytes(digest[:8], "big") >> 1)

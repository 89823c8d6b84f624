"""Random numbers by name: the stream of a purpose is seeded by a hash of its name, never by order of use.

Two purposes never share a stream (two of n names have the same seed with probability about n²/2⁶⁴), and a stream
does not change when other jobs, seeds or purposes are added. The name is recorded in each table's provenance.
"""

import hashlib

import torch


def seed(*name: str | int) -> int:
    """The 63-bit seed of a stream: the start of SHA-256 of the name's parts, joined by slashes."""
    digest = hashlib.sha256("/".join(map(str, name)).encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def generator(*name: str | int) -> torch.Generator:
    """A CPU generator that starts from the seed of that name."""
    return torch.Generator().manual_seed(seed(*name))

"""Streams go by name: the same name gives the same numbers, another name others."""

import torch

from byhand.randomness import generator


def test_a_name_is_a_stream() -> None:
    assert torch.equal(torch.rand(5, generator=generator("a", 1)), torch.rand(5, generator=generator("a", 1)))


def test_different_names_have_different_seeds() -> None:
    names = [(problem, purpose, seed) for problem in "abc" for purpose in ("x", "y") for seed in range(2000)]
    assert len({generator(*name).initial_seed() for name in names}) == len(names)

"""Streams go by name: the same name gives the same numbers, another name others."""

import torch

from byhand.numerics.randomness import generator, seed


def test_a_name_is_a_stream() -> None:
    assert torch.equal(torch.rand(5, generator=generator("a", 1)), torch.rand(5, generator=generator("a", 1)))


def test_the_streams_of_a_million_jobs_have_different_seeds() -> None:
    names = [
        ("initialization", initialization, depth, f"width{width}", number)
        for initialization in ("uniform_0.1", "xavier_uniform")
        for depth in range(100)
        for width in range(50)
        for number in range(100)
    ]
    assert len(names) == 10**6
    assert len({seed(*name) for name in names}) == len(names)
    assert generator(*names[0]).initial_seed() == seed(*names[0])

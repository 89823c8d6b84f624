"""Numerics that several rooms share: fast matrix products, named random streams, rounding errors, certified truth,
confidence intervals, times of rival methods."""

"""Numerics that several rooms share: fast matrix products, named random streams, rounding errors, certified truth,
an exact test, confidence intervals, times of rival methods."""

"""Numerics that several rooms share: fast matrix products, named random streams, rounding errors,
confidence intervals, times of rival methods."""

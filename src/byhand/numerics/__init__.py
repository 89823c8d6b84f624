"""Numerics that several rooms share: fast matrix products, named random streams, confidence intervals."""

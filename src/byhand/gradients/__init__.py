"""Problem 1, exercises 1 and 2: the gradients of a one-hidden-layer tanh network, derived by hand.

In reading order: `network` (forward pass and gradients), `references` (the true gradient, autograd, and what
rounding allows); then `steps` and `figures`.
"""

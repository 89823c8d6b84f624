"""Problem 1, exercises 1 and 2: the gradients of a one-hidden-layer tanh network, derived by hand and checked."""

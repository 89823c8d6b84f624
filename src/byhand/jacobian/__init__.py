"""Problem 2: the Jacobian of a deep tanh network by hand: in reverse, forward and cheapest order."""

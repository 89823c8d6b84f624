"""Problem 2: the Jacobian of a deep tanh network by hand: reverse mode, forward mode, the cheapest order, and its cost."""

"""Problem 5: gradient descent on least squares, in closed form and as it runs.

In reading order: `problems` and `cases` (the data), `descent` (closed form and iteration), `rates` (how fast it
converges), `exact` (the same in fractions); then `steps` and `figures`.
"""

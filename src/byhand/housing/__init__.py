"""Problem 1, exercise 3: the network of `gradients` trained on California Housing.

In reading order: `bugs` (of the notebook, and which of them a run has), `training` (by hand, all seeds at once),
`notebook` (the same with autograd), `comparison` (ours against the printed losses); then `steps` and `figures`.
"""

"""Problem 4: how initialisation and depth decide whether a network learns.

In reading order: `distributions` and `initializations`, `elementwise` and `activations`, `descent` and `optimizers`,
`network` (forward and backward pass by hand), `gaussian` (means over Gaussian numbers), `mean_field` (the theory of
wide networks), `finite_width` (how much narrower ones scatter), `propagation` (what is measured per layer), `training`,
`cells` (which networks are trained), `comparison` (ours against the printed figures), `trainability` (the map of what
can be trained, against the theory), `notebook` and `jax_scan` (rivals of the benchmark); then `steps` and `figures`.
"""

"""Problem 2: the Jacobian of a deep tanh network in reverse mode, forward mode and the cheapest order.

In reading order: `shapes`, `modes` (the two modes), `order` (the cheapest order of products), `cost` (multiplications
and bytes), `exact` (the true Jacobian), `error_bounds` (what rounding allows), `numpy_route` (the fast implementation),
`rivals`, `timed_methods` and `devices` (what is timed, and where), `ratios` (what the times say); then `steps` and
`figures`.
"""

"""Problem 3: functions as ReLU networks, proven equal in exact arithmetic.

In reading order: `piecewise` (piecewise-linear functions in fractions), `networks` (ReLU networks and their exact
function), `constructions` (tent, soft threshold, any function); then `steps` and `figures`.
"""

"""byhand: a deep-learning assignment derived by hand, run again on the real data, and judged claim by claim.

Each problem of the assignment is a package here (`gradients`, `housing`, …) with the same name in `config.yaml`,
`workflow/rules`, `results` and `tests`. In each, the mathematics is pure functions, a step is a thin script
(`python -m byhand.<problem>.steps.<step> --help`), and a figure is drawn from tables.
"""

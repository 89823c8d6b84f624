# Problem 5: gradient descent on least squares, run and in closed form; when it converges, how fast and to what.

LEAST_SQUARES = config["least_squares"]


use rule step as least_squares_prove with:
    """Prove the identities over the rationals."""
    input:
        data="results/data/housing.npz",
    output:
        **recorded(table="results/least_squares/identities.csv"),
    log:
        "logs/least_squares/prove.log",
    params:
        **step("least_squares.steps.prove", LEAST_SQUARES["prove"]),


use rule step as least_squares_closed_form with:
    """Compare the closed form with real steps."""
    input:
        data="results/data/housing.npz",
    output:
        **recorded(table="results/least_squares/closed_form.csv"),
    log:
        "logs/least_squares/closed_form.log",
    params:
        **step("least_squares.steps.closed_form", LEAST_SQUARES["problems"], LEAST_SQUARES["closed_form"]),


use rule step as least_squares_convergence with:
    """Measure rates of convergence."""
    input:
        data="results/data/housing.npz",
    output:
        **recorded(table="results/least_squares/convergence.csv", curves="results/least_squares/errors.csv"),
    log:
        "logs/least_squares/convergence.log",
    params:
        **step("least_squares.steps.convergence", LEAST_SQUARES["problems"], LEAST_SQUARES["convergence"]),


use rule step as least_squares_definiteness with:
    """Check when M = I - aX'X is positive definite."""
    input:
        data="results/data/housing.npz",
    output:
        **recorded(table="results/least_squares/definiteness.csv"),
    log:
        "logs/least_squares/definiteness.log",
    params:
        **step("least_squares.steps.definiteness", LEAST_SQUARES["problems"], LEAST_SQUARES["definiteness"]),


use rule step as least_squares_rank_deficient with:
    """Run descent where X does not have full column rank."""
    input:
        data="results/data/housing.npz",
    output:
        **recorded(table="results/least_squares/rank_deficient.csv"),
    log:
        "logs/least_squares/rank_deficient.log",
    params:
        **step("least_squares.steps.rank_deficient", LEAST_SQUARES["rank_deficient"]),


use rule step as least_squares_plane with:
    """Run descent with two features, for the figure."""
    output:
        **recorded(table="results/least_squares/iterates.csv", landscape="results/least_squares/landscape.csv"),
    log:
        "logs/least_squares/plane.log",
    params:
        **step("least_squares.steps.plane", LEAST_SQUARES["plane"]),


use rule visible_step as least_squares_benchmark with:
    """Time the closed form against descent. It computes with one thread, but nothing else may run at the same time."""
    output:
        **recorded(table="results/least_squares/benchmark.csv"),
    log:
        "logs/least_squares/benchmark.log",
    threads: workflow.cores or 1
    params:
        **step("least_squares.steps.benchmark", LEAST_SQUARES["benchmark"], arguments=["--threads", "1", "--alone"]),


FIGURES |= {
    "least_squares_figure_iterates": {
        "iterates": rules.least_squares_plane.output.table,
        "landscape": rules.least_squares_plane.output.landscape,
    },
    "least_squares_figure_errors": {"table": rules.least_squares_convergence.output.curves},
}
SETTINGS["least_squares_figure_errors"] = LEAST_SQUARES["figure_errors"]

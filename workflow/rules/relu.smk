# Problem 3: functions as ReLU networks, proven equal on all of ℝ; any piecewise-linear function; what depth is worth.


use rule step as relu_prove with:
    """Prove that the networks equal the tent and the soft threshold."""
    output:
        **recorded(table="results/relu/identities.csv", proofs="results/relu/proofs.csv"),
    log:
        "logs/relu/prove.log",
    params:
        **step("relu.steps.prove", config["relu"]["prove"]),


use rule step as relu_random_functions with:
    """Build networks for random piecewise-linear functions, and prove them equal."""
    output:
        **recorded(table="results/relu/random_functions.csv"),
    log:
        "logs/relu/random_functions.log",
    params:
        **step("relu.steps.random_functions", config["relu"]["random_functions"]),


use rule step as relu_depth with:
    """Count the units of the composed tent, deep and shallow."""
    output:
        **recorded(table="results/relu/depth.csv"),
    log:
        "logs/relu/depth.log",
    params:
        **step("relu.steps.depth", config["relu"]["depth"]),


use rule step as relu_curves with:
    """Evaluate the constructions for the figures."""
    output:
        **recorded(table="results/relu/curves.csv"),
    log:
        "logs/relu/curves.log",
    params:
        **step("relu.steps.curves", config["relu"]["curves"]),


FIGURES |= {
    "relu_figure_constructions": {"table": rules.relu_curves.output.table},
    "relu_figure_depth": {"curves": rules.relu_curves.output.table, "counts": rules.relu_depth.output.table},
}

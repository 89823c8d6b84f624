# The figures. Each is drawn by src/byhand/<room>/figures/<name>.py, whose flags are the names of the tables here.

propagated, plane = rules.initialization_propagate.output, rules.least_squares_plane.output
FIGURES = {
    "gradients_figure_check": {"table": rules.gradients_check.output.table},
    "housing_figure_curves": {
        "runs": expand(rules.housing_train.output.table, protocol=["published", "published_normal_w2", "corrected"]),
        "baseline": rules.housing_baseline.output.table,
        "printed": own("assignment/printed/housing_losses.csv"),
    },
    "housing_figure_bugs": {"table": rules.housing_compare.output.bugs},
    "jacobian_figure_crossover": {"table": rules.jacobian_count.output.crossover},
    "relu_figure_constructions": {"table": rules.relu_curves.output.table},
    "relu_figure_depth": {"curves": rules.relu_curves.output.table, "counts": rules.relu_depth.output.table},
    "initialization_figure_gradients": {
        "norms": paths(propagated.norms, ASSIGNMENT),
        "propagation": paths(propagated.table, ASSIGNMENT),
    },
    "initialization_figure_activations": {"histograms": paths(propagated.histograms, ASSIGNMENT)},
    "initialization_figure_training": {
        "curves": paths(rules.initialization_train.output.curves, ASSIGNMENT),
        "printed": own("assignment/printed/mnist_running_averages.csv"),
    },
    "initialization_figure_phase": {"table": rules.initialization_phase.output.table},
    "initialization_figure_depth": {
        "table": rules.initialization_compare.output.by_depth,
        "agreement": rules.initialization_compare.output.agreement,
    },
    "least_squares_figure_iterates": {"iterates": plane.table, "landscape": plane.landscape},
    "least_squares_figure_errors": {"table": rules.least_squares_convergence.output.curves},
}
SETTINGS = {"initialization_figure_gradients": NETWORK, "least_squares_figure_errors": LEAST_SQUARES["figure_errors"]}

for rule_name, tables in FIGURES.items():
    room, _, name = rule_name.partition("_figure_")

    rule:
        """Draw one figure from its tables."""
        name:
            rule_name
        input:
            **tables,
        output:
            **figure(room, name),
        log:
            f"logs/{room}/figure_{name}.log",
        conda:
            "../../environment.yml"
        resources:
            **at_most(),
        params:
            **step(f"{room}.figures.{name}", SETTINGS.get(rule_name, {})),
            files=files,
            environment=lambda wildcards, input: ENVIRONMENT,
        message:
            "{rule}"
        shell:
            STEP

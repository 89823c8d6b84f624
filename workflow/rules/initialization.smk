# Problem 4: how initialisation and depth decide whether a network learns.

import json

from byhand.initialization.cells import ORDERS, PATH, assignment, beside, cells, depths

INITIALIZATION = config["initialization"]
CELLS = cells(INITIALIZATION)
ASSIGNMENT = assignment(INITIALIZATION)
OWN_CELLS = [tuple(map(str, cell)) for cell in ASSIGNMENT]
SHOWN = ASSIGNMENT + beside(CELLS, ASSIGNMENT[0])
NETWORK = {key: INITIALIZATION["assignment"][key] for key in ("depth", "hidden_width")}
TRAINING = {key: value for key, value in INITIALIZATION["training"].items() if key != "learning_rate"}
LEARNING = {key: INITIALIZATION["training"][key] for key in ("batch_size", "learning_rate")}
AXES = {
    axis: constrained(axis, (str(getattr(cell, axis)) for cell in CELLS))
    for axis in ("initialization", "activation", "optimizer", "learning_rate")
}
CELL = PATH.format(**AXES, depth=r"{depth,\d+}", hidden_width=r"{hidden_width,\d+}", order=constrained("order", ORDERS))
PROPAGATION = "results/initialization/propagation/{initialization}/{activation}".format(**AXES)

# The modules that steps import by a computed name, one of each package.
part = lambda package, name: fingerprint.code_if_any(f"byhand.initialization.{package}.{name}")


use rule step as initialization_propagate with:
    """Send a batch through random networks and back, and compare it with the theory."""
    input:
        data="results/data/images.npz",
    output:
        **recorded(
            table=f"{PROPAGATION}.csv", norms=f"{PROPAGATION}_norms.csv", histograms=f"{PROPAGATION}_histograms.csv"
        ),
    log:
        "logs/initialization/propagation/{initialization}/{activation}.log",
    resources:
        **at_most(mem_mb=3000),
    params:
        **step(
            "initialization.steps.propagate",
            settings=lambda wildcards: flags(
                {
                    **NETWORK,
                    "depths": depths(CELLS, wildcards.initialization, wildcards.activation),
                    **INITIALIZATION["propagation"],
                }
            ),
        ),
        initialization=lambda wildcards: part("initializations", wildcards.initialization),
        activation=lambda wildcards: part("activations", wildcards.activation),


use rule step as initialization_train with:
    """Train one network, all seeds together."""
    input:
        data="results/data/images.npz",
    output:
        **recorded(
            curves=f"results/initialization/training/{CELL}.csv",
            layers=f"results/initialization/training/{CELL}_layers.csv",
        ),
    log:
        f"logs/initialization/training/{PATH}.log",
    resources:
        **at_most(mem_mb=3000),
    params:
        **step(
            "initialization.steps.train",
            settings=often({**INITIALIZATION, "training": TRAINING}, lambda wildcards: tuple(wildcards) in OWN_CELLS),
        ),
        initialization=lambda wildcards: part("initializations", wildcards.initialization),
        activation=lambda wildcards: part("activations", wildcards.activation),
        optimizer=lambda wildcards: part("optimizers", wildcards.optimizer),


use rule step as initialization_autograd_check with:
    """Compare the hand-derived training with autograd and torch.optim."""
    input:
        data="results/data/images.npz",
    output:
        **recorded(table="results/initialization/autograd_check.csv"),
    log:
        "logs/initialization/autograd_check.log",
    resources:
        **at_most(mem_mb=3000),
    params:
        **step(
            "initialization.steps.autograd_check",
            INITIALIZATION["assignment"],
            LEARNING,
            INITIALIZATION["autograd_check"],
        ),
        initializations=[part("initializations", name) for name in INITIALIZATION["assignment"]["initializations"]],
        activations=[part("activations", name) for name in INITIALIZATION["autograd_check"]["activations"]],
        optimizers=[part("optimizers", name) for name in INITIALIZATION["autograd_check"]["optimizers"]],


use rule step as initialization_phase with:
    """Measure the growth of the error per layer against d of U[−d, d]."""
    output:
        **recorded(table="results/initialization/phase.csv"),
    log:
        "logs/initialization/phase.log",
    resources:
        **at_most(mem_mb=2000),
    params:
        **step("initialization.steps.phase", INITIALIZATION["phase"]),


use rule step as initialization_compare with:
    """Compare the networks with the printed figures, with the theory, and by depth."""
    input:
        # Not named, so no flags: a command line cannot hold the file names of a thousand networks.
        each(rules.initialization_train.output.curves, CELLS),
        each(rules.initialization_train.output.layers, CELLS),
        each(rules.initialization_propagate.output.table, CELLS),
        each(rules.initialization_propagate.output.norms, CELLS),
        printed=own("assignment/printed/mnist_running_averages.csv"),
    output:
        **recorded(
            assignment="results/initialization/assignment.csv",
            by_depth="results/initialization/depth.csv",
            agreement="results/initialization/agreement.csv",
            exact_test="results/initialization/exact_test.csv",
            power="results/initialization/power.csv",
        ),
    log:
        "logs/initialization/compare.log",
    params:
        **step(
            "initialization.steps.compare",
            NETWORK,
            {
                "grids": json.dumps(INITIALIZATION["grids"]),
                "learning_rate": LEARNING["learning_rate"],
                "assignment_initializations": INITIALIZATION["assignment"]["initializations"],
            },
        ),
        files=files_and_results,


use rule visible_step as initialization_benchmark with:
    """Time the notebook's loop against ours and JAX. Nothing may run alongside it, or that would be measured too."""
    input:
        data="results/data/images.npz",
    output:
        **recorded(table="results/initialization/benchmark.csv"),
    log:
        "logs/initialization/benchmark.log",
    threads: workflow.cores or 1
    resources:
        **at_most(mem_mb=4000),
    params:
        **step(
            "initialization.steps.benchmark",
            NETWORK,
            LEARNING,
            INITIALIZATION["benchmark"],
            arguments=["--alone"],
        ),


MAP = INITIALIZATION["map"]
MAPS = {name: MAP[name] for name in ("coarse", "fine")}
ON_MAP = {key: MAP[key] for key in ("images", "epochs", "batch_size", "learning_rate")}
JUDGED = {key: MAP[key] for key in ("trained_accuracy", "multiple")}
# Without the name of the map, which the steps need not know.
files_of_map = lambda wildcards, input, output: files(
    {key: value for key, value in wildcards.items() if key != "map"}, input, output
)
KNOWN = list(  # not every activation that has a file, so that one more makes nothing stale
    dict.fromkeys(
        [
            *INITIALIZATION["autograd_check"]["activations"],
            *(name for grid in MAPS.values() for name in grid["activations"]),
        ]
    )
)
ACTIVATION_OF_MAP = constrained("activation", (name for grid in MAPS.values() for name in grid["activations"]))


use rule step as initialization_map with:
    """Train the networks of one activation and depth from weights of all scales together."""
    input:
        data="results/data/images.npz",
    output:
        **recorded(table=f"results/initialization/map/{{map,coarse|fine}}/{ACTIVATION_OF_MAP}_depth{{depth,\\d+}}.csv"),
    log:
        "logs/initialization/map/{map}/{activation}_depth{depth}.log",
    resources:
        **at_most(mem_mb=4000, runtime=60),
    params:
        **step(
            "initialization.steps.map",
            settings=lambda wildcards: flags(
                {
                    **ON_MAP,
                    "hidden_width": NETWORK["hidden_width"],
                    "weight_scales": MAPS[wildcards.map]["weight_scales"],
                    "seeds": MAPS[wildcards.map]["seeds"],
                }
            ),
        ),
        activation=lambda wildcards: part("activations", wildcards.activation),
        files=files_of_map,


use rule step as initialization_compare_map with:
    """Compare a map of trained networks with theory's line."""
    input:
        runs=lambda wildcards: each(
            rules.initialization_map.output.table,
            map=[wildcards.map],
            activation=MAPS[wildcards.map]["activations"],
            depth=MAPS[wildcards.map]["depths"],
        ),
    output:
        **recorded(
            cells="results/initialization/map/{map,coarse|fine}.csv",
            agreement="results/initialization/map/{map,coarse|fine}_agreement.csv",
        ),
    log:
        "logs/initialization/compare_map/{map}.log",
    params:
        **step("initialization.steps.compare_map", JUDGED),
        files=files_of_map,


use rule step as initialization_scales with:
    """Tabulate the depth scales of wide networks of each activation."""
    output:
        **recorded(table="results/initialization/scales.csv"),
    log:
        "logs/initialization/scales.log",
    params:
        **step("initialization.steps.scales", INITIALIZATION["assignment"], {"activations": KNOWN}),
        activations=[part("activations", name) for name in KNOWN],
        initializations=[part("initializations", name) for name in INITIALIZATION["assignment"]["initializations"]],


use rule step as initialization_figure_fine_map with:
    """Draw the fine map."""
    input:
        cells="results/initialization/map/{map}.csv",
        scales=rules.initialization_scales.output.table,
    output:
        figure=multiext("results/initialization/map/figure_{map,fine}", ".svg", ".png"),
        provenance="results/initialization/map/figure_{map,fine}.json",
    log:
        "logs/initialization/figure_{map}_map.log",
    params:
        **step("initialization.figures.map", {"depth": NETWORK["depth"]}, JUDGED),
        files=files_of_map,


rule map:
    """Only on request, for a cluster: the fine map of what can be trained."""
    input:
        each(rules.initialization_compare_map.output, map=["fine"]),
        each(rules.initialization_figure_fine_map.output, map=["fine"]),


RESULTS["initialization"] += each([*rules.initialization_train.output, *rules.initialization_propagate.output], CELLS)
RESULTS["initialization"] += each(
    rules.initialization_map.output,
    map=["coarse"],
    activation=MAP["coarse"]["activations"],
    depth=MAP["coarse"]["depths"],
)
RESULTS["initialization"] += each(rules.initialization_compare_map.output, map=["coarse"])

FIGURES |= {
    "initialization_figure_gradients": {
        "norms": each(rules.initialization_propagate.output.norms, SHOWN),
        "propagation": each(rules.initialization_propagate.output.table, SHOWN),
    },
    "initialization_figure_activations": {
        "histograms": each(rules.initialization_propagate.output.histograms, ASSIGNMENT)
    },
    "initialization_figure_training": {
        "curves": each(rules.initialization_train.output.curves, SHOWN),
        "printed": own("assignment/printed/mnist_running_averages.csv"),
    },
    "initialization_figure_phase": {"table": rules.initialization_phase.output.table},
    "initialization_figure_gradients_in_training": {
        "layers": each(rules.initialization_train.output.layers, ASSIGNMENT)
    },
    "initialization_figure_map": {
        "cells": each(rules.initialization_compare_map.output.cells, map=["coarse"]),
        "scales": rules.initialization_scales.output.table,
    },
    "initialization_figure_depth": {
        "table": rules.initialization_compare.output.by_depth,
        "agreement": rules.initialization_compare.output.agreement,
    },
}
SETTINGS["initialization_figure_gradients"] = NETWORK
SETTINGS["initialization_figure_map"] = {"depth": NETWORK["depth"], **JUDGED}

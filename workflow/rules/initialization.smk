# Problem 4: how initialisation and depth decide whether a tanh network learns.

import re

from byhand.initialization.cells import ORDERS, PATH, cells, document, paths

INITIALIZATION = config["initialization"]
CELLS = cells(INITIALIZATION)
DOCUMENT = document(INITIALIZATION)
NETWORK = {key: INITIALIZATION["document"][key] for key in ("depth", "hidden_width")}
CELL = f"initialization/training/{PATH}"
PROPAGATION = "results/initialization/propagation/{initialization}"


wildcard_constraints:
    initialization="|".join(
        map(re.escape, dict.fromkeys(cell.initialization for cell in CELLS))
    ),
    order="|".join(ORDERS),


use rule step as initialization_propagate with:
    """Send a batch through random networks and back, and compare it with the theory."""
    input:
        data="results/data/images.npz",
    output:
        **recorded(
            table=f"{PROPAGATION}.csv",
            norms=f"{PROPAGATION}_norms.csv",
            histograms=f"{PROPAGATION}_histograms.csv",
        ),
    log:
        "logs/initialization/propagation/{initialization}.log",
    resources:
        **at_most(mem_mb=3000),
    params:
        **step(
            "initialization.steps.propagate",
            NETWORK,
            {"depths": INITIALIZATION["grid"]["depths"]},
            INITIALIZATION["propagation"],
        ),


use rule step as initialization_train with:
    """Train one network, all seeds together."""
    input:
        data="results/data/images.npz",
    output:
        **recorded(curves=f"results/{CELL}.csv", layers=f"results/{CELL}_layers.csv"),
    log:
        f"logs/{CELL}.log",
    wildcard_constraints:
        depth=r"\d+",
        hidden_width=r"\d+",
    resources:
        **at_most(mem_mb=3000),
    params:
        **step("initialization.steps.train", INITIALIZATION["training"]),


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
    """Compare the networks with print, with the theory, and by depth."""
    input:
        curves=paths(rules.initialization_train.output.curves, CELLS),
        layers=paths(rules.initialization_train.output.layers, CELLS),
        propagation=paths(rules.initialization_propagate.output.table, CELLS),
        norms=paths(rules.initialization_propagate.output.norms, CELLS),
        printed="published/mnist_running_averages.csv",
    output:
        **recorded(
            document="results/initialization/document.csv",
            by_depth="results/initialization/depth.csv",
            agreement="results/initialization/agreement.csv",
        ),
    log:
        "logs/initialization/compare.log",
    params:
        **step(
            "initialization.steps.compare",
            INITIALIZATION["grid"],
            {
                "document_initializations": INITIALIZATION["document"][
                    "initializations"
                ]
            },
            NETWORK,
        ),
        # A command line does not hold the names of the files of a thousand networks.
        files=lambda wildcards, input, output: files(
            {},
            {
                "training": "results/initialization/training",
                "propagation": "results/initialization/propagation",
                "printed": input.printed,
            },
            output,
        ),


use rule step as initialization_figure_gradients with:
    """Draw the gradient norms per layer beside the theory."""
    input:
        norms=paths(rules.initialization_propagate.output.norms, DOCUMENT),
        propagation=paths(rules.initialization_propagate.output.table, DOCUMENT),
    output:
        **figure("initialization", "gradients"),
    log:
        "logs/initialization/figure_gradients.log",
    params:
        **step("initialization.figures.gradients", NETWORK),


use rule step as initialization_figure_activations with:
    """Draw the activations per layer."""
    input:
        histograms=paths(rules.initialization_propagate.output.histograms, DOCUMENT),
    output:
        **figure("initialization", "activations"),
    log:
        "logs/initialization/figure_activations.log",
    params:
        **step("initialization.figures.activations"),


use rule step as initialization_figure_training with:
    """Draw the training curves beside the printed epochs."""
    input:
        curves=paths(rules.initialization_train.output.curves, DOCUMENT),
        printed="published/mnist_running_averages.csv",
    output:
        **figure("initialization", "training"),
    log:
        "logs/initialization/figure_training.log",
    params:
        **step("initialization.figures.training"),


use rule step as initialization_figure_phase with:
    """Draw the growth of the error per layer against d."""
    input:
        table=rules.initialization_phase.output.table,
    output:
        **figure("initialization", "phase"),
    log:
        "logs/initialization/figure_phase.log",
    params:
        **step("initialization.figures.phase"),


use rule step as initialization_figure_depth with:
    """Draw what each network has learned against its depth."""
    input:
        table=rules.initialization_compare.output.by_depth,
        agreement=rules.initialization_compare.output.agreement,
    output:
        **figure("initialization", "depth"),
    log:
        "logs/initialization/figure_depth.log",
    params:
        **step(
            "initialization.figures.depth", {"hidden_width": NETWORK["hidden_width"]}
        ),


rule initialization:
    """All of problem 4."""
    input:
        [paths(pattern, CELLS) for pattern in rules.initialization_train.output],
        [paths(pattern, CELLS) for pattern in rules.initialization_propagate.output],
        rules.initialization_phase.output,
        rules.initialization_compare.output,
        rules.initialization_figure_gradients.output,
        rules.initialization_figure_activations.output,
        rules.initialization_figure_training.output,
        rules.initialization_figure_phase.output,
        rules.initialization_figure_depth.output,


use rule visible_step as initialization_benchmark with:
    """Time the notebook's loop against ours and JAX. Nothing may run beside it, which would be measured too."""
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
            {
                key: INITIALIZATION["training"][key]
                for key in ("batch_size", "learning_rate")
            },
            INITIALIZATION["benchmark"],
        ),

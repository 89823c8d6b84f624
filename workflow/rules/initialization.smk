# Problem 4: how initialisation and depth decide whether a tanh network learns.

from byhand.initialization.cells import ORDERS, PATH, cells, assignment

INITIALIZATION = config["initialization"]
CELLS = cells(INITIALIZATION)
ASSIGNMENT = assignment(INITIALIZATION)
OWN_CELLS = [tuple(map(str, cell)) for cell in ASSIGNMENT]
NETWORK = {key: INITIALIZATION["assignment"][key] for key in ("depth", "hidden_width")}
ONE = constrained("initialization", (cell.initialization for cell in CELLS))
CELL = PATH.format(
    initialization=ONE, depth=r"{depth,\d+}", hidden_width=r"{hidden_width,\d+}", order=constrained("order", ORDERS)
)
DRAWN_BY = "byhand.initialization.initializations."  # the step imports a module from this package by name
PROPAGATION = f"results/initialization/propagation/{ONE}"


use rule step as initialization_propagate with:
    """Send a batch through random networks and back, and compare it with the theory."""
    input:
        data="results/data/images.npz",
    output:
        **recorded(
            table=f"{PROPAGATION}.csv", norms=f"{PROPAGATION}_norms.csv", histograms=f"{PROPAGATION}_histograms.csv"
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
        initialization=lambda wildcards: fingerprint.code_if_any(DRAWN_BY + wildcards.initialization),


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
            settings=often(INITIALIZATION, lambda wildcards: tuple(wildcards) in OWN_CELLS),
        ),
        initialization=lambda wildcards: fingerprint.code_if_any(DRAWN_BY + wildcards.initialization),


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
            {key: INITIALIZATION["training"][key] for key in ("batch_size", "learning_rate")},
            INITIALIZATION["autograd_check"],
        ),
        initializations=[
            fingerprint.code_if_any(DRAWN_BY + name) for name in INITIALIZATION["assignment"]["initializations"]
        ],


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
            INITIALIZATION["grid"],
            {"assignment_initializations": INITIALIZATION["assignment"]["initializations"]},
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
            {key: INITIALIZATION["training"][key] for key in ("batch_size", "learning_rate")},
            INITIALIZATION["benchmark"],
            arguments=["--alone"],
        ),


RESULTS["initialization"] += each([*rules.initialization_train.output, *rules.initialization_propagate.output], CELLS)

FIGURES |= {
    "initialization_figure_gradients": {
        "norms": each(rules.initialization_propagate.output.norms, ASSIGNMENT),
        "propagation": each(rules.initialization_propagate.output.table, ASSIGNMENT),
    },
    "initialization_figure_activations": {
        "histograms": each(rules.initialization_propagate.output.histograms, ASSIGNMENT)
    },
    "initialization_figure_training": {
        "curves": each(rules.initialization_train.output.curves, ASSIGNMENT),
        "printed": own("assignment/printed/mnist_running_averages.csv"),
    },
    "initialization_figure_phase": {"table": rules.initialization_phase.output.table},
    "initialization_figure_depth": {
        "table": rules.initialization_compare.output.by_depth,
        "agreement": rules.initialization_compare.output.agreement,
    },
}
SETTINGS["initialization_figure_gradients"] = NETWORK

# Problem 1, exercise 3: the network trained on California Housing, with the notebook's bugs and without.

from byhand.housing.bugs import PROTOCOLS

HOUSING = config["housing"]
OPTIMISATION = {key: HOUSING["training"][key] for key in HOUSING["training"] if key != "epochs"}


use rule step as housing_train with:
    """Train the network under one protocol, all seeds together."""
    input:
        data="results/data/housing.npz",
    output:
        **recorded(table=f"results/housing/training/{constrained('protocol', PROTOCOLS)}.csv"),
    log:
        "logs/housing/training/{protocol}.log",
    params:
        **step(
            "housing.steps.train",
            settings=often(HOUSING, lambda wildcards: wildcards.protocol.startswith("published")),
        ),


use rule step as housing_splits with:
    """Train with each bug fixed, each run with a split into training and test rows of its own."""
    input:
        data="results/data/housing.npz",
    output:
        **recorded(table="results/housing/splits.csv"),
    log:
        "logs/housing/splits.log",
    params:
        **step("housing.steps.splits", HOUSING["training"], {"seeds": HOUSING["splits"]["runs"], "split_step": 1}),


use rule step as housing_autograd_check with:
    """Compare the hand-derived training with autograd and torch.optim."""
    input:
        data="results/data/housing.npz",
    output:
        **recorded(table="results/housing/autograd_check.csv", split="results/housing/split.csv"),
    log:
        "logs/housing/autograd_check.log",
    params:
        **step("housing.steps.autograd_check", OPTIMISATION, HOUSING["autograd_check"]),


use rule step as housing_baseline with:
    """Fit linear regression to the same rows."""
    input:
        data="results/data/housing.npz",
    output:
        **recorded(table="results/housing/baseline.csv"),
    log:
        "logs/housing/baseline.log",
    params:
        **step("housing.steps.baseline", OPTIMISATION),


use rule step as housing_compare with:
    """Compare the protocols with each other and with the printed losses."""
    input:
        runs=each(rules.housing_train.output.table, protocol=PROTOCOLS),
        splits=rules.housing_splits.output.table,
        baseline=rules.housing_baseline.output.table,
        printed=own("assignment/printed/housing_losses.csv"),
    output:
        **recorded(
            final_losses="results/housing/final_losses.csv",
            bugs="results/housing/bugs.csv",
            bugs_over_splits="results/housing/bugs_over_splits.csv",
            printed_curve="results/housing/printed_curve.csv",
            exact_test="results/housing/exact_test.csv",
            power="results/housing/power.csv",
        ),
    log:
        "logs/housing/compare.log",
    params:
        **step("housing.steps.compare"),


use rule visible_step as housing_benchmark with:
    """Time the notebook's loop against ours. It computes with one thread, but nothing else may run at the same time."""
    input:
        data="results/data/housing.npz",
    output:
        **recorded(table="results/housing/benchmark.csv"),
    log:
        "logs/housing/benchmark.log",
    threads: workflow.cores or 1
    params:
        **step("housing.steps.benchmark", OPTIMISATION, HOUSING["benchmark"], arguments=["--threads", "1", "--alone"]),


RESULTS["housing"] += each(rules.housing_train.output, protocol=PROTOCOLS)

FIGURES |= {
    "housing_figure_curves": {
        "runs": each(rules.housing_train.output.table, protocol=["published", "published_normal_w2", "corrected"]),
        "baseline": rules.housing_baseline.output.table,
        "printed": own("assignment/printed/housing_losses.csv"),
    },
    "housing_figure_frozen": {
        "runs": each(rules.housing_train.output.table, protocol=["published", "fixed_hidden_layer_frozen"]),
        "baseline": rules.housing_baseline.output.table,
    },
    "housing_figure_bugs": {"table": rules.housing_compare.output.bugs},
}

# Problem 1, exercise 3: the network trained on California Housing, with the notebook's slips and without.

from byhand.housing.protocols import PROTOCOLS

TRAINING = {
    key: value
    for key, value in config["housing"]["training"].items()
    if key != "epochs"
}


localrules:
    housing,


rule housing_train:
    input:
        data="results/data/housing.npz",
    output:
        table="results/housing/training/{protocol}.csv",
        provenance="results/housing/training/{protocol}.json",
    log:
        "logs/housing/training/{protocol}.log",
    wildcard_constraints:
        protocol="|".join(PROTOCOLS),
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.housing.steps.train"),
        settings=flags(config["housing"]["training"]),
    shell:
        "python -m byhand.housing.steps.train --protocol {wildcards.protocol} --data {input.data} {params.settings:q}"
        " --output {output.table} > {log} 2>&1"


rule housing_autograd_check:
    input:
        data="results/data/housing.npz",
    output:
        table="results/housing/autograd_check.csv",
        provenance="results/housing/autograd_check.json",
    log:
        "logs/housing/autograd_check.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(30),
    params:
        code=code("byhand.housing.steps.autograd_check"),
        settings=flags(TRAINING) + flags(config["housing"]["autograd_check"]),
    shell:
        "python -m byhand.housing.steps.autograd_check --data {input.data} {params.settings:q}"
        " --output {output.table} > {log} 2>&1"


rule housing_baseline:
    input:
        data="results/data/housing.npz",
    output:
        table="results/housing/baseline.csv",
        provenance="results/housing/baseline.json",
    log:
        "logs/housing/baseline.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.housing.steps.baseline"),
        settings=flags(TRAINING),
    shell:
        "python -m byhand.housing.steps.baseline --data {input.data} {params.settings:q} --output {output.table} > {log} 2>&1"


rule housing_compare:
    input:
        runs=expand(rules.housing_train.output.table, protocol=PROTOCOLS),
        baseline=rules.housing_baseline.output.table,
        published="published/housing_losses.csv",
    output:
        final_losses="results/housing/final_losses.csv",
        slips="results/housing/slips.csv",
        printed_curve="results/housing/printed_curve.csv",
        provenance="results/housing/final_losses.json",
    log:
        "logs/housing/compare.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.housing.steps.compare"),
    shell:
        "python -m byhand.housing.steps.compare --runs {input.runs} --baseline {input.baseline} --published {input.published}"
        " --output {output.final_losses} {output.slips} {output.printed_curve} > {log} 2>&1"


rule housing_figure_curves:
    input:
        runs=expand(
            rules.housing_train.output.table,
            protocol=["published", "published_normal_w2", "corrected"],
        ),
        baseline=rules.housing_baseline.output.table,
        published="published/housing_losses.csv",
    output:
        pictures=[
            report(
                "results/housing/figure_curves.svg",
                caption="../report/housing_figure_curves.rst",
                category="1 Housing",
            ),
            "results/housing/figure_curves.png",
        ],
        provenance="results/housing/figure_curves.json",
    log:
        "logs/housing/figure_curves.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.housing.figures.curves"),
    shell:
        "python -m byhand.housing.figures.curves --runs {input.runs} --baseline {input.baseline}"
        " --published {input.published} --output {output.pictures} > {log} 2>&1"


rule housing_figure_slips:
    input:
        table=rules.housing_compare.output.slips,
    output:
        pictures=[
            report(
                "results/housing/figure_slips.svg",
                caption="../report/housing_figure_slips.rst",
                category="1 Housing",
            ),
            "results/housing/figure_slips.png",
        ],
        provenance="results/housing/figure_slips.json",
    log:
        "logs/housing/figure_slips.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.housing.figures.slips"),
    shell:
        "python -m byhand.housing.figures.slips --table {input.table} --output {output.pictures} > {log} 2>&1"


rule housing:
    input:
        expand(rules.housing_train.output, protocol=PROTOCOLS),
        rules.housing_autograd_check.output,
        rules.housing_baseline.output,
        rules.housing_compare.output,
        rules.housing_figure_curves.output,
        rules.housing_figure_slips.output,


# Only part of `benchmarks`; never beside other jobs, which would be measured too.
rule housing_benchmark:
    input:
        data="results/data/housing.npz",
    output:
        table="results/housing/benchmark.csv",
        provenance="results/housing/benchmark.json",
    log:
        "logs/housing/benchmark.log",
    conda:
        "../../environment.yml"
    threads: workflow.cores or 1  # it computes with one, but nothing may run beside it
    resources:
        mem_mb=growing(1500),
        runtime=growing(30),
    params:
        code=code("byhand.housing.steps.benchmark"),
        settings=flags(TRAINING) + flags(config["housing"]["benchmark"]),
    shell:
        "python -m byhand.housing.steps.benchmark --data {input.data} {params.settings:q} --output {output.table} 2>&1 | tee {log}"

# Problem 4: how initialisation and depth decide whether a tanh network learns.

import re

from byhand.initialization.cells import ORDERS, PATH, cells, document, paths

CELLS = cells(config["initialization"])
DOCUMENT = document(config["initialization"])
NETWORK = flags(config["initialization"]["document"], "depth", "hidden_width")
CELL = f"initialization/training/{PATH}"


wildcard_constraints:
    initialization="|".join(
        map(re.escape, dict.fromkeys(cell.initialization for cell in CELLS))
    ),
    order="|".join(ORDERS),


localrules:
    initialization,


rule initialization_propagate:
    input:
        data="results/data/images.npz",
    output:
        table="results/initialization/propagation/{initialization}.csv",
        norms="results/initialization/propagation/{initialization}_norms.csv",
        histograms="results/initialization/propagation/{initialization}_histograms.csv",
        provenance="results/initialization/propagation/{initialization}.json",
    log:
        "logs/initialization/propagation/{initialization}.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(3000),
        runtime=growing(10),
    params:
        code=code("byhand.initialization.steps.propagate"),
        settings=NETWORK
        + flags(config["initialization"]["grid"], "depths")
        + flags(config["initialization"]["propagation"]),
    shell:
        "python -m byhand.initialization.steps.propagate --initialization {wildcards.initialization} {params.settings:q}"
        " --data {input.data} --output {output.table} --norms {output.norms} --histograms {output.histograms}"
        " > {log} 2>&1"


rule initialization_train:
    input:
        data="results/data/images.npz",
    output:
        curves=f"results/{CELL}.csv",
        layers=f"results/{CELL}_layers.csv",
        provenance=f"results/{CELL}.json",
    log:
        f"logs/{CELL}.log",
    wildcard_constraints:
        depth=r"\d+",
        width=r"\d+",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(3000),
        runtime=growing(10),
    params:
        code=code("byhand.initialization.steps.train"),
        settings=flags(config["initialization"]["training"]),
    shell:
        "python -m byhand.initialization.steps.train --initialization {wildcards.initialization} --depth {wildcards.depth}"
        " --hidden-width {wildcards.width} --order {wildcards.order} {params.settings:q} --data {input.data}"
        " --output {output.curves} --layers {output.layers} > {log} 2>&1"


rule initialization_phase:
    output:
        table="results/initialization/phase.csv",
        provenance="results/initialization/phase.json",
    log:
        "logs/initialization/phase.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        code=code("byhand.initialization.steps.phase"),
        settings=flags(config["initialization"]["phase"]),
    shell:
        "python -m byhand.initialization.steps.phase {params.settings:q} --output {output.table} > {log} 2>&1"


rule initialization_compare:
    input:
        curves=paths(rules.initialization_train.output.curves, CELLS),
        layers=paths(rules.initialization_train.output.layers, CELLS),
        propagation=paths(rules.initialization_propagate.output.table, CELLS),
        norms=paths(rules.initialization_propagate.output.norms, CELLS),
        published="published/mnist_running_averages.csv",
    output:
        document="results/initialization/document.csv",
        depth="results/initialization/depth.csv",
        agreement="results/initialization/agreement.csv",
        provenance="results/initialization/document.json",
    log:
        "logs/initialization/compare.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.initialization.steps.compare"),
        settings=flags(config["initialization"]["grid"])
        + [
            "--document-initializations",
            *config["initialization"]["document"]["initializations"],
        ]
        + NETWORK,
    shell:
        "python -m byhand.initialization.steps.compare {params.settings:q} --training results/initialization/training"
        " --propagation results/initialization/propagation --published {input.published}"
        " --output {output.document} {output.depth} {output.agreement} > {log} 2>&1"


rule initialization_figure_gradients:
    input:
        norms=paths(rules.initialization_propagate.output.norms, DOCUMENT),
        propagation=paths(rules.initialization_propagate.output.table, DOCUMENT),
    output:
        pictures=[
            report(
                "results/initialization/figure_gradients.svg",
                caption="../report/initialization_figure_gradients.rst",
                category="4 Initialisation and depth",
            ),
            "results/initialization/figure_gradients.png",
        ],
        provenance="results/initialization/figure_gradients.json",
    log:
        "logs/initialization/figure_gradients.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.initialization.figures.gradients"),
        network=NETWORK,
    shell:
        "python -m byhand.initialization.figures.gradients --norms {input.norms} --propagation {input.propagation}"
        " {params.network} --output {output.pictures} > {log} 2>&1"


rule initialization_figure_activations:
    input:
        histograms=paths(rules.initialization_propagate.output.histograms, DOCUMENT),
    output:
        pictures=[
            report(
                "results/initialization/figure_activations.svg",
                caption="../report/initialization_figure_activations.rst",
                category="4 Initialisation and depth",
            ),
            "results/initialization/figure_activations.png",
        ],
        provenance="results/initialization/figure_activations.json",
    log:
        "logs/initialization/figure_activations.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.initialization.figures.activations"),
    shell:
        "python -m byhand.initialization.figures.activations --histograms {input.histograms}"
        " --output {output.pictures} > {log} 2>&1"


rule initialization_figure_training:
    input:
        curves=paths(rules.initialization_train.output.curves, DOCUMENT),
        published="published/mnist_per_epoch.csv",
    output:
        pictures=[
            report(
                "results/initialization/figure_training.svg",
                caption="../report/initialization_figure_training.rst",
                category="4 Initialisation and depth",
            ),
            "results/initialization/figure_training.png",
        ],
        provenance="results/initialization/figure_training.json",
    log:
        "logs/initialization/figure_training.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.initialization.figures.training"),
    shell:
        "python -m byhand.initialization.figures.training --curves {input.curves} --published {input.published}"
        " --output {output.pictures} > {log} 2>&1"


rule initialization_figure_phase:
    input:
        table=rules.initialization_phase.output.table,
    output:
        pictures=[
            report(
                "results/initialization/figure_phase.svg",
                caption="../report/initialization_figure_phase.rst",
                category="4 Initialisation and depth",
            ),
            "results/initialization/figure_phase.png",
        ],
        provenance="results/initialization/figure_phase.json",
    log:
        "logs/initialization/figure_phase.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.initialization.figures.phase"),
    shell:
        "python -m byhand.initialization.figures.phase --table {input.table} --output {output.pictures} > {log} 2>&1"


rule initialization_figure_depth:
    input:
        table=rules.initialization_compare.output.depth,
        agreement=rules.initialization_compare.output.agreement,
    output:
        pictures=[
            report(
                "results/initialization/figure_depth.svg",
                caption="../report/initialization_figure_depth.rst",
                category="4 Initialisation and depth",
            ),
            "results/initialization/figure_depth.png",
        ],
        provenance="results/initialization/figure_depth.json",
    log:
        "logs/initialization/figure_depth.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.initialization.figures.depth"),
        network=flags(config["initialization"]["document"], "hidden_width"),
    shell:
        "python -m byhand.initialization.figures.depth --table {input.table} --agreement {input.agreement}"
        " {params.network} --output {output.pictures} > {log} 2>&1"


rule initialization:
    input:
        paths(rules.initialization_train.output.provenance, CELLS),
        rules.initialization_compare.input.propagation,
        rules.initialization_phase.output,
        rules.initialization_compare.output,
        rules.initialization_figure_gradients.output,
        rules.initialization_figure_activations.output,
        rules.initialization_figure_training.output,
        rules.initialization_figure_phase.output,
        rules.initialization_figure_depth.output,


# Only part of `benchmarks`; never beside other jobs, which would be measured too.
rule initialization_benchmark:
    input:
        data="results/data/images.npz",
    output:
        table="results/initialization/benchmark.csv",
        provenance="results/initialization/benchmark.json",
    log:
        "logs/initialization/benchmark.log",
    conda:
        "../../environment.yml"
    threads: workflow.cores or 1
    resources:
        mem_mb=growing(4000),
        runtime=growing(20),
    params:
        code=code("byhand.initialization.steps.benchmark"),
        settings=NETWORK
        + flags(config["initialization"]["training"], "batch_size", "learning_rate")
        + flags(config["initialization"]["benchmark"]),
    shell:
        "python -m byhand.initialization.steps.benchmark {params.settings:q} --threads {threads} --data {input.data}"
        " --output {output.table} 2>&1 | tee {log}"

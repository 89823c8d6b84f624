# Problem 3: functions as ReLU networks, proven equal on all of ℝ; any piecewise-linear function; what depth is worth.


localrules:
    relu,


rule relu_prove:
    output:
        table="results/relu/identities.csv",
        proofs="results/relu/proofs.csv",
        provenance="results/relu/identities.json",
    log:
        "logs/relu/prove.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.relu.steps.prove"),
        settings=flags(config["relu"]["prove"]),
    shell:
        "python -m byhand.relu.steps.prove {params.settings:q} --output {output.table} --proofs {output.proofs} > {log} 2>&1"


rule relu_random_functions:
    output:
        table="results/relu/random_functions.csv",
        provenance="results/relu/random_functions.json",
    log:
        "logs/relu/random_functions.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        code=code("byhand.relu.steps.random_functions"),
        settings=flags(config["relu"]["random_functions"]),
    shell:
        "python -m byhand.relu.steps.random_functions {params.settings:q} --output {output.table} > {log} 2>&1"


rule relu_depth:
    output:
        table="results/relu/depth.csv",
        provenance="results/relu/depth.json",
    log:
        "logs/relu/depth.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        code=code("byhand.relu.steps.depth"),
        settings=flags(config["relu"]["depth"]),
    shell:
        "python -m byhand.relu.steps.depth {params.settings:q} --output {output.table} > {log} 2>&1"


rule relu_curves:
    output:
        table="results/relu/curves.csv",
        provenance="results/relu/curves.json",
    log:
        "logs/relu/curves.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.relu.steps.curves"),
        settings=flags(config["relu"]["curves"]),
    shell:
        "python -m byhand.relu.steps.curves {params.settings:q} --output {output.table} > {log} 2>&1"


rule relu_figure_constructions:
    input:
        table=rules.relu_curves.output.table,
    output:
        pictures=[
            report(
                "results/relu/figure_constructions.svg",
                caption="../report/relu_figure_constructions.rst",
                category="3 ReLU networks",
            ),
            "results/relu/figure_constructions.png",
        ],
        provenance="results/relu/figure_constructions.json",
    log:
        "logs/relu/figure_constructions.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.relu.figures.constructions"),
    shell:
        "python -m byhand.relu.figures.constructions --table {input.table} --output {output.pictures} > {log} 2>&1"


rule relu_figure_depth:
    input:
        curves=rules.relu_curves.output.table,
        counts=rules.relu_depth.output.table,
    output:
        pictures=[
            report(
                "results/relu/figure_depth.svg",
                caption="../report/relu_figure_depth.rst",
                category="3 ReLU networks",
            ),
            "results/relu/figure_depth.png",
        ],
        provenance="results/relu/figure_depth.json",
    log:
        "logs/relu/figure_depth.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.relu.figures.depth"),
    shell:
        "python -m byhand.relu.figures.depth --curves {input.curves} --counts {input.counts}"
        " --output {output.pictures} > {log} 2>&1"


rule relu:
    input:
        rules.relu_prove.output,
        rules.relu_random_functions.output,
        rules.relu_depth.output,
        rules.relu_curves.output,
        rules.relu_figure_constructions.output,
        rules.relu_figure_depth.output,

# Problem 5: gradient descent on least squares, run and in closed form; when, how fast and where to it converges.


localrules:
    least_squares,


rule least_squares_prove:
    input:
        data="results/data/housing.npz",
    output:
        table="results/least_squares/identities.csv",
        provenance="results/least_squares/identities.json",
    log:
        "logs/least_squares/prove.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.least_squares.steps.prove"),
        settings=flags(config["least_squares"]["prove"]),
    shell:
        "python -m byhand.least_squares.steps.prove {params.settings:q} --data {input.data}"
        " --output {output.table} > {log} 2>&1"


rule least_squares_closed_form:
    input:
        data="results/data/housing.npz",
    output:
        table="results/least_squares/closed_form.csv",
        provenance="results/least_squares/closed_form.json",
    log:
        "logs/least_squares/closed_form.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        code=code("byhand.least_squares.steps.closed_form"),
        settings=flags(
            config["least_squares"]["problems"]
            | config["least_squares"]["closed_form"]
        ),
    shell:
        "python -m byhand.least_squares.steps.closed_form {params.settings:q} --data {input.data}"
        " --output {output.table} > {log} 2>&1"


rule least_squares_convergence:
    input:
        data="results/data/housing.npz",
    output:
        table="results/least_squares/convergence.csv",
        curves="results/least_squares/errors.csv",
        provenance="results/least_squares/convergence.json",
    log:
        "logs/least_squares/convergence.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(30),
    params:
        code=code("byhand.least_squares.steps.convergence"),
        settings=flags(
            config["least_squares"]["problems"]
            | config["least_squares"]["convergence"]
        ),
    shell:
        "python -m byhand.least_squares.steps.convergence {params.settings:q} --data {input.data}"
        " --output {output.table} --curves {output.curves} > {log} 2>&1"


rule least_squares_definiteness:
    input:
        data="results/data/housing.npz",
    output:
        table="results/least_squares/definiteness.csv",
        provenance="results/least_squares/definiteness.json",
    log:
        "logs/least_squares/definiteness.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.least_squares.steps.definiteness"),
        settings=flags(
            config["least_squares"]["problems"]
            | config["least_squares"]["definiteness"]
        ),
    shell:
        "python -m byhand.least_squares.steps.definiteness {params.settings:q} --data {input.data}"
        " --output {output.table} > {log} 2>&1"


rule least_squares_rank_deficient:
    input:
        data="results/data/housing.npz",
    output:
        table="results/least_squares/rank_deficient.csv",
        provenance="results/least_squares/rank_deficient.json",
    log:
        "logs/least_squares/rank_deficient.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.least_squares.steps.rank_deficient"),
        settings=flags(config["least_squares"]["rank_deficient"]),
    shell:
        "python -m byhand.least_squares.steps.rank_deficient {params.settings:q} --data {input.data}"
        " --output {output.table} > {log} 2>&1"


rule least_squares_plane:
    output:
        table="results/least_squares/iterates.csv",
        landscape="results/least_squares/landscape.csv",
        provenance="results/least_squares/iterates.json",
    log:
        "logs/least_squares/plane.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.least_squares.steps.plane"),
        settings=flags(config["least_squares"]["plane"]),
    shell:
        "python -m byhand.least_squares.steps.plane {params.settings:q}"
        " --output {output.table} --landscape {output.landscape} > {log} 2>&1"


rule least_squares_figure_iterates:
    input:
        iterates=rules.least_squares_plane.output.table,
        landscape=rules.least_squares_plane.output.landscape,
    output:
        pictures=[
            report(
                "results/least_squares/figure_iterates.svg",
                caption="../report/least_squares_figure_iterates.rst",
                category="5 Least squares",
            ),
            "results/least_squares/figure_iterates.png",
        ],
        provenance="results/least_squares/figure_iterates.json",
    log:
        "logs/least_squares/figure_iterates.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.least_squares.figures.iterates"),
    shell:
        "python -m byhand.least_squares.figures.iterates --iterates {input.iterates} --landscape {input.landscape}"
        " --output {output.pictures} > {log} 2>&1"


rule least_squares_figure_errors:
    input:
        table=rules.least_squares_convergence.output.curves,
    output:
        pictures=[
            report(
                "results/least_squares/figure_errors.svg",
                caption="../report/least_squares_figure_errors.rst",
                category="5 Least squares",
            ),
            "results/least_squares/figure_errors.png",
        ],
        provenance="results/least_squares/figure_errors.json",
    log:
        "logs/least_squares/figure_errors.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.least_squares.figures.errors"),
        settings=flags(config["least_squares"]["figure_errors"]),
    shell:
        "python -m byhand.least_squares.figures.errors {params.settings:q} --table {input.table}"
        " --output {output.pictures} > {log} 2>&1"


rule least_squares:
    input:
        rules.least_squares_prove.output,
        rules.least_squares_closed_form.output,
        rules.least_squares_convergence.output,
        rules.least_squares_definiteness.output,
        rules.least_squares_rank_deficient.output,
        rules.least_squares_plane.output,
        rules.least_squares_figure_iterates.output,
        rules.least_squares_figure_errors.output,


# Only part of `benchmarks`; never beside other jobs, which would be measured too.
rule least_squares_benchmark:
    output:
        table="results/least_squares/benchmark.csv",
        provenance="results/least_squares/benchmark.json",
    log:
        "logs/least_squares/benchmark.log",
    conda:
        "../../environment.yml"
    threads: workflow.cores or 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        code=code("byhand.least_squares.steps.benchmark"),
        settings=flags(config["least_squares"]["benchmark"]),
    shell:
        "python -m byhand.least_squares.steps.benchmark {params.settings:q} --threads 1 --output {output.table} > {log} 2>&1"

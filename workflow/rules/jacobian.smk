# Problem 2: the Jacobian of a deep tanh network by hand: reverse mode, forward mode, the cheapest order.

from byhand.jacobian import devices

DEVICES = configuration.or_exit(
    devices.chosen, config["jacobian"]["devices"], devices.available()
)


localrules:
    jacobian,
    jacobian_benchmarks,


rule jacobian_check:
    output:
        table="results/jacobian/check.csv",
        float32="results/jacobian/float32.csv",
        provenance="results/jacobian/check.json",
    log:
        "logs/jacobian/check.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        code=code("byhand.jacobian.steps.check"),
        settings=flags(config["jacobian"]["check"]),
    shell:
        "python -m byhand.jacobian.steps.check {params.settings:q}"
        " --output {output.table} --float32 {output.float32} > {log} 2>&1"


rule jacobian_count:
    output:
        table="results/jacobian/cost.csv",
        crossover="results/jacobian/crossover.csv",
        provenance="results/jacobian/cost.json",
    log:
        "logs/jacobian/count.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.jacobian.steps.count"),
        settings=flags(config["jacobian"]["count"]),
    shell:
        "python -m byhand.jacobian.steps.count {params.settings:q}"
        " --output {output.table} --crossover {output.crossover} > {log} 2>&1"


rule jacobian_figure_crossover:
    input:
        table=rules.jacobian_count.output.crossover,
    output:
        pictures=[
            report(
                "results/jacobian/figure_crossover.svg",
                caption="../report/jacobian_figure_crossover.rst",
                category="2 Jacobians",
            ),
            "results/jacobian/figure_crossover.png",
        ],
        provenance="results/jacobian/figure_crossover.json",
    log:
        "logs/jacobian/figure_crossover.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.jacobian.figures.crossover"),
    shell:
        "python -m byhand.jacobian.figures.crossover --table {input.table} --output {output.pictures} > {log} 2>&1"


# The document's own timing. Nothing runs beside it, which would be measured too.
rule jacobian_times_cpu:
    output:
        table="results/jacobian/times_cpu.csv",
        provenance="results/jacobian/times_cpu.json",
    log:
        "logs/jacobian/times_cpu.log",
    conda:
        "../../environment.yml"
    threads: workflow.cores or 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(20),
    params:
        device="cpu",
        only=config["jacobian"]["times"]["contenders"],
        code=code("byhand.jacobian.steps.benchmark"),
        settings=flags(config["jacobian"]["times"], *config["jacobian"]["benchmark"]),
    shell:
        "python -m byhand.jacobian.steps.benchmark --device {params.device} --only {params.only:q} {params.settings:q}"
        " --threads {threads} --output {output.table} > {log} 2>&1"


use rule jacobian_times_cpu as jacobian_times_cuda with:
    output:
        table="results/jacobian/times_cuda.csv",
        provenance="results/jacobian/times_cuda.json",
    log:
        "logs/jacobian/times_cuda.log",
    resources:
        mem_mb=growing(8000),
        runtime=growing(20),
        gpu=1,
    params:
        device="cuda",
        only=rules.jacobian_times_cpu.params.only,
        code=code("byhand.jacobian.steps.benchmark"),
        settings=rules.jacobian_times_cpu.params.settings,


rule jacobian_document:
    input:
        times=expand("results/jacobian/times_{device}.csv", device=DEVICES),
        seconds="published/jacobian_seconds_per_1000.csv",
        check="published/jacobian_check.csv",
    output:
        table="results/jacobian/document.csv",
        provenance="results/jacobian/document.json",
    log:
        "logs/jacobian/document.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=code("byhand.jacobian.steps.document"),
    shell:
        "python -m byhand.jacobian.steps.document --times {input.times} --seconds {input.seconds} --check {input.check}"
        " --output {output.table} > {log} 2>&1"


rule jacobian:
    input:
        rules.jacobian_check.output,
        rules.jacobian_count.output,
        rules.jacobian_document.output,
        rules.jacobian_figure_crossover.output,


# What follows is only part of `benchmarks`.
rule jacobian_benchmark_cpu:
    output:
        table="results/jacobian/benchmark_cpu_times.csv",
        provenance="results/jacobian/benchmark_cpu_times.json",
    log:
        "logs/jacobian/benchmark_cpu.log",
    conda:
        "../../environment.yml"
    threads: workflow.cores or 1
    resources:
        mem_mb=growing(4000),
        runtime=growing(60),
    params:
        device="cpu",
        code=code("byhand.jacobian.steps.benchmark"),
        settings=flags(config["jacobian"]["benchmark"]),
    shell:
        "python -m byhand.jacobian.steps.benchmark --device {params.device} {params.settings:q} --threads {threads}"
        " --output {output.table} > {log} 2>&1"


use rule jacobian_benchmark_cpu as jacobian_benchmark_cuda with:
    output:
        table="results/jacobian/benchmark_cuda_times.csv",
        provenance="results/jacobian/benchmark_cuda_times.json",
    log:
        "logs/jacobian/benchmark_cuda.log",
    resources:
        mem_mb=growing(8000),
        runtime=growing(60),
        gpu=1,
    params:
        device="cuda",
        code=code("byhand.jacobian.steps.benchmark"),
        settings=rules.jacobian_benchmark_cpu.params.settings,


rule jacobian_compare:
    input:
        times=expand("results/jacobian/benchmark_{device}_times.csv", device=DEVICES),
    output:
        table="results/jacobian/benchmark.csv",
        verdicts="results/jacobian/verdicts.csv",
        provenance="results/jacobian/benchmark.json",
    log:
        "logs/jacobian/compare.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.jacobian.steps.compare"),
    shell:
        "python -m byhand.jacobian.steps.compare --times {input.times} --output {output.table} {output.verdicts}"
        " 2>&1 | tee {log}"


rule jacobian_figure_benchmark:
    input:
        table=rules.jacobian_compare.output.table,
        claims=rules.jacobian_document.output.table,
    output:
        depth=[
            report(
                "results/jacobian/figure_depth.svg",
                caption="../report/jacobian_figure_depth.rst",
                category="2 Jacobians",
            ),
            "results/jacobian/figure_depth.png",
        ],
        peers=[
            report(
                "results/jacobian/figure_peers.svg",
                caption="../report/jacobian_figure_peers.rst",
                category="2 Jacobians",
            ),
            "results/jacobian/figure_peers.png",
        ],
        roofline=[
            report(
                "results/jacobian/figure_roofline.svg",
                caption="../report/jacobian_figure_roofline.rst",
                category="2 Jacobians",
            ),
            "results/jacobian/figure_roofline.png",
        ],
        provenance="results/jacobian/figure_depth.json",
    log:
        "logs/jacobian/figure_benchmark.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.jacobian.figures.benchmark"),
    shell:
        "python -m byhand.jacobian.figures.benchmark --table {input.table} --claims {input.claims}"
        " --depth {output.depth} --peers {output.peers} --roofline {output.roofline} > {log} 2>&1"


rule jacobian_benchmarks:
    input:
        rules.jacobian_compare.output,
        rules.jacobian_figure_benchmark.output,

# Problem 2: the Jacobian of a deep tanh network by hand: reverse mode, forward mode, the cheapest order.

from byhand.jacobian import devices

DEVICES = configuration.or_exit(
    devices.chosen, config["jacobian"]["benchmark"]["devices"], devices.available()
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
        mem_mb=growing(1000),
        runtime=growing(20),
    params:
        code=code("byhand.jacobian.check"),
        settings=flags(config["jacobian"]["check"]),
    shell:
        "python -m byhand.jacobian.check {params.settings:q}"
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
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=code("byhand.jacobian.count"),
        settings=flags(config["jacobian"]["count"]),
    shell:
        "python -m byhand.jacobian.count {params.settings:q}"
        " --output {output.table} --crossover {output.crossover} > {log} 2>&1"


rule jacobian_figure_crossover:
    input:
        table=rules.jacobian_count.output.crossover,
    output:
        pictures=[
            "results/jacobian/figure_crossover.svg",
            "results/jacobian/figure_crossover.png",
        ],
        provenance="results/jacobian/figure_crossover.json",
    log:
        "logs/jacobian/figure_crossover.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=code("byhand.jacobian.figure_crossover"),
    shell:
        "python -m byhand.jacobian.figure_crossover --table {input.table} --output {output.pictures} > {log} 2>&1"


rule jacobian:
    input:
        rules.jacobian_check.output,
        rules.jacobian_count.output,
        rules.jacobian_figure_crossover.output,


# What follows is only part of `benchmarks`; it never runs beside other jobs, which would be measured too.
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
        code=code("byhand.jacobian.benchmark"),
        settings=flags(
            {
                key: value
                for key, value in config["jacobian"]["benchmark"].items()
                if key != "devices"
            }
        ),
    shell:
        "python -m byhand.jacobian.benchmark --device {params.device} {params.settings:q} --threads {threads}"
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
        code=code("byhand.jacobian.benchmark"),
        settings=rules.jacobian_benchmark_cpu.params.settings,


rule jacobian_compare:
    input:
        times=expand("results/jacobian/benchmark_{device}_times.csv", device=DEVICES),
        published="published/jacobian_seconds_per_1000.csv",
    output:
        table="results/jacobian/benchmark.csv",
        verdicts="results/jacobian/verdicts.csv",
        claims="results/jacobian/claims.csv",
        provenance="results/jacobian/benchmark.json",
    log:
        "logs/jacobian/compare.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=code("byhand.jacobian.compare"),
    shell:
        "python -m byhand.jacobian.compare --times {input.times} --published {input.published}"
        " --output {output.table} {output.verdicts} {output.claims} 2>&1 | tee {log}"


rule jacobian_figure_benchmark:
    input:
        table=rules.jacobian_compare.output.table,
        claims=rules.jacobian_compare.output.claims,
    output:
        depth=[
            "results/jacobian/figure_depth.svg",
            "results/jacobian/figure_depth.png",
        ],
        peers=[
            "results/jacobian/figure_peers.svg",
            "results/jacobian/figure_peers.png",
        ],
        roofline=[
            "results/jacobian/figure_roofline.svg",
            "results/jacobian/figure_roofline.png",
        ],
        provenance="results/jacobian/figure_depth.json",
    log:
        "logs/jacobian/figure_benchmark.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=code("byhand.jacobian.figure_benchmark"),
    shell:
        "python -m byhand.jacobian.figure_benchmark --table {input.table} --claims {input.claims}"
        " --depth {output.depth} --peers {output.peers} --roofline {output.roofline} > {log} 2>&1"


rule jacobian_benchmarks:
    input:
        rules.jacobian_compare.output,
        rules.jacobian_figure_benchmark.output,

# Problem 2: the Jacobian of a deep tanh network by hand: reverse mode, forward mode, the cheapest order.

from byhand.jacobian import devices

JACOBIAN = config["jacobian"]
DEVICES = configuration.or_exit(
    devices.chosen, JACOBIAN["devices"], devices.available()
)


use rule step as jacobian_check with:
    """Compare the modes with automatic differentiation and central differences."""
    output:
        **recorded(
            table="results/jacobian/check.csv", float32="results/jacobian/float32.csv"
        ),
    log:
        "logs/jacobian/check.log",
    params:
        **step("jacobian.steps.check", JACOBIAN["check"]),


use rule step as jacobian_count with:
    """Count multiplications and bytes, and compare them with the formulas."""
    output:
        **recorded(
            table="results/jacobian/cost.csv",
            crossover="results/jacobian/crossover.csv",
        ),
    log:
        "logs/jacobian/count.log",
    params:
        **step("jacobian.steps.count", JACOBIAN["count"]),


use rule step as jacobian_figure_crossover with:
    """Draw which mode is the cheaper one over (P, D)."""
    input:
        table=rules.jacobian_count.output.crossover,
    output:
        **figure("jacobian", "crossover"),
    log:
        "logs/jacobian/figure_crossover.log",
    params:
        **step("jacobian.figures.crossover"),


use rule step as jacobian_times_cpu with:
    """Repeat the assignment's own timing. Nothing may run beside it, which would be measured too."""
    output:
        **recorded(table="results/jacobian/times_cpu.csv"),
    log:
        "logs/jacobian/times_cpu.log",
    threads: workflow.cores or 1
    resources:
        **at_most(mem_mb=2000),
    params:
        **timing("cpu", "times"),


use rule step as jacobian_times_cuda with:
    """Repeat the assignment's own timing on a GPU."""
    output:
        **recorded(table="results/jacobian/times_cuda.csv"),
    log:
        "logs/jacobian/times_cuda.log",
    threads: workflow.cores or 1
    resources:
        **at_most(mem_mb=8000),
        gpu=1,
    params:
        **timing("cuda", "times"),


use rule step as jacobian_document with:
    """Put the printed times beside the measured ones."""
    input:
        times=expand("results/jacobian/times_{device}.csv", device=DEVICES),
        seconds="published/jacobian_seconds_per_1000.csv",
        check="published/jacobian_check.csv",
    output:
        **recorded(table="results/jacobian/document.csv"),
    log:
        "logs/jacobian/document.log",
    params:
        **step("jacobian.steps.document"),


rule jacobian:
    """All of problem 2 but the benchmark."""
    input:
        rules.jacobian_check.output,
        rules.jacobian_count.output,
        rules.jacobian_document.output,
        rules.jacobian_figure_crossover.output,


# What follows is only part of `benchmarks`.
use rule step as jacobian_benchmark_cpu with:
    """Time every way to compute J."""
    output:
        **recorded(table="results/jacobian/benchmark_cpu_times.csv"),
    log:
        "logs/jacobian/benchmark_cpu.log",
    threads: workflow.cores or 1
    resources:
        **at_most(mem_mb=4000, runtime=60),
    params:
        **timing("cpu", "benchmark"),


use rule step as jacobian_benchmark_cuda with:
    """Time every way to compute J on a GPU."""
    output:
        **recorded(table="results/jacobian/benchmark_cuda_times.csv"),
    log:
        "logs/jacobian/benchmark_cuda.log",
    threads: workflow.cores or 1
    resources:
        **at_most(mem_mb=8000, runtime=60),
        gpu=1,
    params:
        **timing("cuda", "benchmark"),


use rule visible_step as jacobian_compare with:
    """Compare the methods with each other and with the limits of the machine."""
    input:
        times=expand("results/jacobian/benchmark_{device}_times.csv", device=DEVICES),
    output:
        **recorded(
            table="results/jacobian/benchmark.csv",
            verdicts="results/jacobian/verdicts.csv",
        ),
    log:
        "logs/jacobian/compare.log",
    params:
        **step("jacobian.steps.compare"),


use rule step as jacobian_figure_benchmark with:
    """Draw the times against depth, the rivals, and the share of the machine's limit."""
    input:
        table=rules.jacobian_compare.output.table,
        claims=rules.jacobian_document.output.table,
    output:
        depth=figure("jacobian", "depth")["figure"],
        peers=figure("jacobian", "peers")["figure"],
        roofline=figure("jacobian", "roofline")["figure"],
        provenance=expand(
            "results/jacobian/figure_{name}.json", name=["depth", "peers", "roofline"]
        ),
    log:
        "logs/jacobian/figure_benchmark.log",
    params:
        **step("jacobian.figures.benchmark"),


rule jacobian_benchmarks:
    """All of the benchmark of problem 2."""
    input:
        rules.jacobian_compare.output,
        rules.jacobian_figure_benchmark.output,

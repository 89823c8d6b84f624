# Problem 2: the Jacobian of a deep tanh network by hand: reverse mode, forward mode, the cheapest order.

from byhand.jacobian import devices

JACOBIAN = config["jacobian"]
DEVICES = configuration.or_exit(devices.chosen, JACOBIAN["devices"])
GPU = "|".join(devices.GPUS)


use rule step as jacobian_check with:
    """Compare the modes, and automatic differentiation, with the true Jacobian."""
    output:
        **recorded(
            table="results/jacobian/check.csv",
            float32="results/jacobian/float32.csv",
            intermediates="results/jacobian/intermediates.csv",
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
            growth="results/jacobian/growth.csv",
        ),
    log:
        "logs/jacobian/count.log",
    params:
        **step("jacobian.steps.count", JACOBIAN["count"]),


use rule step as jacobian_times_cpu with:
    """Repeat the assignment's own timing. Nothing may run alongside it, or that would be measured too."""
    output:
        **recorded(table="results/jacobian/times_{device,cpu}.csv"),
    log:
        "logs/jacobian/times_{device}.log",
    threads: workflow.cores or 1
    resources:
        **at_most(mem_mb=4000, runtime=60),
    params:
        **step("jacobian.steps.benchmark", JACOBIAN["times"], arguments=["--alone"]),


use rule jacobian_times_cpu as jacobian_times_gpu with:
    """Repeat the assignment's own timing on a GPU."""
    output:
        **recorded(table=f"results/jacobian/times_{{device,{GPU}}}.csv"),
    resources:
        **at_most(mem_mb=8000, runtime=60),
        gpu=1,


use rule step as jacobian_assignment with:
    """Compare the printed times with the measured ones."""
    input:
        times=each(rules.jacobian_times_cpu.output.table, device=DEVICES),
        seconds=own("assignment/printed/jacobian_seconds_per_1000.csv"),
        check=own("assignment/printed/jacobian_check.csv"),
    output:
        **recorded(table="results/jacobian/assignment.csv"),
    log:
        "logs/jacobian/assignment.log",
    params:
        **step("jacobian.steps.assignment"),


RESULTS["jacobian"] += each(rules.jacobian_times_cpu.output, device=DEVICES)


use rule jacobian_times_cpu as jacobian_benchmark_cpu with:
    """Time every way to compute J."""
    output:
        **recorded(table="results/jacobian/benchmark_{device,cpu}_times.csv"),
    log:
        "logs/jacobian/benchmark_{device}.log",
    params:
        **step("jacobian.steps.benchmark", {"contenders": []}, JACOBIAN["benchmark"], arguments=["--alone"]),


use rule jacobian_benchmark_cpu as jacobian_benchmark_gpu with:
    """Time every way to compute J on a GPU."""
    output:
        **recorded(table=f"results/jacobian/benchmark_{{device,{GPU}}}_times.csv"),
    resources:
        **at_most(mem_mb=8000, runtime=60),
        gpu=1,


use rule visible_step as jacobian_compare_benchmarks with:
    """Compare the methods with each other and with the limits of the machine."""
    input:
        times=each(rules.jacobian_benchmark_cpu.output.table, device=DEVICES),
    output:
        **recorded(table="results/jacobian/benchmark.csv", verdicts="results/jacobian/verdicts.csv"),
    log:
        "logs/jacobian/compare_benchmarks.log",
    params:
        **step("jacobian.steps.compare_benchmarks"),


use rule step as jacobian_benchmark_history with:
    """Add the ratios to those of earlier benchmarks."""
    input:
        times=each(rules.jacobian_benchmark_cpu.output.table, device=DEVICES),
        verdicts=rules.jacobian_compare_benchmarks.output.verdicts,
    output:
        **recorded(table=update("results/jacobian/benchmark_history.csv")),
    log:
        "logs/jacobian/benchmark_history.log",
    params:
        **step("jacobian.steps.benchmark_history"),


use rule step as jacobian_figure_benchmark with:
    """Draw the times against depth, the rivals, and the share of the machine's limit."""
    input:
        table=rules.jacobian_compare_benchmarks.output.table,
        claims=rules.jacobian_assignment.output.table,
    output:
        depth=figure("jacobian", "depth")["figure"],
        rivals=figure("jacobian", "rivals")["figure"],
        roofline=figure("jacobian", "roofline")["figure"],
        provenance=expand("results/jacobian/figure_{name}.json", name=["depth", "rivals", "roofline"]),
    log:
        "logs/jacobian/figure_benchmark.log",
    params:
        **step("jacobian.figures.benchmark"),


FIGURES |= {
    "jacobian_figure_crossover": {"table": rules.jacobian_count.output.crossover},
    "jacobian_figure_benchmark_history": {"table": rules.jacobian_benchmark_history.output.table},
}

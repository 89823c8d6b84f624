# Every published claim held against the tables of this run, and the page that says so.

import json

from byhand.step.files import sha256
from byhand.report.claims import evidence

CLAIMS = Path(workflow.basedir, "published/claims.yaml")
FINDINGS = Path(workflow.basedir, "published/findings.yaml")
PROBLEMS = [
    rules.gradients,
    rules.housing,
    rules.jacobian,
    rules.relu,
    rules.initialization,
    rules.least_squares,
]
MADE = [path for problem in PROBLEMS for path in problem.input]
WRITTEN = [
    path.relative_to(workflow.basedir).as_posix()
    for folder in ("src/byhand/report/templates", "workflow/report")
    for path in sorted(Path(workflow.basedir, folder).rglob("*.*"))
]
TAUGHT = [  # what the notebook imports
    "byhand.gradients.network",
    "byhand.initialization.network",
    "byhand.initialization.theory",
    "byhand.initialization.initializations",
    "byhand.jacobian.cost",
    "byhand.jacobian.modes",
    "byhand.least_squares.descent",
    "byhand.numerics.randomness",
    "byhand.relu.constructions",
    "byhand.relu.networks",
    "byhand.relu.piecewise",
]
# Benchmarks stay out of a plain run. What `make bench` has left is shown, and shown anew when it changes.
MEASURED = [
    *rules.jacobian_figure_benchmark.output.depth,
    *rules.jacobian_figure_benchmark.output.peers,
    *rules.jacobian_figure_benchmark.output.roofline,
    rules.jacobian_compare.output.verdicts,
    rules.housing_benchmark.output.table,
    rules.initialization_benchmark.output.table,
    rules.least_squares_benchmark.output.table,
]
FOUND = {path: sha256(Path(path)) for path in MEASURED if Path(path).is_file()}


localrules:
    report,
    report_figure_steps,
    report_judge,
    report_lecture,
    report_page,
    strict,


rule report_judge:
    input:
        claims="published/claims.yaml",
        findings="published/findings.yaml",
        tables=configuration.or_exit(evidence, CLAIMS, FINDINGS),
    output:
        claims="results/report/claims.csv",
        findings="results/report/findings.csv",
        provenance="results/report/claims.json",
    log:
        "logs/report/judge.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=code("byhand.report.steps.judge"),
    shell:
        "python -m byhand.report.steps.judge --claims {input.claims} --findings {input.findings} --results results"
        " --output {output.claims} {output.findings} > {log} 2>&1"


rule report_figure_steps:
    input:
        made=MADE,
        claims=rules.report_judge.output.claims,
    output:
        pictures=[
            report(
                "results/report/figure_steps.svg",
                caption="../report/report_figure_steps.rst",
                category="What was run",
            ),
            "results/report/figure_steps.png",
        ],
        provenance="results/report/figure_steps.json",
    log:
        "logs/report/figure_steps.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=code("byhand.report.figures.steps"),
    shell:
        "python -m byhand.report.figures.steps --results results --made {input} --output {output.pictures} > {log} 2>&1"


rule report_page:
    input:
        made=MADE,
        claims=rules.report_judge.output.claims,
        findings=rules.report_judge.output.findings,
        steps=rules.report_figure_steps.output.pictures[0],
        written=WRITTEN,
    output:
        page="results/report.html",
        provenance="results/report.json",
    log:
        "logs/report/page.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    params:
        code=code("byhand.report.steps.page"),
        configuration=json.dumps(config),
        benchmarks=list(FOUND),
        checksums=list(FOUND.values()),
    shell:
        "python -m byhand.report.steps.page --results results --made {input.made} {input.claims} {input.steps}"
        " --benchmarks {params.benchmarks:q} --captions workflow/report --configuration {params.configuration:q}"
        " --output {output.page} > {log} 2>&1"


rule report_lecture:
    input:
        notebook="notebooks/lecture.ipynb",
    output:
        notebook="results/report/lecture.ipynb",
        provenance="results/report/lecture.json",
    log:
        "logs/report/lecture.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(2000),
        runtime=growing(10),
    params:
        code=[code(module) for module in ("byhand.report.steps.lecture", *TAUGHT)],
    shell:
        "python -m byhand.report.steps.lecture --notebook {input.notebook} --output {output.notebook} > {log} 2>&1"


rule report:
    input:
        rules.report_judge.output,
        rules.report_figure_steps.output,
        rules.report_page.output,
        rules.report_lecture.output,


# Only on request, for CI: fails if a verdict is not the expected one.
rule strict:
    input:
        table=rules.report_judge.output.claims,
    log:
        "logs/report/strict.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=growing(1000),
        runtime=growing(10),
    shell:
        "python -m byhand.report.steps.strict --table {input.table} 2>&1 | tee {log}"

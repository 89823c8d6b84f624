# Every published claim held against the tables of this run.

from byhand.report.claims import evidence

CLAIMS = Path(workflow.basedir, "published/claims.yaml")


localrules:
    report,
    report_judge,
    strict,


rule report_judge:
    input:
        claims="published/claims.yaml",
        tables=configuration.or_exit(evidence, CLAIMS),
    output:
        table="results/report/claims.csv",
        provenance="results/report/claims.json",
    log:
        "logs/report/judge.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=code("byhand.report.judge"),
    shell:
        "python -m byhand.report.judge --claims {input.claims} --results results --output {output.table} > {log} 2>&1"


rule report:
    input:
        rules.report_judge.output,


# Only on request, for CI: fails if a verdict is not the expected one.
rule strict:
    input:
        table=rules.report_judge.output.table,
    log:
        "logs/report/strict.log",
    conda:
        "../../environment.yml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    shell:
        "python -m byhand.report.strict --table {input.table} 2>&1 | tee {log}"

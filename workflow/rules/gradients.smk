# Problem 1, exercises 1 and 2: gradients by hand, against autograd and finite differences.


localrules:
    gradients,


rule gradients_check:
    output:
        table="results/gradients/check.csv",
        provenance="results/gradients/check.json",
    log:
        "logs/gradients/check.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(20),
    params:
        code=code("byhand.gradients.steps.check"),
        settings=flags(config["gradients"]["check"]),
    shell:
        "python -m byhand.gradients.steps.check {params.settings:q} --output {output.table} > {log} 2>&1"


rule gradients_document:
    input:
        published="published/gradient_check.csv",
    output:
        table="results/gradients/document.csv",
        provenance="results/gradients/document.json",
    log:
        "logs/gradients/document.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.gradients.steps.document"),
        settings=flags(config["gradients"]["document"]),
    shell:
        "python -m byhand.gradients.steps.document {params.settings:q} --published {input.published}"
        " --output {output.table} > {log} 2>&1"


rule gradients_figure_check:
    input:
        table=rules.gradients_check.output.table,
    output:
        pictures=[
            report(
                "results/gradients/figure_check.svg",
                caption="../report/gradients_figure_check.rst",
                category="1 Gradients by hand",
            ),
            "results/gradients/figure_check.png",
        ],
        provenance="results/gradients/figure_check.json",
    log:
        "logs/gradients/figure_check.log",
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(1500),
        runtime=growing(10),
    params:
        code=code("byhand.gradients.figures.check"),
    shell:
        "python -m byhand.gradients.figures.check --table {input.table} --output {output.pictures} > {log} 2>&1"


rule gradients:
    input:
        rules.gradients_check.output,
        rules.gradients_document.output,
        rules.gradients_figure_check.output,

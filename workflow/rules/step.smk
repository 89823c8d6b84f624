# The bases that the rules of all rooms start from: `use rule step as NAME with`.

ENVIRONMENT = environment(ROOT, workflow.deployment_settings.deployment_method, version(ROOT))
STEP = (
    "{params.environment} python -m byhand.workflow.start {params.step}"
    " --threads {threads} {params.settings:q} {params.files:q} > {log} 2>&1"
)


report: "../../assignment/report.rst"


rule step:
    """A base: a script whose flags are the names of the rule's wildcards, inputs and outputs."""
    log:
        "logs/step.log",
    conda:
        "../../environment.yml"
    resources:
        **at_most(),
    params:
        files=files,
        environment=lambda wildcards, input: ENVIRONMENT,  # takes `input`, so a clone elsewhere reruns nothing
    message:
        "{rule} {wildcards}"
    shell:
        STEP


rule visible_step:
    """The same, for steps that also show their output in the terminal."""
    log:
        "logs/visible_step.log",
    conda:
        "../../environment.yml"
    resources:
        **at_most(),
    params:
        files=files,
        environment=lambda wildcards, input: ENVIRONMENT,
    message:
        "{rule} {wildcards}"
    shell:
        STEP.replace("> {log} 2>&1", "2>&1 | tee {log}")

# The figures. Each is drawn by src/byhand/<room>/figures/<name>.py, whose flags are the names of the tables in FIGURES.

for rule_name, tables in FIGURES.items():
    room, _, name = rule_name.partition("_figure_")

    rule:
        """Draw one figure from its tables."""
        name:
            rule_name
        input:
            **tables,
        output:
            **figure(room, name),
        log:
            f"logs/{room}/figure_{name}.log",
        conda:
            "../../environment.yml"
        resources:
            **at_most(),
        params:
            **step(f"{room}.figures.{name}", SETTINGS.get(rule_name, {})),
            files=files,
            environment=lambda wildcards, input: ENVIRONMENT,
        message:
            "{rule}"
        shell:
            STEP

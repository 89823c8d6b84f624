# What the rules of all rooms share: two bases for `use rule`, and the outputs of a figure.


def figure(room, name):
    """The outputs of a rule that draws results/<room>/figure_<name>."""
    stem = f"{room}/figure_{name}"
    caption = f"../report/{room}_figure_{name}.rst"
    svg = report(f"results/{stem}.svg", caption=caption, category=TITLES[room])
    return dict(figure=[svg, f"results/{stem}.png"], provenance=f"results/{stem}.json")


rule step:
    log:
        "logs/step.log",
    conda:
        "../../environment.yml"
    resources:
        **at_most(),
    params:
        files=files,
    """A base for all others: a script whose flags are the names of the rule's wildcards, inputs and outputs."""
    message:
        "{rule} {wildcards}"
    shell:
        "python -m {params.step} --threads {threads} {params.settings:q} {params.files:q} > {log} 2>&1"


rule visible_step:
    log:
        "logs/visible_step.log",
    conda:
        "../../environment.yml"
    resources:
        **at_most(),
    params:
        files=files,
    """A base for what shows its output in the terminal, too."""
    message:
        "{rule} {wildcards}"
    shell:
        "python -m {params.step} --threads {threads} {params.settings:q} {params.files:q} 2>&1 | tee {log}"

# The two data sets, each as one file of arrays, from the first source that can be had.

from byhand.data.layout import cached, in_use

KINDS = ["images", "housing"]
HOME = configuration.or_exit(configuration.data_home, config)


# On a cluster too this runs on the submitting machine: it is the one with a network.
localrules:
    data,
    data_download,


rule data_download:
    input:
        # What is cached there already, so that a changed file is a changed input. Downloads are kept in the folder
        # `data` here, which is not watched: it fills up during the run.
        lambda wildcards: cached(config["data"][wildcards.kind], HOME),
    output:
        arrays=update("results/data/{kind}.npz"),
        provenance=update("results/data/{kind}.json"),
    log:
        "logs/data/{kind}.log",
    wildcard_constraints:
        kind="|".join(KINDS),
    conda:
        "../../environment.yml"
    resources:
        mem_mb=growing(2000),
        runtime=growing(60),
    params:
        code=code("byhand.data.steps.download"),
        home=lambda wildcards: (
            ["--home", HOME] if in_use(config["data"][wildcards.kind], HOME) else []
        ),
        sources=lambda wildcards: config["data"][wildcards.kind],
        settings=flags(config["data"]["download"]),
        mirrors=lambda wildcards: flags(
            {
                f"{source}_mirrors": config["data"]["mirrors"].get(source, [])
                for source in config["data"][wildcards.kind]
                if config["data"]["mirrors"].get(source)
            }
        ),
    shell:
        "python -m byhand.data.steps.download --sources {params.sources} {params.home:q}"
        " {params.settings:q} {params.mirrors:q} --output {output.arrays} 2>&1 | tee {log}"


rule data:
    input:
        expand(rules.data_download.output, kind=KINDS),

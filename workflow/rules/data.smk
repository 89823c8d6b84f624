# The two data sets, each as one file of arrays, from the first source that can be had.

from byhand.data.layout import existing

KINDS = ["images", "housing"]
HOME = configuration.or_exit(configuration.data_home, config)


def cached_files(wildcards):
    """What is in the configured home of the data sets, so that a changed file there is a changed input.

    Downloads are kept in the folder `data` here, which is not watched: it fills up during the run.
    """
    sources = config["data"][wildcards.kind] if HOME else []
    return [str(Path(HOME, path)) for source in sources for path in existing(source, Path(HOME))]


# On a cluster too this runs on the submitting machine: it is the one with a network.
localrules:
    data,
    data_download,


rule data_download:
    input:
        cached_files,
    output:
        arrays=update("results/data/{kind}.npz"),
        provenance=update("results/data/{kind}.json"),
    params:
        code=code("byhand.data.download"),
        home=["--home", HOME] if HOME else [],
        sources=lambda wildcards: config["data"][wildcards.kind],
        settings=flags(config["data"]["download"]),
        mirrors=lambda wildcards: flags(
            {
                f"{source}_mirrors": config["data"]["mirrors"].get(source, [])
                for source in config["data"][wildcards.kind]
                if config["data"]["mirrors"].get(source)
            }
        ),
    wildcard_constraints:
        kind="|".join(KINDS),
    log:
        "logs/data/{kind}.log",
    resources:
        mem_mb=2000,
        runtime=60,
    shell:
        "python -m byhand.data.download --sources {params.sources} {params.home:q}"
        " {params.settings:q} {params.mirrors:q} --output {output.arrays} 2>&1 | tee {log}"


rule data:
    input:
        expand(rules.data_download.output, kind=KINDS),

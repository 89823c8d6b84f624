# The two data sets, each as one file of arrays, from the first source that can be had.


def cached_files(wildcards):
    return configuration.cached_files(wildcards.kind, config)


rule data:
    input:
        "results/data/images.npz",
        "results/data/housing.npz",


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
        home=configuration.data_home(config),
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
        kind="images|housing",
    log:
        "logs/data/{kind}.log",
    resources:
        mem_mb=2000,
        runtime=60,
    shell:
        "python -m byhand.data.download --sources {params.sources} --home {params.home:q}"
        " {params.settings:q} {params.mirrors:q} --output {output.arrays} 2>&1 | tee {log}"

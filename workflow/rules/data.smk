# The two data sets, each as one file of arrays, from the first source that is available.

KINDS = ["images", "housing"]
KIND = constrained("kind", KINDS)
HOME = configuration.or_exit(configuration.data_home, config, workflow.is_main_process)


# Even on a cluster, this runs on the submitting machine, which has network access.
localrules:
    data_download,


use rule visible_step as data_download with:
    """Get a data set from a cache or by download."""
    output:
        arrays=update(f"results/data/{KIND}.npz"),
        provenance=update(f"results/data/{KIND}.json"),
    log:
        "logs/data/{kind}.log",
    resources:
        **at_most(mem_mb=2000, runtime=60),
    params:
        **step("data.steps.download", settings=download_flags(config["data"])),
        cached=cached_data(config["data"], HOME),
        files=lambda wildcards, output: ["--arrays", output.arrays, *(["--home", HOME] if HOME else [])],


RESULTS["data"] += each(rules.data_download.output, kind=KINDS)

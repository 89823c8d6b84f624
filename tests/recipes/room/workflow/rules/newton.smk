# Square roots by Newton's method.


use rule step as newton_iterate with:
    """Iterate from 1."""
    output:
        **recorded(table="results/newton/iterates.csv"),
    log:
        "logs/newton/iterate.log",
    params:
        **step("newton.steps.iterate", config["newton"]["iterate"]),


FIGURES |= {"newton_figure_excess": {"table": rules.newton_iterate.output.table}}

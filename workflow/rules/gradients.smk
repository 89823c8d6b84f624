# Problem 1, exercises 1 and 2: gradients by hand, against the true ones.


use rule step as gradients_check with:
    """Compare the hand-derived gradients, and autograd's, with the true ones."""
    output:
        **recorded(
            table="results/gradients/check.csv",
            intermediates="results/gradients/intermediates.csv",
        ),
    log:
        "logs/gradients/check.log",
    params:
        **step("gradients.steps.check", config["gradients"]["check"]),


use rule step as gradients_assignment with:
    """Repeat the assignment's own check over many seeds."""
    input:
        printed=own("assignment/printed/gradient_check.csv"),
    output:
        **recorded(table="results/gradients/assignment.csv", shapes="results/gradients/shapes.csv"),
    log:
        "logs/gradients/assignment.log",
    params:
        **step("gradients.steps.assignment", config["gradients"]["assignment"]),


FIGURES |= {
    "gradients_figure_check": {"table": rules.gradients_check.output.table},
}

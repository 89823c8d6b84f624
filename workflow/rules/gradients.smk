# Problem 1, exercises 1 and 2: gradients by hand, against autograd and finite differences.


use rule step as gradients_check with:
    """Compare the gradients by hand with autograd and central differences."""
    output:
        **recorded(table="results/gradients/check.csv"),
    log:
        "logs/gradients/check.log",
    params:
        **step("gradients.steps.check", config["gradients"]["check"]),


use rule step as gradients_document with:
    """Repeat the assignment's own check over many seeds."""
    input:
        printed="published/gradient_check.csv",
    output:
        **recorded(table="results/gradients/document.csv"),
    log:
        "logs/gradients/document.log",
    params:
        **step("gradients.steps.document", config["gradients"]["document"]),


use rule step as gradients_figure_check with:
    """Draw the errors of the gradients by hand."""
    input:
        table=rules.gradients_check.output.table,
    output:
        **figure("gradients", "check"),
    log:
        "logs/gradients/figure_check.log",
    params:
        **step("gradients.figures.check"),


rule gradients:
    """All of problem 1's gradients."""
    input:
        rules.gradients_check.output,
        rules.gradients_document.output,
        rules.gradients_figure_check.output,

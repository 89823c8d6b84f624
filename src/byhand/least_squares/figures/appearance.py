"""Text in the figures."""


def step_size_text(step: str) -> str:
    """The formula of a step size from its name in the tables."""
    if step == "optimal":
        return r"$2/(\lambda_{\min} + \lambda_{\max})$"
    return rf"{step.removesuffix(' of the bound')} · $2/\lambda_{{\max}}$"

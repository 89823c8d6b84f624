"""Text in the figures."""


def step_size_text(step: str) -> str:
    """The formula of a step size from its name in the tables."""
    if step == "optimal":
        return "2/(λₘᵢₙ + λₘₐₓ)"
    return f"{step.removesuffix(' of the bound')} · 2/λₘₐₓ"

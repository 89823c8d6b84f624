"""The section `gradients` of the configuration."""

from pydantic import Field

from byhand.workflow.setting_types import PositiveFraction, Section, Seeds, Size, Sizes


class Check(Section):
    """Every combination of these is checked."""

    input_widths: Sizes = Field(description="widths of the input")
    hidden_widths: Sizes = Field(description="numbers of hidden units")
    samples: Sizes = Field(description="batch sizes")
    seeds: Seeds = Field(description="random draws of each combination")


class Assignment(Section):
    """The assignment's own check."""

    input_width: Size = Field(description="width of the input")
    hidden_width: Size = Field(description="number of hidden units")
    samples: Size = Field(description="batch size")
    tolerance: PositiveFraction = Field(description="bound on the norm of the difference from autograd")
    seeds: Seeds = Field(description="random draws")


class Gradients(Section):
    """Problem 1, exercises 1 and 2."""

    check: Check
    assignment: Assignment

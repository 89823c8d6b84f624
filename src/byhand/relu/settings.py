"""The section `relu` of the configuration."""

from typing import Annotated

from pydantic import Field

from byhand.workflow.setting_types import Different, GridPoints, Section, Size, number, whole

Threshold = Annotated[
    float, number("from 0 to 1000000 (below 0 soft thresholding jumps, and no ReLU network does)", ge=0, le=1e6)
]
Thresholds = Annotated[tuple[Threshold, ...], Different("a list of one or more different numbers from 0 to 1000000")]
Compositions = Annotated[int, whole(1, 14, " (one hidden layer takes 2^14 units for 14)")]
Teeth = Annotated[tuple[Compositions, ...], Different("a list of one or more different whole numbers from 1 to 14")]


class Prove(Section):
    """The identities of tent and soft threshold."""

    thresholds: Thresholds = Field(description="s of soft thresholding")
    grid_points: GridPoints = Field(description="points of the check by float evaluation")


class RandomFunctions(Section):
    """Networks for random piecewise-linear functions."""

    functions: Annotated[int, whole(1, 100_000)] = Field(description="number of functions")
    breakpoints: Size = Field(description="largest number of breakpoints of a function")
    grid_points: GridPoints = Field(description="points of the check by float evaluation")


class Depth(Section):
    """The tent composed with itself."""

    compositions: Compositions = Field(description="largest number of compositions")
    grid_points: GridPoints = Field(description="points of the check by float evaluation")


class Curves(Section):
    """What the figures show."""

    threshold: Threshold = Field(description="s of soft thresholding")
    teeth: Teeth = Field(description="numbers of compositions of the tent")


class Relu(Section):
    """Problem 3: functions as ReLU networks, proven equal."""

    prove: Prove
    random_functions: RandomFunctions
    depth: Depth
    curves: Curves

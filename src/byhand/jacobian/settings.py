"""The section `jacobian` of the configuration. A shape is written as its widths, D-K₁-…-K_L-P.

30*10 stands for ten layers of 30, and @256 for a batch of 256 inputs.
"""

from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, Field

from byhand.workflow.setting_types import (
    Different,
    PositiveFraction,
    Repetitions,
    Seconds,
    Section,
    Seeds,
    Size,
    Sizes,
    text,
    whole,
)

Layers = Annotated[int, whole(1, 100)]
Shape = Annotated[
    str,
    text(
        "three or more widths such as 2-30*10-10, or 2-30*10-10@256 for a batch",
        r"[1-9][0-9]*(-[1-9][0-9]*([*][1-9][0-9]*)?)+-[1-9][0-9]*(@[1-9][0-9]*)?",
    ),
]
Shapes = Annotated[
    tuple[Shape, ...], Different("a list of one or more different shapes such as 2-30*10-10 or 2-30*10-10@256")
]
Contender = Annotated[str, text("the name of a contender, such as reverse", "[a-z][a-z_]*")]
Contenders = Annotated[
    tuple[Contender, ...],
    Different("a list of one or more names such as reverse, forward, published_reverse, published_forward"),
]
Device = Literal["cpu", "gpu", "cuda", "mps", "xpu"]


def _devices(value: Any) -> Any:
    """One name, or a list of different ones."""
    names = [value] if isinstance(value, str) else value
    known = (*get_args(Device), *(["auto"] if value == "auto" else []))
    if not (isinstance(names, list) and names and all(name in known for name in names)) or len(set(names)) < len(names):
        raise ValueError("not among the known")
    return value


class Check(Section):
    """Random shapes, against the true Jacobian."""

    cases: Annotated[int, whole(1, 100_000)] = Field(description="random shapes")
    largest_width: Size = Field(description="largest width of a layer")
    largest_depth: Layers = Field(description="largest number of layers")
    assignment_inputs: Size = Field(description="inputs of the assignment's own check")
    assignment_input_width: Size = Field(description="D of the assignment's own check")
    assignment_hidden_width: Size = Field(description="K of the assignment's own check")
    assignment_output_width: Size = Field(description="P of the assignment's own check")
    assignment_depth: Layers = Field(description="L of the assignment's own check")
    assignment_tolerance: PositiveFraction = Field(description="absolute tolerance of the assignment's own check")
    float32_depths: Annotated[
        tuple[Layers, ...], Different("a list of one or more different whole numbers from 1 to 100")
    ] = Field(description="depths at which float32 is compared with float64")
    float32_seeds: Seeds = Field(description="random networks of that comparison")


class Count(Section):
    """Multiplications and bytes, by formula and counted."""

    shapes: Shapes = Field(description="shapes whose cost is counted")
    map_widths: Sizes = Field(description="P and D of the map of the cheaper mode")
    map_hidden_width: Size = Field(description="K of the map")
    map_depth: Layers = Field(description="L of the map")
    growth_widths: Sizes = Field(description="M of the table of growth, ascending")
    growth_depths: Annotated[tuple[Layers, ...], Different("a list of one or more different whole numbers")] = Field(
        description="L of the table of growth"
    )


class Benchmark(Section):
    """`make bench`: every way to compute J."""

    shapes: Shapes = Field(description="shapes that are timed")
    repetitions: Repetitions = Field(description="repetitions of each measurement")
    turn_seconds: Seconds = Field(description="seconds per turn, which makes as many calls as fit")
    slow_seconds: Seconds = Field(description="seconds per call above which a method counts as slow")


class Times(Benchmark):
    """The assignment's own timing: its code, and ours."""

    contenders: Contenders = Field(description="the methods that are timed")


class Jacobian(Section):
    """Problem 2: the Jacobian of a deep tanh network by hand."""

    check: Check
    count: Count
    devices: Annotated[
        Any, AfterValidator(_devices), Field(title="auto, or one or a list of cpu, gpu, cuda, mps, xpu")
    ] = Field(description="devices to time on: what this machine has, or some")
    times: Times
    benchmark: Benchmark


class BenchmarkStep(Benchmark):
    """What the step `benchmark` is given."""

    device: Annotated[Literal["cpu", "cuda", "mps", "xpu"], Field(title="one of cpu, cuda, mps, xpu")] = Field(
        description="where to compute"
    )
    contenders: Annotated[tuple[Contender, ...], Different("names of contenders", least=0)] = Field(
        description="the methods that are timed; all if none is named"
    )

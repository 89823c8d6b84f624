"""The section `initialization` of the configuration."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, Json

from byhand.workflow.setting_types import (
    BatchSize,
    Different,
    Epochs,
    Images,
    LearningRate,
    PositiveFraction,
    Section,
    SeveralSeeds,
    Size,
    Sizes,
    number,
    text,
    whole,
)


def files_in(folder: str) -> tuple[str, ...]:
    """The names of the modules in a folder beside this file."""
    return tuple(sorted(path.stem for path in Path(__file__).with_name(folder).glob("[!_]*.py")))


NAMES = files_in("initializations")
"""The initialisations that have a file; U[−d, d] is named by its number: `uniform_0.1`."""

ACTIVATIONS = files_in("activations")
"""The activations, each of which has a file."""

OPTIMIZERS = files_in("optimizers")
"""The optimisers, each of which has a file."""

InitializationName = Annotated[
    str,
    text(
        f"uniform_NUMBER, with a number above 0, or one of {', '.join(NAMES)}",
        "|".join([r"uniform_(?=.*[1-9])[0-9]{1,6}(\.[0-9]{1,9})?", *NAMES]),
    ),
]
Initializations = Annotated[
    tuple[InitializationName, ...], Different("a list of one or more different names of initializations")
]
Depth = Annotated[int, whole(1, 128)]
Depths = Annotated[tuple[Depth, ...], Different("a list of one or more different whole numbers from 1 to 128")]
D = Annotated[float, number("from 0.001 to 10", ge=0.001, le=10)]
WeightScales = Annotated[
    tuple[Annotated[float, number("from 0.01 to 100", ge=0.01, le=100)], ...],
    Different("a list of one or more different numbers from 0.01 to 100"),
]
Order = Annotated[Literal["file", "shuffled"], Field(title="one of file, shuffled")]
Orders = Annotated[tuple[Order, ...], Different("a list of one or more of file, shuffled")]
ActivationName = Annotated[str, text(f"one of {', '.join(ACTIVATIONS)}", "|".join(ACTIVATIONS))]
Activations = Annotated[tuple[ActivationName, ...], Different(f"a list of one or more of {', '.join(ACTIVATIONS)}")]
OptimizerName = Annotated[str, text(f"one of {', '.join(OPTIMIZERS)}", "|".join(OPTIMIZERS))]
Optimizers = Annotated[tuple[OptimizerName, ...], Different(f"a list of one or more of {', '.join(OPTIMIZERS)}")]
LearningRates = Annotated[
    tuple[LearningRate, ...], Different("a list of one or more different numbers above 0, at most 1000000")
]


class Grid(Section):
    """Every combination of these is trained. What is left out is as in the assignment."""

    initializations: Initializations = Field((), description="how the weights are drawn; uniform_0.1 is U[−0.1, 0.1]")
    activations: Activations = Field((), description="what is applied in each hidden layer")
    optimizers: Optimizers = Field((), description="how a gradient moves the parameters")
    learning_rates: LearningRates = Field((), description="learning rates of the optimizers")
    depths: Depths = Field((), description="numbers of hidden layers")
    hidden_widths: Sizes = Field((), description="widths of the hidden layers")
    orders: Orders = Field((), description="orders of the examples: as in the file, or new in each epoch")


class Network(Section):
    """The shape of the assignment's networks."""

    depth: Depth = Field(description="number of hidden layers")
    hidden_width: Size = Field(description="width of the hidden layers")


class Assignment(Network):
    """The assignment's own networks, also trained on shuffled examples."""

    initializations: Initializations = Field(description="how the weights are drawn")


class EpochsOfData(Section):
    """Number of epochs for each data set."""

    mnist: Epochs = Field(description="epochs on MNIST")
    digits: Epochs = Field(description="epochs on the bundled data")


class Training(Section):
    """How every network is trained."""

    seeds: SeveralSeeds = Field(description="runs, each from its own random start")
    epochs: EpochsOfData = Field(description="epochs for each data set")
    batch_size: BatchSize = Field(description="images per batch; the last, partial batch is dropped")
    learning_rate: LearningRate = Field(description="learning rate, also of every grid that names none")
    probes: Size = Field(description="times during training that the layers are probed, besides the start")
    probe_images: Images = Field(description="test images that the layers are probed with")


class ExactTest(Section):
    """Whether the printed figures are those of one more run."""

    reruns: SeveralSeeds = Field(description="runs, in place of `seeds`, of the assignment's own networks")


class AutogradCheck(Section):
    """The training by hand against autograd and torch.optim."""

    compared_steps: Size = Field(description="first steps of training that are compared")
    activations: Activations = Field(description="activations, each with each optimizer")
    optimizers: Optimizers = Field(description="optimizers")


class Propagation(Section):
    """One batch through random networks and back."""

    hidden_widths: Sizes = Field(description="widths at which the theory is tested")
    seeds: SeveralSeeds = Field(description="random networks")
    images: Images = Field(description="images in the batch")
    bins: Size = Field(description="bins of the histograms; an odd number puts 0 in the middle of a bin")


class Phase(Section):
    """Growth of the error per layer against d of U[−d, d]."""

    d: Annotated[tuple[D, ...], Different("a list of one or more different numbers from 0.001 to 10")] = Field(
        description="half-widths d of the distribution of the weights"
    )
    hidden_widths: Sizes = Field(description="widths of the hidden layers")
    first_layer: Depth = Field(description="layer from which the growth is measured")
    last_layer: Depth = Field(description="layer to which the growth is measured")
    images: Images = Field(description="random inputs")
    seeds: SeveralSeeds = Field(description="random networks")


class MapGrid(Section):
    """The networks of a map: all combinations."""

    activations: Activations = Field(description="what is applied in each hidden layer")
    depths: Depths = Field(description="numbers of hidden layers")
    weight_scales: WeightScales = Field(description="σ; the variance of a weight is σ²/fan_in")
    seeds: SeveralSeeds = Field(description="runs, each from its own random start")


class MapTraining(Section):
    """How every network of a map is trained: by plain gradient descent, for a fixed number of steps."""

    images: Annotated[int, whole(1, 1_000_000)] = Field(description="training images, or as many as there are")
    epochs: EpochsOfData = Field(description="passes through these images for each data set")
    batch_size: BatchSize = Field(description="images per batch; the last, partial batch is dropped")
    learning_rate: LearningRate = Field(description="learning rate of gradient descent")


class Trained(Section):
    """What counts as trained, and what theory says can be."""

    trained_accuracy: PositiveFraction = Field(description="training accuracy from which a network counts as trained")
    multiple: Annotated[float, number("above 0, at most 1000", gt=0, le=1000)] = Field(
        description="a network can be trained up to this many depth scales"
    )


class Map(MapTraining, Trained):
    """Which networks can be trained, by depth and weight scale."""

    coarse: MapGrid = Field(description="the map of a plain run")
    fine: MapGrid = Field(description="the map of `snakemake map`, meant for a cluster")


class Benchmark(Section):
    """`make bench`."""

    seeds: Sizes = Field(description="numbers of runs that are trained together")
    steps: Annotated[int, whole(1, 100_000)] = Field(description="steps of each method in each repetition")
    repetitions: Size = Field(description="repetitions of each measurement")


class Initialization(Section):
    """Problem 4: how initialisation and depth decide whether a network learns."""

    grids: Annotated[dict[str, Grid], Field(title="a mapping from names to grids")] = Field(
        description="the networks that are trained; the names are free"
    )
    assignment: Assignment
    training: Training
    exact_test: ExactTest
    autograd_check: AutogradCheck
    propagation: Propagation
    phase: Phase
    map: Map
    benchmark: Benchmark


class AutogradCheckStep(Assignment, AutogradCheck):
    """What the step `autograd_check` is given."""

    batch_size: BatchSize = Field(description="images per batch")
    learning_rate: LearningRate = Field(description="learning rate of gradient descent")


class TrainStep(Network, Training):
    """What the step `train` is given."""

    initialization: InitializationName = Field(description="how the weights are drawn")
    activation: ActivationName = Field(description="what is applied in each hidden layer")
    optimizer: OptimizerName = Field(description="how a gradient moves the parameters")
    order: Order = Field(description="order of the examples: as in the file, or new in each epoch")


class PropagateStep(Network, Propagation):
    """What the step `propagate` is given."""

    initialization: InitializationName = Field(description="how the weights are drawn")
    activation: ActivationName = Field(description="what is applied in each hidden layer")
    depths: Depths = Field(description="numbers of hidden layers")


class CompareStep(Network):
    """What the step `compare` is given: which networks there are."""

    grids: Annotated[Json[dict[str, Grid]], Field(title="a mapping from names to grids, as JSON")] = Field(
        description="the grids"
    )
    learning_rate: LearningRate = Field(description="learning rate of the assignment's own networks")
    assignment_initializations: Initializations = Field(description="initializations of the assignment's own networks")


class MapStep(MapTraining):
    """What the step `map` is given."""

    activation: ActivationName = Field(description="what is applied in each hidden layer")
    depth: Depth = Field(description="number of hidden layers")
    hidden_width: Size = Field(description="width of the hidden layers")
    weight_scales: WeightScales = Field(description="σ; the variance of a weight is σ²/fan_in")
    seeds: SeveralSeeds = Field(description="runs, each from its own random start")


class ScalesStep(Assignment):
    """What the step `scales` is given."""

    activations: Activations = Field(description="what is applied in each hidden layer")


class MapFigure(Trained):
    """What the figure of the map is given."""

    depth: Depth = Field(description="number of hidden layers of the assignment's networks")


class BenchmarkStep(Network, Benchmark):
    """What the step `benchmark` is given."""

    batch_size: BatchSize = Field(description="images per batch")
    learning_rate: LearningRate = Field(description="learning rate of gradient descent")

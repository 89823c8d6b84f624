"""The section `housing` of the configuration."""

from typing import Annotated

from pydantic import Field

from byhand.workflow.setting_types import (
    BatchSize,
    Epochs,
    LearningRate,
    OpenFraction,
    Repetitions,
    Section,
    SeveralSeeds,
    Size,
    text,
    whole,
)


class EpochsOfData(Section):
    """Number of epochs for each data set."""

    california_housing: Epochs = Field(description="epochs on California Housing")
    diabetes: Epochs = Field(description="epochs on the bundled data")


class Optimisation(Section):
    """How the network is trained, whatever the number of epochs."""

    seeds: SeveralSeeds = Field(description="runs, each from its own random start")
    hidden_width: Size = Field(description="number of hidden units")
    batch_size: BatchSize = Field(description="rows per batch")
    learning_rate: LearningRate = Field(description="learning rate of Adam")
    factor: OpenFraction = Field(description="factor by which ReduceLROnPlateau multiplies the learning rate")
    patience: Annotated[int, whole(0, 10_000)] = Field(
        description="epochs without a better validation loss before the learning rate is reduced"
    )
    test_fraction: OpenFraction = Field(description="share of the rows that are test rows")
    split_seed: Annotated[int, whole(0, 4_294_967_295)] = Field(
        description="random_state of the split into training and test rows"
    )
    split_step: Annotated[int, whole(0, 1000)] = Field(
        description="added to split_seed from one run to the next; with 0 all runs have the same test rows"
    )
    validation_fraction: OpenFraction = Field(description="share of the training rows that are validation rows")


class Training(Optimisation):
    """How the network is trained."""

    epochs: EpochsOfData = Field(description="epochs for each data set")


class ExactTest(Section):
    """Whether the printed losses are those of one more run."""

    reruns: SeveralSeeds = Field(description="runs, in place of `seeds`, of each code that may have printed them")


class Splits(Section):
    """What a bug changes, over several splits into training and test rows."""

    runs: SeveralSeeds = Field(description="runs, each with a split and a random start of its own")


class AutogradCheck(Section):
    """The training by hand against autograd and torch.optim."""

    compared_epochs: Epochs = Field(description="epochs that are compared")


class Benchmark(Section):
    """`make bench`."""

    repetitions: Repetitions = Field(description="repetitions of each measurement")


class Housing(Section):
    """Problem 1, exercise 3."""

    training: Training
    exact_test: ExactTest
    splits: Splits
    autograd_check: AutogradCheck
    benchmark: Benchmark


class TrainStep(Training):
    """What the step `train` is given."""

    protocol: Annotated[str, text("the name of a protocol", r"\w+")] = Field(
        description="which of the notebook's bugs the run has"
    )


class AutogradCheckStep(Optimisation, AutogradCheck):
    """What the step `autograd_check` is given."""


class BenchmarkStep(Optimisation, Benchmark):
    """What the step `benchmark` is given."""

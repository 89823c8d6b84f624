"""Check that hand-derived training matches the notebook's own (torch.nn, autograd, torch.optim), step by step.

For each of the assignment's initialisations, activations and optimisers, in double precision, on the first batches in
the order of the file. Autograd differentiates an activation's value and knows nothing of its slope. Both take every
step from the parameters where the notebook's code is, because large weights would let a difference in rounding grow a
thousandfold in each step; each optimiser remembers its own earlier gradients. Adam divides a gradient by its size and
so enlarges the rounding of those that are hardly larger than ε. For the parameters after a step: the largest
difference, relative to the largest move of a parameter; for loss and accuracy of the batch before it, and of test
images after it: relative to the notebook's. The largest of all steps is kept.
"""

from collections.abc import Iterator, Sequence
from itertools import cycle, islice, product

import pandas as pd
import torch
from torch import Tensor

from byhand import step
from byhand.data.arrays import Images, load_images
from byhand.initialization import activations, initializations, network, notebook, optimizers, training
from byhand.initialization.settings import AutogradCheckStep
from byhand.numerics.randomness import generator
from byhand.step import tables


def flat(parameters: network.Parameters) -> Tensor:
    """All parameters in one row."""
    return torch.cat([theta.flatten() for theta in parameters.layers])


def first(images: Images, settings: AutogradCheckStep) -> tuple[list[training.Rows], training.Rows]:
    """The batches of the compared steps, in the notebook's order, and one of test images, in double precision.

    Raises:
        BadInput: there are fewer images than a batch needs.
    """
    size = settings.batch_size
    train_rows, test_rows = (training.batches(images, split) for split in ("train", "test"))
    epoch = training.whole_batches(train_rows, size, "training")
    training.whole_batches(test_rows, size, "test")
    steps = islice(cycle(range(epoch)), settings.compared_steps)
    chosen = [test_rows[:size], *(train_rows[size * step : size * (step + 1)] for step in steps)]
    tested, *batches = (training.Rows(batch.x.double(), batch.labels) for batch in chosen)
    return batches, tested


def differences(
    before: network.Parameters,
    batches: Sequence[training.Rows],
    tested: training.Rows,
    learning_rate: float,
    activation: str = "tanh",
    optimizer: str = "sgd",
) -> Iterator[dict[str, float]]:
    """The relative difference in each quantity, step by step, from the start `before`."""
    method = network.Method(activations.named(activation), optimizers.named(optimizer), learning_rate)
    pairs = ((batch.pixels, batch.labels) for batch in batches)
    loop = notebook.steps(pairs, before, learning_rate, notebook.Elementwise(method.activation.value), optimizer)
    memory = None
    for batch, theirs in zip(batches, loop, strict=True):
        ours = next(training.train(batch, tested, before, method, batch_size=len(batch.x), order=None, memory=memory))
        memory = ours.memory
        after = notebook.parameters(theirs.model)
        test_loss, test_accuracy = notebook.evaluated(theirs.model, tested.pixels, tested.labels)
        means = {
            "train_loss": theirs.loss,
            "train_accuracy": theirs.accuracy,
            "test_loss": test_loss,
            "test_accuracy": test_accuracy,
        }
        move = (flat(after) - flat(before)).abs().max()
        yield {
            "parameters": ((flat(ours.parameters) - flat(after)).abs().max() / move).item(),
            **{
                quantity: abs(getattr(ours, quantity).item() - value) / (abs(value) or 1)
                for quantity, value in means.items()
            },
        }
        before = after


def main(files: step.Files, settings: AutogradCheckStep) -> step.Facts:
    """Write the table."""
    images = load_images(files.data)
    batches, tested = first(images, settings)
    widths = network.widths(images.pixels, settings.hidden_width, settings.depth, images.classes)
    rows = []
    for name, activation, optimizer in product(settings.initializations, settings.activations, settings.optimizers):
        stream = generator("initialization", "autograd_check", name)
        start = network.initial(initializations.named(name), widths, [stream]).map(Tensor.double)
        steps = differences(start, batches, tested, settings.learning_rate, activation, optimizer)
        found = pd.DataFrame(steps).max()
        case = {"initialization": name, "activation": activation, "optimizer": optimizer}
        facts = {**images.columns, **case, "steps": settings.compared_steps}
        rows += [{**facts, "quantity": quantity, "relative_difference": value} for quantity, value in found.items()]
    tables.write(pd.DataFrame(rows), files.table)
    return {"data": images.columns, "seeds": "initialization/autograd_check/<initialization>"}


if __name__ == "__main__":
    step.run(main, inputs={"data": "the images (.npz)"}, outputs={"table": "the table to write (.csv)"})

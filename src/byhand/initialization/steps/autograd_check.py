"""Check that hand-derived training matches the notebook's own (torch.nn, autograd, torch.optim), step by step.

For each of the assignment's initialisations, in double precision, on the first batches in the order of the file. Both
take every step from the parameters where the notebook's code is, because large weights would let a difference in
rounding grow a thousandfold in each step. For the parameters after a step: the largest difference, relative to the
largest move of a parameter; for loss and accuracy of the batch before it, and of test images after it: relative to the
notebook's. The largest of all steps is kept.
"""

from collections.abc import Iterator
from itertools import islice

import pandas as pd
import torch
from torch import Tensor

from byhand import step
from byhand.data.arrays import Images, load_images
from byhand.initialization import network, notebook, training
from byhand.initialization.initializations import named
from byhand.initialization.settings import AutogradCheckStep
from byhand.numerics.randomness import generator
from byhand.step import tables


def flat(parameters: network.Parameters) -> Tensor:
    """All parameters in one row."""
    return torch.cat([tensor.flatten() for tensor in (*parameters.weights, *parameters.biases)])


def differences(images: Images, name: str, settings: AutogradCheckStep) -> Iterator[dict[str, float]]:
    """The relative difference in each quantity, step by step."""
    classes = int(images.train_labels.max()) + 1
    widths = network.widths(images.train_images[0].size, settings.hidden_width, settings.depth, classes)
    stream = generator("initialization", "autograd_check", name)
    before = network.initial(named(name), widths, [stream]).map(Tensor.double)
    train_rows, test_rows = (training.batches(images, split, torch.float64) for split in ("train", "test"))
    size = settings.batch_size
    tested = training.Rows(test_rows.x[:size], test_rows.labels[:size])
    loop = notebook.steps(notebook.resident(train_rows, size), before, settings.learning_rate)
    for number, theirs in enumerate(islice(loop, settings.compared_steps)):
        rows = slice(number * size, (number + 1) * size)
        batch = training.Rows(train_rows.x[rows], train_rows.labels[rows])
        ours = next(
            training.train(batch, tested, before, batch_size=size, learning_rate=settings.learning_rate, order=None)
        )
        after = notebook.parameters(theirs.model)
        test_loss, test_accuracy = notebook.evaluated(theirs.model, tested.x, tested.labels)
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
    rows = [
        {
            **images.columns,
            "initialization": name,
            "steps": settings.compared_steps,
            "quantity": quantity,
            "relative_difference": difference,
        }
        for name in settings.initializations
        for quantity, difference in pd.DataFrame(differences(images, name, settings)).max().items()
    ]
    tables.write(pd.DataFrame(rows), files.table)
    return {"data": images.columns, "seeds": "initialization/autograd_check/<initialization>"}


if __name__ == "__main__":
    step.run(main, inputs={"data": "the images (.npz)"}, outputs={"table": "the table to write (.csv)"})

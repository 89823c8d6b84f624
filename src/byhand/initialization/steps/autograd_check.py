"""Check that hand-derived training matches the notebook's own (torch.nn, autograd, torch.optim) on the first batches.

For each of the assignment's initialisations, in double precision, from the same start, in the order of the file: the
largest difference in any weight or bias after the last step, relative to the largest move of a parameter; and that in
the means of loss and accuracy, relative to the notebook's.
"""

from itertools import islice

import pandas as pd
import torch
from torch import Tensor, nn

from byhand import step
from byhand.data.arrays import Images, load_images
from byhand.initialization import network, notebook, training
from byhand.initialization.initializations import named
from byhand.initialization.settings import AutogradCheckStep
from byhand.numerics.randomness import generator
from byhand.step import tables


def both(images: Images, name: str, settings: AutogradCheckStep) -> dict[str, tuple[Tensor, Tensor, Tensor]]:
    """Ours, the notebook's, and the scale of the difference, for each quantity."""
    widths = network.widths(
        images.train_images[0].size, settings.hidden_width, settings.depth, int(images.train_labels.max()) + 1
    )
    stream = generator("initialization", "autograd_check", name)
    start = network.initial(named(name), widths, [stream]).map(Tensor.double)
    rows = {split: training.batches(images, split, torch.float64) for split in ("train", "test")}
    size = settings.batch_size * settings.compared_steps
    first = training.Rows(rows["train"].x[:size], rows["train"].labels[:size])
    ours = next(
        training.train(
            first, rows["test"], start, batch_size=settings.batch_size, learning_rate=settings.learning_rate, order=None
        )
    )
    batches = notebook.resident(first, settings.batch_size)
    steps = list(islice(notebook.steps(batches, start, settings.learning_rate), settings.compared_steps))
    model = steps[-1].model
    linear = [layer for layer in model if isinstance(layer, nn.Linear)]
    theirs = [layer.weight.detach().mT for layer in linear] + [layer.bias.detach() for layer in linear]
    mine = [W[0] for W in ours.parameters.weights] + [b[0, 0] for b in ours.parameters.biases]
    before = [W[0] for W in start.weights] + [b[0, 0] for b in start.biases]
    flat, flat_theirs, flat_before = (torch.cat([part.flatten() for part in parts]) for parts in (mine, theirs, before))
    tested = [
        notebook.evaluated(model, x, labels)
        for x, labels in islice(
            notebook.resident(rows["test"], settings.batch_size), len(rows["test"].x) // settings.batch_size
        )
    ]

    def mean(values: list[float]) -> Tensor:
        return torch.tensor(values, dtype=torch.float64).mean()

    means = {
        "train_loss": mean([each.loss for each in steps]),
        "train_accuracy": mean([each.accuracy for each in steps]),
        "test_loss": mean([loss for loss, _ in tested]),
        "test_accuracy": mean([accuracy for _, accuracy in tested]),
    }
    return {
        "parameters": (flat, flat_theirs, (flat_theirs - flat_before).abs().max()),
        **{quantity: (getattr(ours, quantity)[0].double(), value, value) for quantity, value in means.items()},
    }


def main(files: step.Files, settings: AutogradCheckStep) -> step.Facts:
    """Write the table."""
    images = load_images(files.data)
    rows = [
        {
            **images.columns,
            "initialization": name,
            "steps": settings.compared_steps,
            "quantity": quantity,
            "relative_difference": ((ours - theirs).abs().max() / scale).item(),
        }
        for name in settings.initializations
        for quantity, (ours, theirs, scale) in both(images, name, settings).items()
    ]
    tables.write(pd.DataFrame(rows), files.table)
    return {"data": images.columns, "seeds": "initialization/autograd_check/<initialization>"}


if __name__ == "__main__":
    step.run(main, inputs={"data": "the images (.npz)"}, outputs={"table": "the table to write (.csv)"})

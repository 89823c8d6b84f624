"""Values that are legal but extreme: the run ends well, or is refused for a stated reason.

Each is tried on a finished run, of which only that is run again that the value concerns. `make test` tries a few,
`make soak` all.
"""

from typing import Any

import pytest

from tests.workflow.conftest import Project

CASES: dict[str, tuple[str, str, Any]] = {
    "gradients: one of everything": (
        "gradients",
        "gradients.check",
        {"input_widths": [1], "hidden_widths": [1], "samples": [1], "seeds": 1},
    ),
    "gradients: the assignment's case with one row": ("gradients", "gradients.assignment.samples", 1),
    "gradients: one seed": ("gradients", "gradients.assignment.seeds", 1),
    "housing: width 1": ("housing", "housing.training.hidden_width", 1),
    "housing: one epoch": ("housing", "housing.training.epochs.diabetes", 1),
    "housing: a batch larger than the data": ("housing", "housing.training.batch_size", 10**6),
    "housing: a batch of one": ("housing", "housing.training.batch_size", 1),
    "housing: a learning rate of a million": ("housing", "housing.training.learning_rate", 1e6),
    "housing: hardly any learning rate": ("housing", "housing.training.learning_rate", 1e-300),
    "housing: no patience": ("housing", "housing.training.patience", 0),
    "housing: hardly a validation row": ("housing", "housing.training.validation_fraction", 1e-6),
    "housing: hardly a training row": ("housing", "housing.training.validation_fraction", 1 - 1e-6),
    "housing: hardly a test row": ("housing", "housing.training.test_fraction", 1e-6),
    "housing: all but every row for testing": ("housing", "housing.training.test_fraction", 1 - 1e-6),
    "jacobian: one case of width 1": (
        "jacobian",
        "jacobian.check",
        {
            "cases": 1,
            "largest_width": 1,
            "largest_depth": 1,
            "assignment_inputs": 1,
            "assignment_input_width": 1,
            "assignment_hidden_width": 1,
            "assignment_output_width": 1,
            "assignment_depth": 1,
            "assignment_tolerance": 1e-2,
            "float32_depths": [1],
            "float32_seeds": 1,
        },
    ),
    "jacobian: depth 64": ("jacobian", "jacobian.check.largest_depth", 64),
    "jacobian: a chain of ones": ("jacobian", "jacobian.count.shapes", ["1-1-1"]),
    "jacobian: one point of the map": ("jacobian", "jacobian.count.map_widths", [1]),
    "relu: one function with one breakpoint": (
        "relu",
        "relu.random_functions",
        {"functions": 1, "breakpoints": 1, "grid_points": 2},
    ),
    "relu: one composition": ("relu", "relu.depth.compositions", 1),
    "relu: a threshold of a million": ("relu", "relu.prove.thresholds", [1000000]),
    "initialization: depth 64": ("initialization", "initialization.grids.tanh.depths", [64]),
    "initialization: width 1": ("initialization", "initialization.grids.tanh.hidden_widths", [1]),
    "initialization: one epoch": ("initialization", "initialization.training.epochs.digits", 1),
    "initialization: a batch larger than the data": ("initialization", "initialization.training.batch_size", 10**6),
    "initialization: a batch of one": ("initialization", "initialization.training.batch_size", 1),
    "initialization: a learning rate of a million": ("initialization", "initialization.training.learning_rate", 1e6),
    "initialization: enormous weights": (
        "initialization",
        "initialization.grids.tanh.initializations",
        ["uniform_1000000"],
    ),
    "initialization: one image": (
        "initialization",
        "initialization.propagation",
        {"hidden_widths": [1], "seeds": 2, "images": 1, "bins": 1},
    ),
    "initialization: one value of d": ("initialization", "initialization.phase.d", [10]),
    "least squares: one step": ("least_squares", "least_squares.closed_form.steps", [1]),
    "least squares: one step to converge in": ("least_squares", "least_squares.convergence.steps", 1),
    "least squares: the worst condition": ("least_squares", "least_squares.problems.conditions", [1e15]),
    "least squares: one feature": ("least_squares", "least_squares.problems.features", 1),
    "least squares: fewer rows than features": ("least_squares", "least_squares.problems.samples", 2),
}
ALWAYS = ("housing: a batch larger than the data", "initialization: a learning rate of a million")


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=() if case in ALWAYS else pytest.mark.soak) for case in CASES]
)
def test_an_extreme_value_works_or_is_refused_for_a_stated_reason(case: str, project: Project) -> None:
    problem, key, value = CASES[case]
    project.configure(*key.split("."), value=value)
    done = project.snakemake("--cores", "2", problem, "results/report.html")
    said = done.stdout + done.stderr
    logs = "".join(path.read_text(encoding="utf-8") for path in (project.path / "logs").rglob("*.log"))
    assert "Traceback" not in said + logs
    assert "Warning:" not in said + logs
    if done.returncode:
        refused = [line for line in said.splitlines() if line.startswith("config: ") or ": error: " in line]
        assert refused, said

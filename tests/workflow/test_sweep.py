"""A sweep of ten thousand trainings: a thousand networks with ten seeds each."""

from pathlib import Path

from tests.workflow.conftest import Project

INITIALIZATIONS = ["uniform_0.1", "uniform_0.2", "xavier_uniform", "lecun", "he"]
WIDTHS = list(range(10, 30))
DEPTHS = list(range(1, 11))


def test_a_changed_value_in_the_middle_of_a_sweep_reruns_its_share_alone(finished: Project, tmp_path: Path) -> None:
    project = finished.copy(tmp_path / "project")
    project.configure("initialization", "training", "seeds", value=10)
    sweep = {"initializations": INITIALIZATIONS, "depths": DEPTHS, "hidden_widths": WIDTHS}
    project.configure("initialization", "grids", "tanh", value=sweep)
    planned = project.snakemake("--summary")
    for line in planned.stdout.splitlines()[1:]:  # as if all had been trained: touching makes Snakemake's records
        path = project.path / line.split("\t")[0]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert project.snakemake("--touch", "--cores", "2").returncode == 0
    assert project.jobs() == {}

    changed = [w if w != 20 else 35 for w in WIDTHS]
    project.configure("initialization", "grids", "tanh", "hidden_widths", value=changed)
    after = {"initialization_compare": 1, "initialization_figure_depth": 1}
    after |= {"report_judge": 1, "report_figure_steps": 1, "report_lecture": 1, "report_page": 1}
    assert project.jobs() == {"initialization_train": len(INITIALIZATIONS) * len(DEPTHS), **after}

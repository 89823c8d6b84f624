"""Only what is stale runs again, and all that is stale does: for each edit, the jobs of a dry run are exactly these."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from byhand.housing.bugs import PROTOCOLS
from tests.workflow.conftest import Project, fresh

Edit = Callable[[Project], None]

GRADIENTS = {"gradients_check": 1, "gradients_assignment": 1, "gradients_figure_check": 1}
HOUSING_FIGURES = {"housing_figure_curves": 1, "housing_figure_frozen": 1, "housing_figure_bugs": 1}
AFTER_TRAINING = {"housing_compare": 1, **HOUSING_FIGURES}
TRAINING = {"housing_train": len(PROTOCOLS), "housing_splits": 1, **AFTER_TRAINING}
HOUSING = {"housing_autograd_check": 1, "housing_baseline": 1, **TRAINING}
JACOBIAN_TIMES = {"jacobian_times_cpu": 1, "jacobian_assignment": 1}
JACOBIAN = {"jacobian_check": 1, "jacobian_count": 1, "jacobian_figure_crossover": 1, **JACOBIAN_TIMES}
LECTURE = {"report_lecture": 1}
DERIVED = {"report_derive": 1}
PAGE = {"report_page": 1}
RELU_FIGURES = {"relu_figure_constructions": 1, "relu_figure_depth": 1}
RELU = {"relu_prove": 1, "relu_random_functions": 1, "relu_depth": 1, "relu_curves": 1, **RELU_FIGURES}
COMPARED = {"initialization_compare": 1, "initialization_figure_depth": 1}
CHECKED = {"initialization_autograd_check": 1}
TRAINED = {
    "initialization_train": 5,
    "initialization_figure_training": 1,
    "initialization_figure_gradients_in_training": 1,
    **COMPARED,
}
PROPAGATED = {
    "initialization_propagate": 2,
    "initialization_figure_gradients": 1,
    "initialization_figure_activations": 1,
    **COMPARED,
}
PHASE = {"initialization_phase": 1, "initialization_figure_phase": 1}
SCALES = {"initialization_scales": 1, "initialization_figure_map": 1}
JUDGED_MAP = {"initialization_compare_map": 1, "initialization_figure_map": 1}
MAP = {"initialization_map": 2, **JUDGED_MAP}
ON_IMAGES = {**TRAINED, **PROPAGATED, **CHECKED, **MAP}
LEAST_SQUARES_ON_DATA = {
    **{
        f"least_squares_{step}": 1 for step in ("prove", "closed_form", "convergence", "definiteness", "rank_deficient")
    },
    "least_squares_figure_errors": 1,
}
LEAST_SQUARES = {"least_squares_plane": 1, "least_squares_figure_iterates": 1, **LEAST_SQUARES_ON_DATA}
FIGURES = {
    "gradients_figure_check": 1,
    **HOUSING_FIGURES,
    "jacobian_figure_crossover": 1,
    **RELU_FIGURES,
    **{
        f"initialization_figure_{name}": 1
        for name in ("gradients", "activations", "training", "gradients_in_training", "phase", "depth", "map")
    },
    "least_squares_figure_iterates": 1,
    "least_squares_figure_errors": 1,
}
ON_HOUSING_DATA = {**HOUSING, **LEAST_SQUARES_ON_DATA}
EVIDENCE = {  # what the claims are judged by
    "gradients_check", "gradients_assignment", "housing_autograd_check", "housing_compare", "jacobian_check",
    "jacobian_count", "jacobian_assignment", "relu_prove", "initialization_autograd_check", "initialization_compare",
    "least_squares_prove", "least_squares_closed_form", "least_squares_convergence",
}  # fmt: skip
TAUGHT = {  # what the lecture reads
    "gradients_check", "jacobian_count", "relu_prove", "initialization_compare", "least_squares_convergence",
    "report_derive",
}  # fmt: skip
EVERYTHING = {
    "data_download": 2, **GRADIENTS, **HOUSING, **JACOBIAN, **RELU, **ON_IMAGES, **PHASE, **SCALES, **LEAST_SQUARES,
    **LECTURE, **DERIVED,
}  # fmt: skip


def configure(*key: str, value: object) -> Edit:
    return lambda project: project.configure(*key, value=value)


def edit(name: str, old: str, new: str) -> Edit:
    return lambda project: project.edit(name, old, new)


def touch(*patterns: str) -> Edit:
    def touched(project: Project) -> None:
        for pattern in patterns:
            paths = list(project.path.glob(pattern))
            assert paths, pattern
            for path in paths:
                path.touch()

    return touched


def delete(name: str) -> Edit:
    return lambda project: (project.path / name).unlink()


def add(name: str) -> Edit:
    """A copy of an initialization, an activation or an optimizer, of another name."""

    def copied(project: Project) -> None:
        path = project.path / "src/byhand/initialization" / name
        shutil.copy(path, path.with_name("new.py"))

    return copied


def change_array(project: Project) -> None:
    """One bit of the housing data, in the file that the data step made."""
    path = project.path / "results/data/housing.npz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


UNIMPORTANT: dict[str, Edit] = {
    "a comment in a step": edit("src/byhand/housing/steps/train.py", "import pandas", "# a comment\nimport pandas"),
    "a docstring": edit("src/byhand/least_squares/rates.py", "The steps between which", "Steps between which"),
    "blank lines and line breaks": edit("src/byhand/step/files.py", "import hashlib\n", "import hashlib\n\n\n\n"),
    "the README": edit("README.md", "A README", "Another README"),
    "a comment in the conda environment": edit("environment.yml", "name: byhand", "# a comment\nname: byhand"),
    "a comment in the configuration": edit("config.yaml", "data:", "# a comment\ndata:"),
    "the keys of a section in another order": lambda project: project.configure(
        "gradients", "check", value={"seeds": 2, "samples": [3], "hidden_widths": [2], "input_widths": [1, 2]}
    ),
    "a comment in the rules": edit("workflow/rules/housing.smk", "use rule step", "# a comment\nuse rule step"),
    "a touched input": touch("assignment/printed/*.csv"),
    "touched sources, configuration and data": touch("src/**/*.py", "config.yaml", "results/data/*"),
}

EDITS: dict[str, tuple[Edit, dict[str, int]]] = {
    "a docstring in code that the page shows": (
        edit("src/byhand/gradients/network.py", "sign(0) = 0 picks", "sign(0) = 0 chooses"),
        PAGE,
    ),
    # a value of each problem
    "gradients: a shape of the check": (
        configure("gradients", "check", "samples", value=[4]),
        {"gradients_check": 1, "gradients_figure_check": 1},
    ),
    "gradients: the assignment's tolerance": (
        configure("gradients", "assignment", "tolerance", value=1e-5),
        {"gradients_assignment": 1},
    ),
    "housing: the epochs": (
        configure("housing", "training", "epochs", value={"california_housing": 2, "diabetes": 4}),
        TRAINING,
    ),
    "housing: the learning rate": (configure("housing", "training", "learning_rate", value=0.01), HOUSING),
    "housing: the epochs of the autograd check": (
        configure("housing", "autograd_check", "compared_epochs", value=2),
        {"housing_autograd_check": 1},
    ),
    "housing: the benchmark's repetitions, which no result of a plain run uses": (
        configure("housing", "benchmark", "repetitions", value=11),
        {},
    ),
    "jacobian: the assignment's tolerance": (
        configure("jacobian", "check", "assignment_tolerance", value=0.1),
        {"jacobian_check": 1},
    ),
    "jacobian: the repetitions of the assignment's timing": (
        configure("jacobian", "times", "repetitions", value=11),
        JACOBIAN_TIMES,
    ),
    "jacobian: the benchmark's shapes, which no result of a plain run uses": (
        configure("jacobian", "benchmark", "shapes", value=["2-3-2"]),
        {},
    ),
    "relu: the grid of the depth table": (
        configure("relu", "depth", "grid_points", value=5),
        {"relu_depth": 1, "relu_figure_depth": 1},
    ),
    "initialization: the learning rate": (
        configure("initialization", "training", "learning_rate", value=0.1),
        {**TRAINED, **CHECKED},
    ),
    "initialization: one more depth of the grid": (
        configure("initialization", "grids", "tanh", "depths", value=[1, 2, 3]),
        {**PROPAGATED, "initialization_propagate": 1, "initialization_train": 1},
    ),
    "initialization: a grid of other networks beside it": (
        configure(
            "initialization",
            "grids",
            "relu",
            value={
                "initializations": ["he"],
                "activations": ["relu"],
                "optimizers": ["adam"],
                "learning_rates": [0.001],
                "depths": [1, 2, 4],
            },
        ),
        {
            "initialization_train": 3,
            "initialization_propagate": 1,
            **COMPARED,
            **{f"initialization_figure_{name}": 1 for name in ("gradients", "training")},
        },
    ),
    "initialization: one more initialization": (
        configure("initialization", "grids", "tanh", "initializations", value=["uniform_0.1", "he"]),
        {"initialization_train": 2, "initialization_propagate": 1, **COMPARED},
    ),
    "initialization: another one in the assignment's place": (
        configure("initialization", "assignment", "initializations", value=["uniform_0.1", "he"]),
        {
            "initialization_train": 2,
            "initialization_propagate": 1,
            **CHECKED,
            **COMPARED,
            **SCALES,
            **{
                f"initialization_figure_{name}": 1
                for name in ("gradients", "activations", "training", "gradients_in_training")
            },
        },
    ),
    "initialization: the weight scales of the map": (
        configure("initialization", "map", "coarse", "weight_scales", value=[0.5, 1]),
        MAP,
    ),
    "initialization: one more depth of the map": (
        configure("initialization", "map", "coarse", "depths", value=[1, 2, 3]),
        {**JUDGED_MAP, "initialization_map": 1},
    ),
    "initialization: what counts as trained": (
        configure("initialization", "map", "trained_accuracy", value=0.6),
        JUDGED_MAP,
    ),
    "initialization: the fine map, which no result of a plain run uses": (
        configure("initialization", "map", "fine", "seeds", value=3),
        {},
    ),
    "initialization: the range of d": (configure("initialization", "phase", "d", value=[0.2]), PHASE),
    "initialization: the benchmark's steps": (configure("initialization", "benchmark", "steps", value=3), {}),
    "least_squares: the doublings": (
        configure("least_squares", "definiteness", "doublings", value=30),
        {"least_squares_definiteness": 1},
    ),
    "data: another split of preference": (
        configure("data", "housing", value=["california_housing", "diabetes"]),
        {"data_download": 1, **ON_HOUSING_DATA},
    ),
    # code
    "a module that every step uses": (edit("src/byhand/step/files.py", '"rb+"', '"r+b"'), EVERYTHING),
    "the mathematics that two problems use": (
        edit("src/byhand/gradients/network.py", "1 - h * h", "1 - h.square()"),
        {**GRADIENTS, **TRAINING, "housing_autograd_check": 1, "housing_baseline": 1, **LECTURE},
    ),
    "mathematics that one problem uses": (
        edit("src/byhand/gradients/references.py", "gamma(samples + 2, u)", "gamma(samples + 3, u)"),
        GRADIENTS,
    ),
    "the dynamic program of the order": (
        edit("src/byhand/jacobian/order.py", "range(j - 1, i, -1)", "range(i + 1, j)"),
        {**JACOBIAN, **LECTURE},
    ),
    "one step's script": (
        edit("src/byhand/housing/steps/compare.py", "LOSSES = [", "EXTRA = 1\nLOSSES = ["),
        {"housing_compare": 1, "housing_figure_bugs": 1},
    ),
    "mathematics that all networks use": (
        edit("src/byhand/initialization/network.py", "deltas = [last_delta]", "deltas = list([last_delta])"),
        {**ON_IMAGES, **PHASE, **LECTURE},
    ),
    "an initialization that is trained": (
        edit("src/byhand/initialization/initializations/xavier_uniform.py", "2 / (", "2.0 / ("),
        {
            **TRAINED,
            "initialization_train": 2,
            **PROPAGATED,
            "initialization_propagate": 1,
            **CHECKED,
            **SCALES,
            **LECTURE,
        },
    ),
    "an initialization that is not trained": (
        edit("src/byhand/initialization/initializations/he.py", "2 / ", "2.0 / "),
        {},
    ),
    "one more initialization, as CONTRIBUTING says": (add("initializations/he.py"), {}),
    "an activation that is trained": (
        edit("src/byhand/initialization/activations/tanh.py", "1 - z.tanh().square()", "1 - z.tanh() ** 2"),
        {**ON_IMAGES, **PHASE, **SCALES},
    ),
    "an activation that is only checked": (
        edit("src/byhand/initialization/activations/gelu.py", "return z * ", "return 1 * z * "),
        {**CHECKED, **SCALES},
    ),
    "one more activation, as CONTRIBUTING says": (add("activations/gelu.py"), {}),
    "an optimizer that is only checked": (
        edit("src/byhand/initialization/optimizers/momentum.py", "MOMENTUM = 0.9", "MOMENTUM = 9 / 10"),
        CHECKED,
    ),
    "one more optimizer, as CONTRIBUTING says": (add("optimizers/momentum.py"), {}),
    "the optimizer that two problems use": (
        edit("src/byhand/numerics/adam.py", "0.999**steps) ** 0.5", "0.999**steps) ** (1 / 2)"),
        {**HOUSING, **CHECKED},
    ),
    "how a layer's weights are drawn": (
        edit("src/byhand/initialization/distributions.py", "math.sqrt(3 * variance)", "math.sqrt(variance * 3)"),
        {**ON_IMAGES, **PHASE, **SCALES, **LECTURE},
    ),
    "what training by gradient descent uses": (
        edit("src/byhand/initialization/training.py", "done = 0", "done = 0 + 0"),
        ON_IMAGES,
    ),
    "mathematics that two problems' comparisons use": (
        edit("src/byhand/numerics/intervals.py", "level: float = 0.95", "level: float = 0.9"),
        {"housing_compare": 1, "housing_figure_bugs": 1, **COMPARED, **JUDGED_MAP},
    ),
    "a figure's script": (
        edit("src/byhand/housing/figures/bugs.py", "capsize=2", "capsize=3"),
        {"housing_figure_bugs": 1},
    ),
    "the style of all figures": (edit("src/byhand/step/style.py", "WIDTH = 7.0", "WIDTH = 6.9"), FIGURES),
    "the command of all rules": (
        edit("workflow/rules/step.smk", "{threads} {params.settings:q}", "{threads}  {params.settings:q}"),
        EVERYTHING,
    ),
    "what a claim says": (edit("assignment/claims.yaml", "The four written", "The written"), {"report_judge": 1}),
    "how claims are judged": (
        edit("src/byhand/report/judgement.py", "value = figure(claim, rows)", "value = 0 + figure(claim, rows)"),
        {"report_judge": 1},
    ),
    "a finding": (edit("assignment/findings.yaml", "were never trained", "never were trained"), {"report_judge": 1}),
    "a caption": (edit("src/byhand/housing/figures/bugs.rst", "Right of zero", "To the right of zero"), PAGE),
    "a template": (edit("src/byhand/report/templates/page.html.j2", "Skip to", "Go to"), PAGE),
    "a script of the page": (edit("src/byhand/report/playthings/chain.js", "Reverse mode", "Backward mode"), PAGE),
    "the numbers in the page": (edit("src/byhand/report/playthings.py", ":.4g", ":.3g"), PAGE),
    "the assignment's title": (edit("assignment/assignment.yaml", "title: a deep", "title: the deep"), PAGE),
    "a chapter's words": (edit("src/byhand/relu/chapter.html.j2", "A continuous", "Each continuous"), PAGE),
    "the tables of a chapter": (edit("src/byhand/relu/chapter.py", '"proven"', '"shown"'), PAGE),
    "the colour of a room": (edit("src/byhand/relu/room.py", "orange", "grey"), {"report_figure_steps": 1, **PAGE}),
    "what a line of a derivation says": (
        edit("assignment/derivations/relu.yaml", "The same on the falling side", "Likewise on the falling side"),
        {**DERIVED, **PAGE},
    ),
    "how lines are checked": (edit("src/byhand/report/operations.py", "< 1e-25", "< 1e-24"), {**DERIVED, **PAGE}),
    "the notebook": (edit("notebooks/lecture.ipynb", "five problems", "5 problems"), LECTURE),
    # files
    "a changed input": (
        edit("assignment/printed/housing_losses.csv", "0.5030", "0.5031"),
        {"housing_compare": 1, "housing_figure_curves": 1, "housing_figure_bugs": 1},
    ),
    "a deleted table": (delete("results/housing/baseline.csv"), {"housing_baseline": 1, **AFTER_TRAINING}),
    "a deleted figure": (delete("results/housing/figure_bugs.svg"), {"housing_figure_bugs": 1}),
    "a deleted provenance": (delete("results/gradients/assignment.json"), {"gradients_assignment": 1}),
    "a changed data file": (change_array, ON_HOUSING_DATA),
}


def test_after_edits_that_change_no_result_nothing_runs(project: Project) -> None:
    assert project.jobs() == {}
    for make in UNIMPORTANT.values():
        make(project)
    assert project.jobs() == {}


@pytest.mark.parametrize("name", EDITS)
def test_after_an_edit_exactly_what_is_stale_runs(project: Project, name: str) -> None:
    make, expected = EDITS[name]
    configuration = yaml.safe_load((project.path / "config.yaml").read_text(encoding="utf-8"))
    make(project)
    if EVIDENCE & expected.keys():
        expected = {**expected, "report_judge": 1}
    if TAUGHT & expected.keys():
        expected = {**expected, **LECTURE}
    if expected.keys() - LECTURE.keys() - DERIVED.keys() - PAGE.keys():  # some result that the report shows
        expected = {**expected, "report_figure_steps": 1, **PAGE}
    if configuration != yaml.safe_load((project.path / "config.yaml").read_text(encoding="utf-8")):
        expected = {**expected, **PAGE}  # which shows the configuration
    assert project.jobs() == expected


def test_what_the_data_are_counts_and_not_where_they_lie(project: Project, california: Path, tmp_path: Path) -> None:
    project.configure("data", "housing", value=["california_housing", "diabetes"])
    project.configure("data", "mirrors", "california_housing", value=["http://127.0.0.1:9/"])
    project.configure("data", "download", "attempts", value=1)
    (tmp_path / "empty").mkdir()
    target = project.path / "results/data/housing.npz"
    both = ("results/data/housing.npz", "results/data/images.npz")
    assert project.snakemake("--cores", "2", *both, data_home=california).returncode == 0
    made = target.read_bytes()
    assert "data_download" not in project.jobs()
    moved = california.rename(tmp_path / "moved")
    for home in (None, moved, tmp_path / "empty"):
        assert "data_download" not in project.jobs(data_home=home), home
    # Made again all the same, they are kept: results on real data do not give way to bundled data unasked.
    done = project.snakemake("--cores", "2", "--forcerun", "data_download", "--", "results/data/housing.npz")
    assert done.returncode == 0, done.stderr
    assert "california_housing: is unavailable, and kept as it was made before" in done.stdout + done.stderr
    assert target.read_bytes() == made
    assert "data_download" not in project.jobs()
    target.write_bytes(made + b"0")  # not as it was made
    project.snakemake("--cores", "2", "--forcerun", "data_download", "--", "results/data/housing.npz")
    assert json.loads(target.with_suffix(".json").read_text(encoding="utf-8"))["dataset"] == "diabetes"


def test_an_edit_undone_leaves_nothing_to_do(project: Project) -> None:
    project.edit("src/byhand/step/files.py", '"rb+"', '"r+b"')
    assert project.jobs()
    project.edit("src/byhand/step/files.py", '"r+b"', '"rb+"')
    assert project.jobs() == {}


@pytest.mark.parametrize("preserve", [True, False], ids=["times kept", "times not kept"])
def test_a_fresh_clone_over_existing_results_knows_what_is_current(
    finished: Project, tmp_path: Path, preserve: bool
) -> None:
    clone = fresh(tmp_path / "clone")
    shutil.copytree(
        finished.path / "results", clone.path / "results", copy_function=shutil.copy2 if preserve else shutil.copy
    )
    assert clone.jobs() == {}
    clone.edit("src/byhand/housing/figures/bugs.py", "capsize=2", "capsize=3")
    assert clone.jobs() == {"housing_figure_bugs": 1, "report_figure_steps": 1, **PAGE}


def test_a_new_data_file_in_the_configured_home_reruns_what_stands_on_it(project: Project, california: Path) -> None:
    project.configure("data", "housing", value=["california_housing", "diabetes"])
    assert project.snakemake("--cores", "2", "results/data/housing.npz", data_home=california).returncode == 0
    cache = california / "cal_housing_py3.pkz"
    cache.touch()
    assert "data_download" not in project.jobs(data_home=california)
    cache.write_bytes(cache.read_bytes() + b"\0")
    assert project.jobs(data_home=california)["data_download"] == 1

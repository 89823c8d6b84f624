"""CONTRIBUTING's recipes, carried out on a copy: what is new is made and shown, and nothing else is made again."""

import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import yaml
from snakemake.utils import update_config

from byhand.step.files import sha256
from tests.conftest import ROOT
from tests.workflow.conftest import Project

ROOM = ROOT / "tests" / "recipes" / "room"
PAGE = {"report_figure_steps": 1, "report_page": 1}


def run(project: Project, *targets: str) -> None:
    done = project.snakemake("--cores", "2", *targets)
    assert done.returncode == 0, done.stdout + done.stderr


def page(project: Project) -> str:
    return (project.path / "results/report.html").read_text(encoding="utf-8")


def test_a_room_of_seven_files(project: Project) -> None:
    files = [path.relative_to(ROOM) for path in ROOM.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    assert len(files) == 7
    for name in files:
        if name.name != "config.yaml":
            (project.path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOM / name, project.path / name)
    config = yaml.safe_load((project.path / "config.yaml").read_text(encoding="utf-8"))
    update_config(config, yaml.safe_load((ROOM / "config.yaml").read_text(encoding="utf-8")))
    (project.path / "config.yaml").write_text(yaml.safe_dump(config, sort_keys=False), encoding="utf-8")
    assert project.jobs() == {"newton_iterate": 1, "newton_figure_excess": 1, "report_judge": 1, **PAGE}
    run(project)
    assert project.jobs() == {}
    text = page(project)
    assert '<h2 id="newton">Square roots</h2>' in text
    assert "so the number of right digits doubles" in text
    claims = pd.read_csv(project.path / "results/report/claims.csv").set_index("claim")
    assert tuple(claims.loc["squares_the_error", ["verdict", "author"]]) == ("holds", "R. Reader")
    assert "R. Reader: From the second iteration on, the excess over 2" in text
    assert '<a href="#newton">Square roots</a>' in text
    project.configure("newton", "iterate", "iterations", value=21)
    refused = project.snakemake("--cores", "1")
    assert refused.stderr.splitlines()[-1] == (
        "config: newton.iterate.iterations: found 21, expected a whole number from 1 to 20"
    )


def test_an_initialisation_of_two_files(project: Project) -> None:
    folder = project.path / "src/byhand/initialization/initializations"
    shutil.copy(folder / "he.py", folder / "hers.py")
    config = yaml.safe_load((project.path / "config.yaml").read_text(encoding="utf-8"))
    grid = config["initialization"]["grids"]["tanh"]
    project.configure("initialization", "grids", "tanh", "initializations", value=[*grid["initializations"], "hers"])
    jobs = project.jobs()
    trained = len(grid["depths"])
    compared = {"initialization_compare": 1, "initialization_figure_depth": 1, "initialization_figure_training": 1}
    assert {rule: jobs[rule] for rule in ("initialization_propagate", "initialization_train")} == {
        "initialization_propagate": 1,
        "initialization_train": trained,
    }
    rerun = {"initialization_propagate", "initialization_train", "report_judge", "report_lecture"}
    assert jobs.keys() <= rerun | {*compared, *PAGE}
    run(project, "results/initialization/propagation/hers/tanh.csv")


def test_an_activation_of_one_file_and_its_test_is_trained_beside_the_others(project: Project) -> None:
    folder = project.path / "src/byhand/initialization/activations"
    shutil.copy(folder / "gelu.py", folder / "mine.py")
    assert project.jobs() == {}
    mine = {"activations": ["mine"], "optimizers": ["adam"], "learning_rates": [0.001], "initializations": ["he"]}
    project.configure("initialization", "grids", "mine", value=mine)
    jobs = project.jobs()
    assert jobs["initialization_propagate"] == jobs["initialization_train"] == 1
    before = trained(project)
    run(project, "results/initialization/depth.csv", "results/initialization/figure_training.svg")
    assert before.items() <= trained(project).items(), "what was there stays as it is"
    depth = pd.read_csv(project.path / "results/initialization/depth.csv")
    assert set(depth["activation"]) == {"tanh", "mine"}
    picture = (project.path / "results/initialization/figure_training.svg").read_text(encoding="utf-8")
    assert "mine, Adam 0.001" in picture
    assert "tanh, SGD 0.01" in picture


def trained(project: Project) -> dict[str, tuple[int, str]]:
    """The tables of training: when they were written, and their checksums."""
    paths = (project.path / "results/initialization/training").rglob("*.csv")
    return {str(path): (path.stat().st_mtime_ns, sha256(path)) for path in paths}


def test_a_claim_is_one_entry(project: Project) -> None:
    claims = project.path / "assignment/claims.yaml"
    entry = {
        "exercise": 8,
        "says": "The tent is built from three units.",
        "kind": "implied",
        "place": "exercise 8, its boxed result",
        "table": "relu/identities.csv",
        "rows": "identity == 'tent'",
        "condition": "units <= 3",
        "figure": "units.max()",
        "found": "It has {:.0f} units.",
        "tolerance": "none; units are counted",
        "notices": "one unit",
        "expected": "holds",
    }
    claims.write_text(claims.read_text(encoding="utf-8") + "\n" + yaml.safe_dump({"mine": entry}), encoding="utf-8")
    assert project.jobs().keys() <= {"report_judge", *PAGE}
    run(project)
    assert "The tent is built from three units." in page(project)
    assert project.snakemake("--cores", "1", "strict").returncode == 0


def test_a_data_source_is_a_function_its_line_and_its_name(project: Project) -> None:
    project.edit(
        "src/byhand/data/sources.py",
        "@dataclass(frozen=True)\nclass Source",
        '''def waves(_folder: Path, _mirrors: Sequence[str]) -> Arrays:
    """A synthetic data set."""
    x = np.random.default_rng(0).normal(size=(2000, 2))
    return {"features": x, "target": np.sin(x[:, 0]), "feature_names": np.array(["a", "b"])}


@dataclass(frozen=True)
class Source''',
    )
    line = '    "diabetes": Source(diabetes, bundled=True),\n'
    project.edit("src/byhand/data/sources.py", line, line + '    "waves": Source(waves, bundled=True),\n')
    project.edit("src/byhand/data/settings.py", '"diabetes"]', '"diabetes", "waves"]')
    project.configure("data", "housing", value=["waves"])
    run(project, "results/housing/baseline.csv")
    assert pd.read_csv(project.path / "results/housing/baseline.csv")["dataset"].unique().tolist() == ["waves"]


def test_the_schema_for_editors_has_the_new_room(project: Project) -> None:
    shutil.copytree(ROOM / "src", project.path / "src", dirs_exist_ok=True)
    command = [sys.executable, "-m", "byhand.commands.schema"]
    environment = {"PYTHONPATH": str(project.path / "src"), "PATH": "/usr/bin:/bin"}
    subprocess.run(command, cwd=project.path, env=environment, check=True)
    assert '"newton"' in Path(project.path, "config.schema.json").read_text(encoding="utf-8")

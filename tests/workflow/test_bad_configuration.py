"""Every kind of bad configuration gives one line that names the key, what was found and what is allowed."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from byhand.commands import schema as schema_command
from byhand.errors import BadInput
from byhand.workflow import configuration, yaml_files
from tests.conftest import ROOT
from tests.workflow.conftest import Project

MISSING = object()

# key, value, the line (after "config: ")
BAD_VALUES: list[tuple[str, Any, str]] = [
    ("housng", {}, "housng: unknown key (did you mean housing?); known here: data, gradients, housing"),
    (
        "housing.training.seed",
        3,
        "housing.training.seed: unknown key (did you mean seeds?); known here: seeds, hidden_",
    ),
    ("data.mirrors.imagenet", [], "data.mirrors.imagenet: unknown key; known here: mnist, california_housing"),
    ("gradients", MISSING, "gradients: missing, expected a mapping with check, assignment"),
    (
        "housing.training.patience",
        MISSING,
        "housing.training.patience: missing, expected a whole number from 0 to 10000",
    ),
    ("housing.training.epochs.diabetes", MISSING, "housing.training.epochs.diabetes: missing, expected a whole number"),
    ("data", None, "data: found None, expected a mapping with home, images, housing, download, mirrors"),
    (
        "housing",
        [1, 2],
        "housing: found [1, 2], expected a mapping with training, exact_test, splits, autograd_check, benchmark",
    ),
    ("data.home", 3, "data.home: found 3, expected a folder's path, or null"),
    ("data.home", "", "data.home: found '', expected a folder's path"),
    ("data.images", "mnist", "data.images: found 'mnist', expected a list of one or both of mnist, digits"),
    ("data.images", [], "data.images: found [], expected a list of one or both of mnist, digits"),
    ("data.images", ["mnist", "cifar10"], "data.images[1]: found 'cifar10', expected one of mnist, digits"),
    (
        "data.housing",
        ["diabetes", "diabetes"],
        "data.housing: found ['diabetes', 'diabetes'], expected a list of one or",
    ),
    ("data.download.attempts", 0, "data.download.attempts: found 0, expected a whole number from 1 to 10"),
    ("data.download.attempts", 2.5, "data.download.attempts: found 2.5, expected a whole number from 1 to 10"),
    ("data.download.stall_seconds", 0, "data.download.stall_seconds: found 0, expected a number of seconds above 0"),
    (
        "data.download.attempt_seconds",
        float("nan"),
        "data.download.attempt_seconds: found nan, expected a finite number",
    ),
    ("data.mirrors.mnist", ["ftp://x/"], "data.mirrors.mnist[0]: found 'ftp://x/', expected a base URL (http:// or"),
    ("data.mirrors.mnist", ["https://x"], "data.mirrors.mnist[0]: found 'https://x', expected a base URL"),
    ("gradients.check.samples", [3, 0], "gradients.check.samples[1]: found 0, expected a whole number from 1 to 1000"),
    ("gradients.check.samples", 3, "gradients.check.samples: found 3, expected a list of one or more different whole"),
    (
        "gradients.check.samples",
        [3, 3],
        "gradients.check.samples: found [3, 3], expected a list of one or more different",
    ),
    (
        "gradients.assignment.tolerance",
        "1e-6 or so",
        "gradients.assignment.tolerance: found '1e-6 or so', expected a number above 0",
    ),
    (
        "gradients.assignment.tolerance",
        -1e-6,
        "gradients.assignment.tolerance: found -1e-06, expected a number above 0",
    ),
    (
        "housing.training.seeds",
        1,
        "housing.training.seeds: found 1, expected a whole number from 2 to 1000 (one seed has",
    ),
    ("housing.training.seeds", True, "housing.training.seeds: found True, expected a whole number from 2 to 1000"),
    (
        "initialization.grids.tanh.initializations",
        ["uniform_0.1", "glorot"],
        "initialization.grids.tanh.initializations[1]: found 'glorot', expected uniform_NUMBER, with a number",
    ),
    (
        "initialization.grids.tanh.initializations",
        ["uniform_0.0"],
        "initialization.grids.tanh.initializations[0]: found 'uniform_0.0', expected uniform_NUMBER, with a number",
    ),
    (
        "initialization.grids.tanh.depths",
        [0],
        "initialization.grids.tanh.depths[0]: found 0, expected a whole number from 1 to",
    ),
    ("initialization.grids.tanh.depths", [], "initialization.grids.tanh.depths: found [], expected a list of one or"),
    (
        "initialization.grids.relu",
        {"activations": ["rely"]},
        "initialization.grids.relu.activations[0]: found 'rely', expected one of erf, gelu, relu, tanh",
    ),
    (
        "initialization.grids.relu",
        {"optimizers": ["sgd", "sgd"]},
        "initialization.grids.relu.optimizers: found ['sgd', 'sgd'], expected a list of one or more of adam, momentum,",
    ),
    (
        "initialization.grids.relu",
        {"activation": ["relu"]},
        "initialization.grids.relu.activation: unknown key (did you mean activations?); known here: initializations,",
    ),
    ("initialization.grids.relu", None, "initialization.grids.relu: found None, expected a mapping with initializat"),
    ("initialization.grids", {1: {}}, "initialization.grids: found the name 1, expected text"),
    ("initialization.grids", [], "initialization.grids: found [], expected a mapping from names to grids"),
    ("initialization.phase.d", [0], "initialization.phase.d[0]: found 0, expected a number from 0.001 to 10"),
    ("initialization.training.seeds", 1, "initialization.training.seeds: found 1, expected a whole number from 2 to 1"),
    (
        "initialization.training.epochs.cifar",
        3,
        "initialization.training.epochs.cifar: unknown key; known here: mnist, digits",
    ),
    ("housing.training.learning_rate", 0, "housing.training.learning_rate: found 0, expected a number above 0"),
    ("housing.training.learning_rate", float("inf"), "housing.training.learning_rate: found inf, expected a"),
    ("housing.training.factor", 1.0, "housing.training.factor: found 1.0, expected a number above 0 and below 1"),
    (
        "housing.training.split_seed",
        -1,
        "housing.training.split_seed: found -1, expected a whole number from 0 to 4294",
    ),
    (
        "housing.training.test_fraction",
        1,
        "housing.training.test_fraction: found 1, expected a number above 0 and below 1",
    ),
    ("housing.training.epochs", 40, "housing.training.epochs: found 40, expected a mapping with california_housing"),
    (
        "housing.training.hidden_width",
        "a" * 99,
        "housing.training.hidden_width: found 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    ),
    ("jacobian.check.largest_depth", 0, "jacobian.check.largest_depth: found 0, expected a whole number from 1 to 100"),
    ("jacobian.check.cases", MISSING, "jacobian.check.cases: missing, expected a whole number from 1 to 100000"),
    (
        "jacobian.check.assignment_tolerance",
        0,
        "jacobian.check.assignment_tolerance: found 0, expected a number above 0",
    ),
    ("jacobian.check.float32_depths", [3, 3], "jacobian.check.float32_depths: found [3, 3], expected a list of one or"),
    ("jacobian.count.shapes", ["3-2"], "jacobian.count.shapes[0]: found '3-2', expected three or more widths such as"),
    ("jacobian.count.shapes", ["3-0-2"], "jacobian.count.shapes[0]: found '3-0-2', expected three or more widths"),
    ("jacobian.count.map_widths", [], "jacobian.count.map_widths: found [], expected a list of one or more different"),
    ("jacobian.device", "cpu", "jacobian.device: unknown key (did you mean devices?); known here"),
    ("jacobian.devices", "tpu", "jacobian.devices: found 'tpu', expected auto, or one or a list of cpu, gpu, cuda,"),
    ("jacobian.devices", ["cpu", "auto"], "jacobian.devices: found ['cpu', 'auto'], expected auto, or one or a list"),
    ("jacobian.devices", ["cpu", "cpu"], "jacobian.devices: found ['cpu', 'cpu'], expected auto, or one or a list"),
    ("jacobian.devices", [], "jacobian.devices: found [], expected auto, or one or a list of"),
    ("jacobian.benchmark.repetitions", 8, "jacobian.benchmark.repetitions: found 8, expected a whole number from 9 to"),
    ("jacobian.benchmark.slow_seconds", 0, "jacobian.benchmark.slow_seconds: found 0, expected a number of seconds"),
]

# the whole text of config.yaml, the line
BAD_FILES: list[tuple[str, bytes, str]] = [
    ("empty", b"", "config.yaml: found None, expected a mapping of sections to their values"),
    ("a list", b"- 1\n- 2\n", "config.yaml: found [1, 2], expected a mapping of sections to their values"),
    ("a tab", b"data:\n\thome: null\n", "config.yaml: line 2: found character '\\t' that cannot start any token"),
    ("an open bracket", b"data: [1, 2\n", "config.yaml: line 2: expected ',' or ']', but got '<stream end>'"),
    ("a key twice", b"data:\n  home: a\n  home: b\n", "config.yaml: line 3: the key home occurs here a second time"),
    ("not text", b"\xff\xfe\x00", "config.yaml: byte 0 is not UTF-8 text"),
    (
        "a tag that runs code",
        b"data: !!python/object/apply:os.getcwd []\n",
        "config.yaml: line 1: could not determine a",
    ),
]


def changed(key: str, value: Any) -> dict[str, Any]:
    config: dict[str, Any] = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    *path, last = key.split(".")
    section = config
    for name in path:
        section = section[name]
    if value is MISSING:
        del section[last]
    else:
        section[last] = value
    return config


@pytest.mark.parametrize(
    ("key", "value", "line"), BAD_VALUES, ids=[f"{key}={value!r:.20}" for key, value, _ in BAD_VALUES]
)
def test_a_bad_value_is_told_in_one_line(key: str, value: Any, line: str) -> None:
    with pytest.raises(BadInput) as told:
        configuration.validated(changed(key, value))
    assert str(told.value).startswith("config: " + line)
    assert "\n" not in str(told.value)
    assert len(str(told.value)) < 300


@pytest.mark.parametrize(("content", "line"), [case[1:] for case in BAD_FILES], ids=[case[0] for case in BAD_FILES])
def test_a_bad_file_is_told_in_one_line(content: bytes, line: str, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_bytes(content)
    with pytest.raises(BadInput) as told:
        yaml_files.check_file(path)
    assert str(told.value).startswith(line)
    assert "\n" not in str(told.value)


def test_the_projects_own_configuration_is_good() -> None:
    yaml_files.check_file(ROOT / "config.yaml")
    configuration.validated(yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8")))


def described(node: dict[str, Any], schema: dict[str, Any], path: str = "config") -> int:
    """Every key says what it expects and what it is for, or its error and its flag would not. The number of keys."""
    node = schema["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node
    if "properties" not in node:
        assert node["title"][0].islower(), f"{path} does not say what it expects"
        return 1
    assert node["additionalProperties"] is False, f"{path} lets unknown keys pass"
    for name, inner in node["properties"].items():
        assert "$ref" in inner or inner.get("description"), f"{path}.{name} has no help"
    return sum(described(inner, schema, f"{path}.{name}") for name, inner in node["properties"].items())


def test_every_key_says_what_it_expects_and_what_it_is_for() -> None:
    schema = configuration.Configuration.model_json_schema()
    assert described(schema, schema) > 90


def test_the_committed_schema_is_the_models() -> None:
    """`make schema` writes it anew."""
    assert (ROOT / schema_command.PATH).read_text(encoding="utf-8") == schema_command.schema()


WRITE: dict[str, Callable[[Path], object]] = {
    "a bad value": lambda path: path.write_text(yaml.safe_dump(changed("housing.training.seeds", 1)), encoding="utf-8"),
    "bad YAML": lambda path: path.write_text("data: [1, 2\n", encoding="utf-8"),
    "no file": lambda path: path.unlink(),
}


@pytest.mark.parametrize("case", WRITE)
def test_snakemake_says_the_line_and_leaves_the_results(project: Project, case: str) -> None:
    before = {path: path.read_bytes() for path in sorted((project.path / "results").rglob("*")) if path.is_file()}
    WRITE[case](project.path / "config.yaml")
    done = project.snakemake("--cores", "2")
    said = [line for line in done.stderr.splitlines() if not line.startswith("Using workflow specific profile")]
    assert done.returncode != 0
    assert len(said) == 1, done.stderr
    assert said[0].startswith("config")
    assert {path: path.read_bytes() for path in before} == before

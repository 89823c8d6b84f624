"""YAML files, read with one-line errors. Imported while Snakemake reads the Snakefile, so nothing heavy is imported."""

from pathlib import Path
from typing import Any

import yaml

from byhand.errors import BadInput
from byhand.workflow.setting_types import short

FAST = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's loader where it is installed: every run of Snakemake waits for it."""


def read_yaml(path: Path) -> Any:
    """The content of a file of the project.

    Raises:
        BadInput: it is not there, or is not YAML.
    """
    try:
        return yaml.load(path.read_text(encoding="utf-8"), FAST)  # noqa: S506  it is a SafeLoader
    except FileNotFoundError as error:
        raise BadInput(f"{path}: no such file") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput(f"{path}: is not YAML ({' '.join(str(error).split())})") from error


def check_file(path: Path) -> None:
    """Refuse a configuration file that YAML would misread or reject at length.

    Raises:
        BadInput: no such file, not YAML, not a mapping, or a key twice in one mapping (YAML keeps the last, silently).
    """
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), _UniqueKeys)  # noqa: S506  it is a SafeLoader
    except OSError as error:
        raise BadInput(f"{path.name}: cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path.name}: byte {error.start} is not UTF-8 text") from error
    except yaml.MarkedYAMLError as error:
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise BadInput(f"{path.name}: {line}{error.problem}") from error
    except yaml.YAMLError as error:
        raise BadInput(f"{path.name}: {' '.join(str(error).split())}") from error
    if not isinstance(content, dict):
        raise BadInput(f"{path.name}: found {short(content)}, expected a mapping of sections to their values")


class _UniqueKeys(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set()
        for key_node, _ in node.value:
            if key_node.value in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key_node.value} occurs here a second time", problem_mark=key_node.start_mark
                )
            seen.add(key_node.value)
        return super().construct_mapping(node, deep)

    def construct_yaml_timestamp(self, node: yaml.ScalarNode) -> Any:
        try:
            return super().construct_yaml_timestamp(node)
        except ValueError as error:
            problem = f"{node.value} looks like a date to YAML, but is none; put it in quotes"
            raise yaml.MarkedYAMLError(problem=problem, problem_mark=node.start_mark) from error


_UniqueKeys.add_constructor("tag:yaml.org,2002:timestamp", _UniqueKeys.construct_yaml_timestamp)

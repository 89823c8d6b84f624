"""The tables of a small finished run."""

from pathlib import Path

import pytest

from tests.workflow.conftest import Project, finished  # noqa: F401  a fixture


@pytest.fixture
def finished_results(finished: Project) -> Path:  # noqa: F811
    """The folder that holds `results` of a run on the bundled data."""
    return finished.path

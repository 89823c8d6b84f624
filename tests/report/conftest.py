"""The tables of a small finished run."""

from pathlib import Path

import pytest

from tests.workflow.conftest import Project, finished, project

__all__ = ["finished", "project"]


@pytest.fixture
def finished_results(finished: Project) -> Path:
    """The folder that holds `results` of a run on the bundled data."""
    return finished.path

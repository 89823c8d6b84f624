"""The finished run that faults are tried on."""

from tests.workflow.conftest import finished, project

__all__ = ["finished", "project"]

"""The section `report` of the configuration."""

from typing import Annotated

from pydantic import Field

from byhand.workflow.setting_types import Section


class Report(Section):
    """The verdicts and the page."""

    claims: Annotated[str | None, Field(min_length=1, title="a file's path, or null")] = Field(
        description="file with claims of your own, each with its author"
    )

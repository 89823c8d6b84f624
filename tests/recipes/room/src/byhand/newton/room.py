"""Square roots by Newton's method: what the workflow and the page need to know about this room."""

from typing import Annotated

from pydantic import Field

from byhand.workflow.rooms import Room
from byhand.workflow.setting_types import Section, whole


class Iterate(Section):
    """The iteration."""

    iterations: Annotated[int, whole(1, 20)] = Field(description="number of iterations")


class Newton(Section):
    """Square roots by Newton's method."""

    iterate: Iterate


ROOM = Room(order=7, title="Square roots", colour="sky", settings=Newton)

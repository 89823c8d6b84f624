"""What the workflow and the page need to know about this room."""

from byhand.housing.settings import Housing
from byhand.workflow.rooms import Room

ROOM = Room(order=2, title="Housing", colour="sky", settings=Housing)

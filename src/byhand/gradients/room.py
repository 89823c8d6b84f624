"""What the workflow and the page need to know about this room."""

from byhand.gradients.settings import Gradients
from byhand.workflow.rooms import Room

ROOM = Room(order=1, title="Gradients", colour="blue", settings=Gradients)

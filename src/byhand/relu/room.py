"""What the workflow and the page need to know about this room."""

from byhand.relu.settings import Relu
from byhand.workflow.rooms import Room

ROOM = Room(order=4, title="ReLU networks", colour="orange", settings=Relu)

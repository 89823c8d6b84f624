"""What the workflow and the page need to know about this room."""

from byhand.initialization.settings import Initialization
from byhand.workflow.rooms import Room

ROOM = Room(order=5, title="Initialisation", colour="green", settings=Initialization)

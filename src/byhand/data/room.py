"""What the workflow and the page need to know about this room."""

from byhand.data.settings import Data
from byhand.workflow.rooms import Room

ROOM = Room(order=0, title="Data", colour="black", settings=Data)

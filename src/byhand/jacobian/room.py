"""What the workflow and the page need to know about this room."""

from byhand.jacobian.settings import Jacobian
from byhand.workflow.rooms import Room

ROOM = Room(order=3, title="Jacobians", colour="vermillion", settings=Jacobian)

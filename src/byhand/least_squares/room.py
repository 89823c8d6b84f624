"""What the workflow and the page need to know about this room."""

from byhand.least_squares.settings import LeastSquares
from byhand.workflow.rooms import Room

ROOM = Room(order=6, title="Least squares", colour="purple", settings=LeastSquares)

"""What the workflow and the page need to know about this room."""

from byhand.report.settings import Report
from byhand.workflow.rooms import Room

ROOM = Room(order=9, title="What was run", colour="grey", settings=Report)

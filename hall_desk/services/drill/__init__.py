"""Drill days: a day is recorded without its people, and played again in a practice hall for training.

`recording` makes a script of a day, `script` keeps it in a file, `practice_hall` makes the hall it is played in,
`replay` plays it, with the posts that trainees take left to them (`todo`), and `debriefing` says how it went.
"""

from hall_desk.services.drill.debriefing import Counts, Debrief, Served
from hall_desk.services.drill.pace import PACES, require_practice, set_pace
from hall_desk.services.drill.practice_hall import begins, make
from hall_desk.services.drill.recording import days, record
from hall_desk.services.drill.replay import Coming, DrillState, Replay, begin
from hall_desk.services.drill.script import (
    ENDING,
    KEPT,
    DrillScript,
    from_bytes,
    read,
    to_bytes,
    write,
)
from hall_desk.services.drill.todo import ToDo

__all__ = [
    "ENDING", "KEPT", "PACES", "Coming", "Counts", "Debrief", "DrillScript", "DrillState", "Replay", "Served", "ToDo",
    "begin", "begins", "days", "from_bytes", "make", "read", "record", "require_practice", "set_pace", "to_bytes",
    "write",
]  # fmt: skip

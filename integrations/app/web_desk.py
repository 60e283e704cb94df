"""What the built-in desk needs beside the stores that all wires share."""

from agent.drafting import ReplyDrafter
from agent.first_response import FirstResponse
from integrations.app.parts import Parts
from integrations.web.door import DeskDoor
from integrations.web.services import DeskServices
from knowledge.desk_board import SqlDeskBoard
from knowledge.feedback import SqlFeedback
from knowledge.slack_threads import SqlSeenEvents


def web_desk(parts: Parts, path: FirstResponse) -> DeskServices:
    """Make it."""
    store, clock = parts.store, parts.clock
    secret = parts.keys.signing_secret.get_secret_value()
    return DeskServices(
        door=DeskDoor.make(secret, clock, SqlSeenEvents(store.database, clock)),
        feedback=SqlFeedback(store.database),
        board=SqlDeskBoard(store.database, store.histories, parts.playbook, clock),
        drafter=ReplyDrafter(path),
    )

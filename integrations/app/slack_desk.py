"""Slack joined to the rest: what its listeners need, and the desk that posts there."""

from typing import TYPE_CHECKING

from agent.dossier import Dossiers
from agent.drafting import ReplyDrafter
from agent.first_response import FirstResponse
from agent.handoff import RepDesk
from agent.takeover import Takeover
from integrations.app.parts import Parts
from knowledge.desk_board import SqlDeskBoard
from knowledge.rep_states import SqlRepStates
from knowledge.slack_threads import SqlSeenEvents, SqlThreads

if TYPE_CHECKING:
    from integrations.slack.connection import SlackConnection


def slack_desk(slack: "SlackConnection", parts: Parts) -> RepDesk:
    """Give the desk that posts in Slack."""
    seen = SqlSeenEvents(parts.store.database, parts.clock)
    return slack.desk(parts.playbook, slack.calling(parts.duty, seen, parts.clock))


def listen(slack: "SlackConnection", takeover: Takeover, path: FirstResponse, parts: Parts) -> None:
    """Act on what reps do in Slack."""
    from integrations.slack.desk_actions import DeskActions

    store = parts.store
    database = store.database
    slack.listen(
        DeskActions(
            takeover=takeover,
            seen=SqlSeenEvents(database, parts.clock),
            threads=SqlThreads(database),
            dossiers=Dossiers(store.handoffs, store.conversations, store.histories),
            drafter=ReplyDrafter(path),
            board=SqlDeskBoard(database, store.histories, parts.playbook, parts.clock),
            rep_states=SqlRepStates(database, parts.clock),
        )
    )

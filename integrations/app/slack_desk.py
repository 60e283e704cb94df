"""Slack joined to the rest: what its listeners need, and the desk that posts there."""

from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING

from agent.conversation import ConversationId
from agent.dossier import Dossiers
from agent.drafting import ReplyDrafter
from agent.first_response import FirstResponse
from agent.handoff import RepDesk
from agent.receipts import ReadReceipts
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
    calling = slack.calling(parts.duty, seen, parts.clock)
    return slack.desk(parts.playbook, calling, parts.attachments)


def note_read_of(parts: Parts) -> Callable[[ConversationId, int], Coroutine[None, None, None]]:
    """Give what notes how far a visitor has read, and marks the reps' words that were read where they wrote them."""
    if parts.slack is None:
        return ReadReceipts(parts.store.conversations).note

    from integrations.slack.marks import SlackMarks

    return ReadReceipts(parts.store.conversations, SlackMarks(parts.slack.client).seen).note


def listen(slack: "SlackConnection", takeover: Takeover, path: FirstResponse, parts: Parts) -> None:
    """Act on what reps do in Slack."""
    from integrations.slack.desk_actions import DeskActions

    store = parts.store
    database = store.database
    slack.listen(
        DeskActions(
            takeover=takeover,
            seen=SqlSeenEvents(database, parts.clock),
            threads=SqlThreads(database, parts.clock),
            dossiers=Dossiers(store.handoffs, store.conversations, store.histories),
            drafter=ReplyDrafter(path),
            board=SqlDeskBoard(database, store.histories, parts.playbook, parts.clock),
            rep_states=SqlRepStates(database, parts.clock),
            attachments=parts.attachments,
            file_rules=parts.file_rules,
        )
    )

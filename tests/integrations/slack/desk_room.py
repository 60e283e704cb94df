"""A sales team around one Slack channel: the real adapter, the Slack twin, stores in memory."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta

import uvicorn
from fastapi import FastAPI

from agent.attachments import AttachmentRules
from agent.conversation import Author, ConversationId, Message, MessageId, Page
from agent.dossier import Dossiers
from agent.handoff import DeskPostKind, Handoff, HandoffId, RepDesk
from agent.lead import Visitor
from agent.playbook import Playbook
from agent.takeover import Takeover
from agent.team_rules import TeamId, TeamRules
from agent.turn import Opening
from integrations.slack.buttons import CLAIM, MENU, Choice
from integrations.slack.connection import SlackConnection, SlackCredentials
from integrations.slack.desk_actions import DeskActions
from tests.fakes.clock import FixedClock
from tests.fakes.memory import MemoryConversations, MemoryHandoffs, MemoryHistories, MemoryStore
from tests.fakes.memory_attachments import MemoryAttachments
from tests.fakes.memory_desk_board import MemoryDeskBoard, MemoryRepStates
from tests.fakes.slack import state as slack
from tests.fakes.slack.lines import Answer, Line
from tests.fakes.slack.state import View
from tests.fakes.slack_twin import SlackTwin
from tests.integrations.slack.desk_builders import JONAS, NOW, a_handoff, a_playbook


class SilentAudience:
    """Nobody watches."""

    def show(self, conversation_id: ConversationId, message_id: MessageId, text: str) -> None: ...
    def discard(self, conversation_id: ConversationId, message_id: MessageId) -> None: ...
    def announce(self, conversation_id: ConversationId) -> None: ...
    def set_typing(self, conversation_id: ConversationId, who: Author | None) -> None: ...
    async def visitor_paused(self, conversation_id: ConversationId, at_most: timedelta) -> None: ...


@dataclass(slots=True)
class MemorySeenEvents:
    """Remembers keys in a set."""

    keys: set[str] = field(default_factory=set)

    async def first_time(self, key: str) -> bool:
        is_new = key not in self.keys
        self.keys.add(key)
        return is_new

    async def is_known(self, key: str) -> bool:
        return key in self.keys


@dataclass(slots=True)
class MemoryThreads:
    """Answers from the references of the cards that were posted."""

    store: MemoryStore
    posted_anew: set[HandoffId] = field(default_factory=set)

    async def handoff_of(self, channel: str, thread_ts: str) -> HandoffId | None:
        reference = f"{channel}:{thread_ts}"
        return next(
            (post.handoff_id for post in self.store.posts if post.reference == reference), None
        )

    async def cards_in_doubt(self) -> Mapping[str, HandoffId]:
        return {
            str(post.id): post.handoff_id
            for post in self.store.posts
            if post.kind is DeskPostKind.CARD and post.is_attempted and not post.is_finished
        }

    async def card_deleted(self, channel: str, ts: str) -> ConversationId | None:
        reference = f"{channel}:{ts}"
        card = next((post for post in self.store.posts if post.reference == reference), None)
        if card is None or card.handoff_id in self.posted_anew:
            return None
        self.posted_anew.add(card.handoff_id)
        card.reference, card.is_finished, card.is_attempted, card.attempts = None, False, False, 0
        card.due_at = self.store.clock.now()
        return self.store.handoffs[card.handoff_id].conversation_id


@dataclass(slots=True)
class ScriptedDrafter:
    """Drafts what it was told to."""

    text: str = "Pro is $49 a seat."

    async def draft(self, conversation_id: ConversationId) -> str:
        return self.text


@dataclass(slots=True)
class Room:
    """What a test sees and does."""

    twin: SlackTwin
    channel: str
    mia: str
    jonas: str
    stranger: str
    playbook: Playbook
    connection: SlackConnection
    conversations: MemoryConversations
    handoffs: MemoryHandoffs
    takeover: Takeover
    drafter: ScriptedDrafter
    emea: str
    rep_states: MemoryRepStates
    board: MemoryDeskBoard
    files: MemoryAttachments
    url: str = ""

    @property
    def desk(self) -> RepDesk:
        """The desk as the application joins it."""
        return self.connection.desk(self.playbook, attachments=self.files)

    async def hand_off(self, *said: str) -> slack.Message:
        """Open a handoff, after these words of the visitor, and give its card as it stands in Slack."""
        opening = Opening(Visitor("a-1", name="Dana Ruiz"), Page(), "en")
        conversation = await self.conversations.start(opening)
        for number, words in enumerate(said):
            await self.conversations.append(conversation.id, f"said-{number}", words)
        async with self.conversations.hold(conversation.id) as held:
            assert held is not None
            await self.handoffs.open(held, a_handoff(conversation_id=conversation.id))
        await self.deliver()
        return self.card

    async def deliver(self) -> None:
        """Show at the desk whatever is due."""
        desk = self.desk
        now = self.handoffs.store.clock.now()
        while due := await self.handoffs.due_posts(self.conversation_id, now):
            await self.handoffs.mark_attempted(due[0].id, now)
            reference = await desk.deliver(due[0])
            await self.handoffs.mark_posted(due[0].id, reference, now)

    async def says(self, words: str) -> None:
        """Let the visitor write."""
        await self.conversations.append(self.conversation_id, f"says {words}", words)
        await self.deliver()

    async def click(self, user: str, action_id: str) -> None:
        """Press a button of the card, over HTTP, and wait for what comes of it."""
        answer = await self.twin.click(self.url, user, action_id, self.card)
        assert answer.status == 200
        await self.settled()

    @property
    def line(self) -> Line:
        """How Slack reaches the app."""
        return self.twin.over_http(self.url) if self.url else self.twin.over_sockets()

    async def chooses(self, user: str, choice: Choice) -> None:
        """Choose behind the three dots of the card, and wait for what comes of it."""
        value = f"{choice}|{(await self.handoff()).id}"
        answer = await self.twin.person(user, self.line).chooses(self.card, MENU, value)
        assert answer.is_acknowledged
        await self.settled()

    async def opens(self, user: str, what: str) -> View:
        """Press a button, or choose behind the three dots, and give the window that opened."""
        if what in list(Choice):
            await self.chooses(user, Choice(what))
        else:
            answer = await self.twin.person(user, self.line).presses(self.card, what)
            assert answer.is_acknowledged
            await self.settled()
        return self.twin.views[-1]

    async def turns(self, user: str, view: View, action_id: str) -> View:
        """Press a button within a window, and give the window as it then is."""
        answer = await self.twin.person(user, self.line).presses(view, action_id)
        assert answer.is_acknowledged
        await self.settled()
        return view

    async def submits(self, user: str, view: View, **entered: object) -> Answer:
        """Send a window off, and wait for what comes of it."""
        answer = await self.twin.person(user, self.line).submits(view, entered)
        await self.settled()
        return answer

    async def claimed(self) -> None:
        """Hand off, and let Mia claim."""
        await self.hand_off()
        await self.click(self.mia, CLAIM)
        await self.deliver()

    async def writes(self, user: str, text: str, **event: object) -> slack.Json:
        """Reply in the card's thread, over HTTP, and wait for what comes of it."""
        told = {**self.twin.thread_reply(user, self.channel, self.card.ts, text), **event}
        await self.tell(told)
        return told

    async def tell(
        self, event: slack.Json, retry_num: int | None = None, event_id: str | None = None
    ) -> None:
        """Let Slack send this event."""
        answer = await self.twin.send_event(self.url, event, retry_num, event_id)
        assert answer.status == 200
        await self.settled()

    async def settled(self) -> None:
        """Wait until all that was acknowledged is done."""
        listeners = self.connection._listeners
        assert listeners is not None
        await listeners.finish()

    async def homes_settled(self) -> None:
        """Wait until home tabs are up to date."""
        listeners = self.connection._listeners
        assert listeners is not None
        await listeners.homes.settled()

    def breaks_the_board(self) -> None:
        """Let nothing be found for an overview."""
        self.board.is_down = True

    async def handoff(self) -> Handoff:
        return await self.handoffs.get(HandoffId("h-1"))

    async def said(self, author: Author) -> list[str]:
        """What the visitor reads from this author."""
        messages: list[Message] = await self.conversations.messages(self.conversation_id, 0)
        return [message.text for message in messages if message.author is author]

    @property
    def conversation_id(self) -> ConversationId:
        return next(iter(self.handoffs.store.talks))

    @property
    def card(self) -> slack.Message:
        return self.twin.messages(self.channel)[0]

    @property
    def told(self) -> list[tuple[str | None, str]]:
        """To whom Slack showed what in private."""
        return [
            (message.ephemeral_to, message.text)
            for message in self.twin.ephemeral_messages(self.channel)
        ]


@asynccontextmanager
async def a_room(*, over_http: bool = True) -> AsyncIterator[Room]:
    """A running adapter, over HTTP or through Socket Mode."""
    async with AsyncExitStack() as stack:
        twin = await stack.enter_async_context(SlackTwin())
        room = _furnished(twin, app_token="" if over_http else twin.app_token)
        await room.connection.start()
        stack.push_async_callback(room.connection.stop)
        if over_http:
            room.url = await stack.enter_async_context(served(room.connection))
        else:
            await twin.sockets.connected()
        yield room


@asynccontextmanager
async def served(connection: SlackConnection) -> AsyncIterator[str]:
    """The address at which Slack reaches the connection."""
    api = FastAPI()
    api.include_router(connection.router())
    server = uvicorn.Server(uvicorn.Config(api, port=0, log_level="error", ws="none"))
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/slack/events"
    await server.shutdown()


def _furnished(twin: SlackTwin, app_token: str) -> Room:
    channel, mia, jonas = (
        twin.add_channel("leads"),
        twin.add_user("Mia"),
        twin.add_user("Jonas Berg"),
    )
    # Jonas has no Slack id in the playbook: his e-mail address tells who he is.
    playbook = a_playbook(mia_in_slack=mia, jonas_in_slack="", chief_in_slack="")
    emea = twin.add_channel("emea")
    team = TeamRules(id=TeamId("emea"), name="EMEA", reps=(JONAS,), slack_channel=emea)
    playbook = playbook.model_copy(update={"teams": (*playbook.teams, team)})
    store = MemoryStore(FixedClock(NOW))
    conversations, handoffs = MemoryConversations(store), MemoryHandoffs(store)
    takeover = Takeover(
        handoffs, conversations, SilentAudience(), playbook, store.clock, lambda _: None
    )
    credentials = SlackCredentials(twin.bot_token, twin.signing_secret, app_token)
    connection = SlackConnection(credentials, channel, twin.base_url, timeout=2)
    dossiers = Dossiers(handoffs, conversations, MemoryHistories(store, ()))
    drafter = ScriptedDrafter()
    board, rep_states = MemoryDeskBoard(store), MemoryRepStates()
    seen, threads = MemorySeenEvents(), MemoryThreads(store)
    files = MemoryAttachments(store, AttachmentRules(largest=100_000))
    connection.listen(
        DeskActions(
            takeover, seen, threads, dossiers, drafter, board, rep_states, files, files.rules
        )
    )
    stranger = twin.add_user("Sam Guest")
    return Room(
        twin, channel, mia, jonas, stranger, playbook, connection, conversations, handoffs, takeover,
        drafter, emea, rep_states, board, files,
    )  # fmt: skip

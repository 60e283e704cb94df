"""A whole agent with reps who sit in Slack: real rules, SQL, the real adapter and Bolt, the Slack twin."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from agent.conversation import Author
from agent.dossier import Dossiers
from agent.drafting import ReplyDrafter
from agent.playbook import Playbook
from integrations.slack.connection import SlackConnection, SlackCredentials
from integrations.slack.desk_actions import DeskActions
from knowledge.database import Database
from knowledge.slack_threads import SqlSeenEvents, SqlThreads
from tests.audited import NEEDS_A_SERVER, must_be_sound
from tests.contracts.stores import in_sql
from tests.fakes.clock import FixedClock
from tests.fakes.library import FixedLibrary
from tests.fakes.slack.lines import Answer, Carrier
from tests.fakes.slack.person import Person
from tests.fakes.slack.state import Json, Message
from tests.fakes.slack_twin import SlackTwin
from tests.integrations.slack.desk_room import served
from tests.scenarios.world import FACTS, JONAS, MIA, OtherCompany, World, a_world, demo_playbook


@dataclass(slots=True)
class SlackWorld:
    """One agent, one visitor, and a Slack workspace with two reps and a guest."""

    world: World
    twin: SlackTwin
    connection: SlackConnection
    channel: str
    url: str
    mia: Person
    jonas: Person
    guest: Person
    others: tuple[SlackConnection, ...] = ()

    async def settles(self) -> None:
        """Let all that people did and that is due be done."""
        await self._finish()
        await self.world.settles()
        await self._finish()

    async def _finish(self) -> None:
        for connection in (self.connection, *self.others):
            assert connection._listeners is not None
            await connection._listeners.finish()

    async def visitor_says(self, text: str) -> None:
        await self.world.visitor_writes(text)
        await self.settles()

    async def presses(self, person: Person, action_id: str) -> None:
        """Press a button of the card."""
        await person.presses(self.card, action_id)
        await self.settles()

    async def replies(self, person: Person, text: str) -> Message:
        """Write in the card's thread."""
        written = await person.replies(self.card, text)
        await self.settles()
        return written

    @property
    def cards(self) -> list[Message]:
        """The cards in the channel."""
        return [message for message in self.twin.messages(self.channel) if not message.is_reply]

    @property
    def card(self) -> Message:
        (card,) = self.cards
        return card

    @property
    def thread(self) -> list[str]:
        """What Hotline wrote in the card's thread."""
        return [m.text for m in self.twin.messages(self.channel) if m.is_reply and m.bot_id]

    def told(self, person: Person) -> list[str]:
        """What only this person was shown in the channel."""
        shown = self.twin.ephemeral_messages(self.channel)
        return [message.text for message in shown if message.ephemeral_to == person.id]

    async def rep_words(self) -> list[str]:
        """What the visitor reads of reps."""
        return [m.text for m in await self.world.messages() if m.author is Author.REP]


@asynccontextmanager
async def a_slack_world(
    path: Path,
    *,
    clock: FixedClock | None = None,
    model: bool = False,
    address: str = "",
    replicas: int = 1,
) -> AsyncIterator[SlackWorld]:
    """Build it over a database file, or on a server; several replicas all hear of what people do."""
    async with AsyncExitStack() as stack:
        twin = await stack.enter_async_context(SlackTwin())
        channel, people = twin.add_channel("leads"), (twin.add_user("Mia"), twin.add_user("Jonas"))
        playbook = _with_slack_users(*people)
        database = await Database.open(address or path)
        stack.push_async_callback(database.close)
        stores = in_sql(database, clock or FixedClock(), path.with_name("files"))
        credentials = SlackCredentials(twin.bot_token, twin.signing_secret)
        connection = SlackConnection(credentials, channel, twin.base_url, timeout=2)
        world = await stack.enter_async_context(
            a_world(
                stores=stores,
                model=model,
                company=OtherCompany(playbook, FixedLibrary(FACTS)),
                line=connection.desk(playbook, attachments=stores.attachments),
                cards_at_once=False,
            )
        )
        lines, others = [await _listening(stack, connection, world, database)], []
        for _ in range(replicas - 1):
            other = SlackConnection(credentials, channel, twin.base_url, timeout=2)
            others.append(other)
            shared = await Database.open(address)
            stack.push_async_callback(shared.close)
            lines.append(await _listening(stack, other, world, shared))
        line = twin.over_http(lines[0])
        line.carrier = ToAll(tuple(twin.over_http(url).carrier for url in lines))
        mia, jonas, guest = (twin.person(each, line) for each in (*people, twin.add_user("Sam")))
        await world.visitor_arrives()
        yield SlackWorld(
            world, twin, connection, channel, lines[0], mia, jonas, guest, tuple(others)
        )
        but = (*NEEDS_A_SERVER, "no signal without its message")
        await must_be_sound(database, stores.clock.now(), but=but)


@dataclass(frozen=True, slots=True)
class ToAll:
    """Brings everything to several apps at once; what the first says counts."""

    carriers: tuple[Carrier, ...]

    async def bring(self, kind: str, payload: Json, attempt: int, reason: str) -> Answer:
        brought = (each.bring(kind, payload, attempt, reason) for each in self.carriers)
        return (await asyncio.gather(*brought))[0]


async def _listening(
    stack: AsyncExitStack, connection: SlackConnection, world: World, database: Database
) -> str:
    """Let a connection listen, on a database of its own, and give where it is posted to."""
    stores = world.stores
    connection.listen(
        DeskActions(
            takeover=world.takeover,
            seen=SqlSeenEvents(database, stores.clock),
            threads=SqlThreads(database, stores.clock),
            dossiers=Dossiers(stores.handoffs, stores.conversations, stores.histories),
            drafter=ReplyDrafter(world.watch.first_response),
            board=stores.board,
            rep_states=stores.rep_states,
            attachments=stores.attachments,
        )
    )
    stack.push_async_callback(connection.stop)
    return await stack.enter_async_context(served(connection))


def _with_slack_users(mia: str, jonas: str) -> Playbook:
    users = {MIA: mia, JONAS: jonas}
    reps = tuple(
        rep.model_copy(update={"slack_user_id": users.get(rep.id, "")})
        for rep in demo_playbook().reps
    )
    return demo_playbook().model_copy(update={"reps": reps})

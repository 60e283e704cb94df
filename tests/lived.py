"""A store in which something of everything has happened: one visitor, Zebedee Quill, left words in every table.

Beside him are Yara, a colleague, whose card tells of him, and Xenia, a stranger. All that is Zebedee's, and nothing
else, carries one of the `MARKS`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from agent.attachments import AcceptedFile
from agent.conversation import Amendment, Author, ConversationId, MessageSource, Page
from agent.gaps import Gap, GapId
from agent.handoff import Outcome
from agent.inbound import Inbound, Letter, Sender
from agent.lead import Visitor
from agent.notices import Notice, NoticeId, NoticeKind, OpeningDigest, Waiting
from agent.outcome import Closing
from agent.partings import Rating
from agent.scoring import Temperature
from agent.second_reading import SecondReading
from agent.signals import TextReading
from agent.tracking import CallKind
from knowledge.database import Database
from knowledge.notices import SqlNotices
from knowledge.tables import ConversationRow
from tests.builders import a_call, an_opening
from tests.contracts.stores import Stores, in_sql
from tests.fakes.clock import FixedClock
from tests.scenarios.world import HOT, MIA, PRICE_QUESTION, World, a_world

MARKS = ("zebedee", "quill", "quokka", "7766554")
ZEBEDEE = Visitor(
    "zebedee-browser", "u-zebedee", "zebedee@marrow.example", "Zebedee Quill", is_proven=True
)
TRAITS = {
    "name": "Zebedee Quill",
    "email": "zebedee@marrow.example",
    "phone": "+49 30 7766554",
    "title": "Chief Quokka",
    "company": "Marrow",
}


@dataclass(frozen=True, slots=True)
class Lived:
    """The store, its files, and the conversation in which he wrote."""

    database: Database
    files: Path
    clock: FixedClock
    stores: Stores
    talk: ConversationId


@asynccontextmanager
async def opened(where: Path | str, files: Path) -> AsyncIterator[Lived]:
    """Open a store in which it all has happened."""
    database, clock = await Database.open(where), FixedClock()
    try:
        async with database.read() as session:
            his = select(ConversationRow.id).where(ConversationRow.came_by == "user_id:u-zebedee")
            (talk,) = await session.scalars(his)
        yield Lived(database, files, clock, in_sql(database, clock, files), ConversationId(talk))
    finally:
        await database.close()


@asynccontextmanager
async def lived(where: Path | str, files: Path) -> AsyncIterator[Lived]:
    """Open a database and let it all happen."""
    database, clock = await Database.open(where), FixedClock()
    try:
        stores = in_sql(database, clock, files)
        async with a_world(stores=stores) as world:
            await _strangers(stores, world)
            await _known_before(stores)
            talk = await _talk(stores, world)
            await _beside(database, stores, world, talk)
            await world.settles()
            yield Lived(database, files, clock, stores, talk)
    finally:
        await database.close()


async def _known_before(stores: Stores) -> None:
    """What other systems reported of him."""
    him: dict[str, Any] = {"user_id": "u-zebedee", "anonymous_id": "zebedee-browser"}
    other = {"user_id": "u-zebedee-2", "traits": {"name": "Zebedee Quill"}}
    for calls in (
        [a_call(CallKind.IDENTIFY, id="i-z", traits=TRAITS, **him)],
        [a_call(CallKind.IDENTIFY, id="i-z2", **other)],
        [
            a_call(id="t-z", title="The quokka guide", url="https://s.example/quokka", **him),
            a_call(CallKind.PAGE, id="p-z", title="Quokka", url="https://s.example/pricing", **him),
            a_call(CallKind.ALIAS, id="a-z", user_id="u-zebedee", previous_id="u-zebedee-2"),
        ],
    ):
        await stores.tracking.take_in(calls)


async def _strangers(stores: Stores, world: World) -> None:
    """Others, who stay: a colleague whose rep reads of him, and somebody of another company."""
    yara = {"name": "Yara Lund", "email": "yara@marrow.example", "company": "Marrow"}
    xenia = {"name": "Xenia Ost", "email": "xenia@elsewhere.example", "company": "Elsewhere"}
    await stores.tracking.take_in(
        [
            a_call(CallKind.IDENTIFY, id="i-y", user_id="u-yara", traits=yara),
            a_call(CallKind.IDENTIFY, id="i-x", user_id="u-xenia", traits=xenia),
            a_call(id="t-x", user_id="u-xenia", title="A guide"),
        ]
    )
    await world.visitor_arrives(anonymous_id="a-xenia", user_id="u-xenia", is_proven=True)
    await world.visitor_says(HOT)


async def _talk(stores: Stores, world: World) -> ConversationId:
    """What he said himself, a file, a rep's words to him; then it is closed, and Yara writes."""
    opening = an_opening(
        visitor=ZEBEDEE, page=Page("https://s.example/quokka", "Quokka", "https://quokka.example")
    )
    world.id = (await stores.conversations.start(opening)).id
    talk = world.id
    await world.visitor_says(f"I am Zebedee Quill. {PRICE_QUESTION}")
    file = AcceptedFile("quokka.txt", "text/plain", b"a quokka of Zebedee Quill")
    kept = await stores.attachments.keep(talk, Author.VISITOR, file)
    await stores.conversations.append(talk, "zebedee-file", f"Quokka! {HOT}", (kept,))
    await world.settles()
    await world.rep_claims()
    await world.rep_says("Good morning, Zebedee Quill.")
    await world.visitor_says("Call me: +49 30 7766554, Quill")
    await stores.conversations.amend(
        [talk], "words-3", Amendment("Zebedee, hello", world.clock.now())
    )
    closing = Closing(Outcome.MEETING_BOOKED, 100.0, None, "Zebedee wants a quokka")
    await world.takeover.close_with((await world.handoff()).id, MIA, closing)
    await world.settles()
    await stores.partings.leave_email(talk, "zebedee@marrow.example", "Zebedee can be reached")
    await stores.partings.rate(talk, Rating(5, "Quokka!"), "Quill is happy")
    await world.visitor_arrives(anonymous_id="a-yara", user_id="u-yara", is_proven=True)
    await world.visitor_says(HOT)
    world.id = talk
    return talk


async def _beside(database: Database, stores: Stores, world: World, talk: ConversationId) -> None:
    """A gap, a second reading, a mail of his, a digest that names him."""
    turn = (await stores.conversations.turns(talk))[0]
    lead = await stores.find("user_id:u-zebedee")
    gap = Gap(
        GapId("gap-z"), talk, lead.id, turn.id, "Do you sell quokkas?", "en", world.clock.now()
    )
    await stores.gaps.record([gap])
    local = replace(turn.reading, competitors=("Quokka Ltd",))
    text = TextReading(turn.reading.kind, turn.reading.readiness, "en", (), ("Quokka Ltd",))
    reading = SecondReading(turn.id, talk, world.clock.now(), "a model", "p1", local, text, local)
    await stores.readings.keep(reading)
    inbound = Inbound(
        source=MessageSource.EMAIL,
        external_id="zebedee-mail@marrow.example",
        sender=Sender("zebedee@marrow.example", "Zebedee Quill"),
        subject="Quokka",
        text="A quokka, please",
    )
    await stores.inbox.receive(Letter(inbound, ("A quokka, please",), "en", 20, None))
    await world.settles()
    handoff = await world.handoff()
    waiting = Waiting(
        handoff.id,
        "Zebedee Quill, Chief Quokka",
        "Marrow",
        "a quokka",
        80,
        Temperature.HOT,
        world.clock.now(),
    )
    told = OpeningDigest((waiting,), (), ("Do you sell quokkas?",))
    notice = Notice(
        NoticeId("notice-z"),
        "opening_digest::z",
        NoticeKind.OPENING_DIGEST,
        told,
        world.clock.now(),
    )
    await SqlNotices(database, world.clock).record(notice)
    await SqlNotices(database, world.clock).mark_posted(notice.id, "C1:1", world.clock.now())

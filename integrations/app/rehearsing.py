"""Plays scenarios through the real pipeline: the library of a folder, a fresh store for each, and a clock that is set."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from agent.composed_reply import ComposedWriter
from agent.conversation import Conversation, Page
from agent.engagement import EngagementEvent, EngagementEventId
from agent.errors import HotlineError
from agent.first_response import FirstResponse
from agent.lead import ANONYMOUS_ID, EMAIL, Company, Identity, Lead, LeadId, Visitor
from agent.playbook import Playbook
from agent.reply import Writer
from agent.signals import SignalDetector
from agent.turn import Opening
from integrations.app.detecting import make_detector
from integrations.app.loading import LoadingReader, open_library
from integrations.app.parts import Store, make_store
from integrations.app.played import as_played, said_before
from integrations.app.stand_ins import ListeningAudience, NotingWriter, SetClock
from integrations.evaluation.replies.played import Played, PlayedTurn
from integrations.evaluation.replies.scenarios import AskedTurn, Past, Scenario
from knowledge.database import Database
from knowledge.engagement import SqlEngagement
from knowledge.ids import new_id
from knowledge.indexing import read_facts
from knowledge.library import ChromaLibrary
from knowledge.playbook import load_playbook

USUAL_DAY = (2026, 11, 17, 10, 30)
BETWEEN_TURNS = timedelta(minutes=1)
PLANTED = "planted.md"
Advance = Callable[[int, int], None]


class MissingCompanyError(HotlineError):
    """A folder is no company: its playbook or its library is missing; the text names it."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A company ready to be talked to; `files` gives the files in which a fact's text stands."""

    playbook: Playbook
    detector: SignalDetector
    library: ChromaLibrary
    pages: Path
    files: Mapping[str, frozenset[str]]
    scratch: Path
    reader: LoadingReader

    async def play(self, scenario: Scenario, writer: Writer | None = None) -> Played:
        """Play one scenario, from what went before to its last turn."""
        async with self._planted(scenario.planted), self._store() as (store, clock):
            cast = _Cast(self, store, clock, scenario, writer)
            return Played(scenario, await cast.play())

    @asynccontextmanager
    async def _planted(self, passage: str) -> AsyncIterator[None]:
        """Have a passage stand in the documents for a while."""
        if not passage:
            yield
            return
        planted = self.pages / PLANTED
        planted.write_text(passage, encoding="utf-8")
        try:
            await self.library.index(self.pages)
            yield
        finally:
            planted.unlink()
            await self.library.index(self.pages)

    @asynccontextmanager
    async def _store(self) -> "AsyncIterator[tuple[Store, SetClock]]":
        """Give an empty store; its schema is made once and copied."""
        clock, path = SetClock(usual_time(self.playbook)), self.scratch / f"{new_id('play')}.db"
        await asyncio.to_thread(shutil.copyfile, self.scratch / "empty.db", path)
        database = await Database.open(path)
        try:
            yield make_store(self.playbook, clock, database), clock
        finally:
            await database.close()
            for each in self.scratch.glob(f"{path.name}*"):
                each.unlink()


@asynccontextmanager
async def stage(playbook_path: Path, pages: Path) -> AsyncIterator[Stage]:
    """Set a company up in a temporary folder. Raises MissingCompanyError, PlaybookError, LibraryUnavailableError."""
    for needed in (playbook_path, pages):
        if not needed.exists():
            raise MissingCompanyError(
                f"{needed} is missing; a company has a playbook and a library."
            )
    playbook = load_playbook(playbook_path)
    with TemporaryDirectory(prefix="hotline-eval-") as folder:
        scratch = Path(folder)
        copied = scratch / "pages"
        await asyncio.to_thread(shutil.copytree, pages, copied)
        await (await Database.open(scratch / "empty.db")).close()
        library = await open_library(scratch / "library", None)
        try:
            await library.index(copied)
            files = await asyncio.to_thread(_files_of, copied, scratch / "alone")
            reader = LoadingReader()
            await reader.remember(library.facts())
            yield Stage(playbook, make_detector(playbook), library, copied, files, scratch, reader)
        finally:
            await library.close()


def usual_time(playbook: Playbook) -> datetime:
    """Give the time of scenarios that name none: a Tuesday morning where the reps are."""
    return datetime(*USUAL_DAY, tzinfo=playbook.hours.hours().zone).astimezone(UTC)


def _files_of(pages: Path, alone: Path) -> dict[str, frozenset[str]]:
    """Read each document by itself, to know which text comes from which file."""
    found: dict[str, set[str]] = {}
    for path in sorted(path for path in pages.rglob("*") if path.is_file()):
        alone.mkdir()
        shutil.copyfile(path, alone / path.name)
        for fact in read_facts(alone).facts.values():
            found.setdefault(fact.text, set()).add(path.relative_to(pages).as_posix())
        shutil.rmtree(alone)
    return {text: frozenset(names) for text, names in found.items()}


class _Cast:
    """Who plays one scenario: the visitor, and Hotline as it is."""

    def __init__(
        self, stage: Stage, store: Store, clock: SetClock, scenario: Scenario, writer: Writer | None
    ) -> None:
        self._stage, self._store, self._clock, self._scenario = stage, store, clock, scenario
        self._audience = ListeningAudience()
        self._composed = NotingWriter(ComposedWriter())
        self._writer = NotingWriter(writer) if writer else None
        self._began = scenario.at or clock.at
        self._first_response = FirstResponse(
            reader=stage.reader,
            conversations=store.conversations,
            handoffs=store.handoffs,
            histories=store.histories,
            library=stage.library,
            detector=stage.detector,
            audience=self._audience,
            playbook=stage.playbook,
            clock=clock,
            new_id=new_id,
            writer=self._writer,
            composed=self._composed,
        )

    async def play(self) -> tuple[PlayedTurn, ...]:
        """Live through what went before, then say each turn and note what is shown."""
        await self._remember()
        self._clock.at = self._began
        conversation = await self._open(self._visitor())
        played: list[PlayedTurn] = []
        for turn in self._scenario.turns:
            played.append(await self._take(conversation, turn, played))
            self._clock.at += BETWEEN_TURNS
        return tuple(played)

    async def _take(
        self, conversation: Conversation, turn: AskedTurn, before: Sequence[PlayedTurn]
    ) -> PlayedTurn:
        self._composed.plan = None
        if self._writer:
            self._writer.plan = None
        already = len(self._audience.shown.get(conversation.id, ()))
        await self._say(conversation, turn.visitor)
        shown = "".join(self._audience.shown.get(conversation.id, [])[already:]).strip()
        recorded = (await self._store.conversations.turns(conversation.id))[-1]
        plan = (self._writer and self._writer.plan) or self._composed.plan
        return as_played(
            turn, shown, recorded, plan, said_before(self._scenario, self._stage.playbook, before),
            self._stage.files,
        )  # fmt: skip

    async def _say(self, conversation: Conversation, text: str) -> None:
        await self._store.conversations.append(conversation.id, new_id("w"), text)
        await self._first_response.respond(conversation.id)

    async def _open(self, visitor: Visitor) -> Conversation:
        opening = Opening(visitor, Page(title=self._scenario.page_title), self._scenario.language)
        return await self._store.conversations.start(opening)

    async def _remember(self) -> None:
        """Put what is known of the lead, their acts and their earlier words into the store, the oldest first."""
        lead = _lead(self._scenario)
        await self._store.leads.import_leads([lead])
        for number, past in enumerate(sorted(self._scenario.history, key=lambda each: -each.ago)):
            self._clock.at = self._began - past.ago
            if past.visitor:
                await self._say(await self._open(_known(self._scenario)), past.visitor)
            else:
                await SqlEngagement(self._store.database).record([self._act(past, lead, number)])

    def _act(self, past: Past, lead: Lead, number: int) -> EngagementEvent:
        return EngagementEvent(
            id=EngagementEventId(f"{self._scenario.id}-{number}"),
            lead_id=lead.id,
            name=past.event,
            at=self._clock.at,
            title=past.about,
            came_by=str(_identity(self._scenario)),
        )

    def _visitor(self) -> Visitor:
        """Give the visitor of the conversation: who only says who they are comes in another browser."""
        known, lead = _known(self._scenario), self._scenario.lead
        if self._scenario.proven or not lead.email:
            return known
        return Visitor(f"b-{self._scenario.id}-other", email=lead.email, name=lead.name or None)


def _lead(scenario: Scenario) -> Lead:
    lead, identity = scenario.lead, _identity(scenario)
    company = lead.company.model_dump() | {"employees": lead.company.employees or None}
    return Lead(
        id=LeadId(f"l-{scenario.id}"),
        name=lead.name,
        email=lead.email,
        title=lead.title,
        company=Company(**company),
        identities={identity.kind: (identity.value,)},
    )


def _identity(scenario: Scenario) -> Identity:
    email = scenario.lead.email
    return Identity(EMAIL, email) if email else Identity(ANONYMOUS_ID, f"b-{scenario.id}")


def _known(scenario: Scenario) -> Visitor:
    lead = scenario.lead
    return Visitor(
        anonymous_id=f"b-{scenario.id}",
        email=lead.email or None,
        name=lead.name or None,
        is_proven=bool(lead.email),
    )

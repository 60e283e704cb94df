"""One running Hotline: every part built and joined, from settings alone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial

import structlog
from fastapi import FastAPI

from agent.conversation import ConversationId, Held
from agent.errors import ModelUnavailableError
from agent.grounding import read_ahead
from agent.lead import LeadId
from agent.lead_watch import LeadWatch
from agent.turn import Turn
from integrations.app.background import Background, Waker
from integrations.app.demo import load_demo
from integrations.app.detecting import playbook_of
from integrations.app.erasing import people_of
from integrations.app.fan_out import FanOut, fan_out_of
from integrations.app.loading import LoadingReader, settle_memory, warm
from integrations.app.locking import data_folder, database_file
from integrations.app.noticing import DeskClock, notice_wakeups
from integrations.app.parts import Parts, make_parts
from integrations.app.replica import serving
from integrations.app.roles import (
    first_response_of,
    second_look_of,
    services_of,
    takeover_of,
    watch_of,
)
from integrations.app.shared_keys import keys_of
from integrations.app.slack_desk import listen, note_read_of
from integrations.app.sweeping import Sweeping
from integrations.app.waking import wakeup_maker
from integrations.app.wires import other_wires
from integrations.settings import Settings
from integrations.wakeups.looking import Wakeups
from integrations.web.api import create_api
from integrations.web.services import WebServices
from knowledge.database import Database
from knowledge.demo_company import demo_leads

log = structlog.get_logger()
OPENED_WITHIN = 1.0
BACKGROUND_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Hotline:
    """All parts of one process; `running` starts and stops them."""

    parts: Parts
    api: FastAPI
    wakeups: Wakeups[ConversationId]
    lead_wakeups: Wakeups[LeadId]
    background: Background
    reader: LoadingReader
    notice_wakeups: Wakeups[DeskClock]
    fan_out: FanOut | None = None
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        """Begin to answer; slow parts load behind the open port."""
        writer = self.parts.writer
        # The first reading loads the signal model and the languages.
        loads: list[Callable[[], object]] = [partial(self.parts.detector.read_text, "Hello there")]
        if writer:
            loads.append(writer.load)
        self.tasks.append(asyncio.create_task(self._load(loads), name="load"))
        sweeping = Sweeping(self.parts, people_of(self.parts, self.background).erasing.tidy)
        self.tasks.append(asyncio.create_task(sweeping.run(), name="sweep files"))
        if self.parts.bookkeeping:
            keeping = self.parts.bookkeeping.run()
            self.tasks.append(asyncio.create_task(keeping, name="keep what models use"))
        if self.fan_out:
            self.fan_out.start()
        await self.wakeups.start()
        await self.lead_wakeups.start()
        await self.notice_wakeups.start()
        if self.parts.slack:
            await self.parts.slack.start()

    async def _load(self, loads: list[Callable[[], object]]) -> None:
        """Load once the port is open, or soon after where nobody opens one."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.opened.wait(), OPENED_WITHIN)
        library = self.parts.library
        # The library first of all; what else takes long loads beside it.
        loading = asyncio.create_task(warm(*loads))
        await library.load()
        self.tasks.append(asyncio.create_task(library.keep_up(), name="keep up with the library"))
        if self.parts.settings.watch_library:
            self.tasks.append(asyncio.create_task(self.parts.library.watch(), name="watch library"))
        if hours := self.parts.settings.refetch_hours:
            again = self.parts.library.refetch(timedelta(hours=hours))
            self.tasks.append(asyncio.create_task(again, name="refetch sites"))
        await loading
        await self.reader.remember(library.facts())
        await warm(partial(read_ahead, library.facts()))
        settle_memory()
        await self._try_model()

    async def _try_model(self) -> None:
        """Say at the start when the model cannot be used, a wrong key above all; the service runs on without."""
        if self.parts.writer is None:
            return
        try:
            await self.parts.writer.check()
        except ModelUnavailableError as error:
            mend = "Check OPENAI_API_KEY, OPENAI_BASE_URL and HOTLINE_MODEL; replies are composed meanwhile."
            log.warning("model.unavailable", reason=str(error), mend=mend)

    async def stop(self) -> None:
        """Finish what is running, then close all."""
        self.parts.audience.close()
        if self.parts.slack:
            await self.parts.slack.stop()
        await asyncio.gather(
            self.notice_wakeups.stop(), self.lead_wakeups.stop(), self.wakeups.stop()
        )
        with suppress(TimeoutError):
            await asyncio.wait_for(self.background.stop(), BACKGROUND_SECONDS)
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        if self.fan_out:
            await self.fan_out.stop()
        await self.parts.limits.close()
        await self.parts.library.close()
        if self.parts.bookkeeping:
            await self.parts.bookkeeping.stop()
        if self.parts.writer:
            await self.parts.writer.close()
        self.parts.watcher.tracer.close()


@asynccontextmanager
async def running(settings: Settings) -> AsyncIterator[Hotline]:
    """Build everything from settings, run it, and stop it at the end.

    Raises SettingsError, PlaybookError, DataFolderInUseError or StoreUnavailableError before anything is started.
    """
    playbook = playbook_of(settings)
    with data_folder(settings), database_file(settings):
        database = await Database.open(settings.database)
        try:
            async with serving(database, settings.server) as clock:
                keys = await keys_of(settings, database)
                parts = make_parts(settings, keys, playbook, database, clock)
                if settings.is_demo:
                    await load_demo(database, parts.store.leads, clock.now())
                hotline = await _build(parts)
                await hotline.start()
                try:
                    yield hotline
                finally:
                    await hotline.stop()
        finally:
            await database.close()


async def _build(parts: Parts) -> Hotline:
    settings = parts.settings
    background, reader = Background(), LoadingReader(settings.data_dir)

    def look_again(held: Held, turn: Turn) -> None:
        if second_look:
            background.begin(second_look.look(held, turn))

    def look_at(conversation_id: ConversationId) -> None:
        wakeups.wake(conversation_id)

    first_response = replace(
        first_response_of(parts, reader, lambda held: background.begin(watch.deliver(held))),
        on_turn=look_again,
    )
    second_look = second_look_of(parts, first_response)
    watch = watch_of(parts, first_response, look_at)
    maker = wakeup_maker(settings.server, parts.clock)
    wakeups = maker.make(ConversationId, watch.advance, parts.store.conversations.due)
    wake = Waker(wakeups, first_response).wake
    watched = parts.store.watched_leads
    lead_watch = LeadWatch(first_response, watched, wake)
    lead_wakeups = maker.make(LeadId, lead_watch.look, watched.due)
    if settings.is_demo:
        await _learn_demo(lead_watch)
    takeover = takeover_of(parts, wake)
    if parts.slack:
        listen(parts.slack, takeover, first_response, parts)
    services = services_of(
        parts,
        takeover,
        wake,
        lambda talk, text: background.begin(first_response.anticipate(talk, text)),
        lead_watch,
    )
    people = people_of(parts, background)
    services = replace(_with_receipts(services, parts, background), people=people)
    api, notices = create_api(services, other_wires(parts)), notice_wakeups(parts, maker)
    return Hotline(
        parts,
        api,
        wakeups,
        lead_wakeups,
        background,
        reader,
        notices,
        fan_out_of(settings, parts.outbox, parts.audience, first_response.interrupt),
    )


def _with_receipts(services: WebServices, parts: Parts, background: Background) -> WebServices:
    note_read = note_read_of(parts)
    return replace(services, note_read=lambda talk, seq: background.begin(note_read(talk, seq)))


async def _learn_demo(lead_watch: LeadWatch) -> None:
    now = lead_watch.first_response.clock.now()
    for lead_id in await lead_watch.leads.due(now, len(demo_leads())):
        await lead_watch.learn(lead_id)

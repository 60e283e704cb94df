"""One running Hotline: every part built and joined, from settings alone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import structlog
from fastapi import FastAPI

from agent.conversation import ConversationId, Held
from agent.errors import ModelUnavailableError
from agent.first_response import FirstResponse
from agent.lead import LeadId
from agent.lead_watch import LeadWatch
from agent.partings import Parting
from agent.second_look import SecondLook
from agent.takeover import Takeover
from agent.turn import Turn
from agent.watch import Watch
from integrations.app.background import Background, Waker
from integrations.app.demo import as_demo, load_demo
from integrations.app.detecting import playbook_of
from integrations.app.documents import LibraryDocuments
from integrations.app.erasing import people_of
from integrations.app.fan_out import FanOut, fan_out_of
from integrations.app.gaps import GapReader
from integrations.app.loading import LoadingReader, settle_memory, warm
from integrations.app.locking import data_folder, database_file
from integrations.app.noticing import DeskClock, notice_wakeups
from integrations.app.parts import Parts, make_parts, plain
from integrations.app.post_room import post_room
from integrations.app.readiness import Readiness
from integrations.app.records import SqlLeadRecords
from integrations.app.replica import serving
from integrations.app.shared_keys import keys_of
from integrations.app.slack_desk import listen, note_read_of, slack_desk
from integrations.app.sweeping import Sweeping
from integrations.app.waking import wakeup_maker
from integrations.app.web_desk import web_desk
from integrations.app.widget import widget_services
from integrations.app.wires import other_wires
from integrations.models.meanings import EmbeddedMeanings
from integrations.models.openai_reader import OpenAIReader
from integrations.settings import Settings
from integrations.wakeups.looking import Wakeups
from integrations.web.api import create_api
from integrations.web.services import WebServices
from integrations.web.tokens import VisitorTokens
from knowledge.database import Database
from knowledge.demo_company import demo_leads
from knowledge.engagement import SqlEngagement
from knowledge.ids import new_id
from knowledge.readings import SqlReadings

if TYPE_CHECKING:
    pass


log = structlog.get_logger()
OPENED_WITHIN = 1.0
BACKGROUND_SECONDS = 10.0
Wake = Callable[[ConversationId], None]


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
        await self.reader.remember(self.parts.library.facts())
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
        _first_response(parts, reader, lambda held: background.begin(watch.deliver(held))),
        on_turn=look_again,
    )
    second_look = _second_look(parts, first_response)
    watch = _watch(parts, first_response, look_at)
    maker = wakeup_maker(settings.server, parts.clock)
    wakeups = maker.make(ConversationId, watch.advance, parts.store.conversations.due)
    wake = Waker(wakeups, first_response).wake
    watched = parts.store.watched_leads
    lead_watch = LeadWatch(first_response, watched, wake)
    lead_wakeups = maker.make(LeadId, lead_watch.look, watched.due)
    if settings.is_demo:
        await _learn_demo(lead_watch)
    takeover = _takeover(parts, wake)
    if parts.slack:
        listen(parts.slack, takeover, first_response, parts)
    services = _services(
        parts,
        takeover,
        wake,
        lambda text: background.begin(first_response.anticipate(text)),
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


def _first_response(parts: Parts, reader: LoadingReader, on_handoff: Wake) -> FirstResponse:
    return FirstResponse(
        reader=reader,
        conversations=parts.store.conversations,
        handoffs=parts.store.handoffs,
        histories=parts.store.histories,
        library=parts.library,
        detector=parts.detector,
        audience=parts.audience,
        playbook=parts.playbook,
        clock=parts.clock,
        new_id=new_id,
        writer=parts.writer,
        watcher=parts.watcher,
        engagement=SqlEngagement(parts.store.database),
        on_handoff=on_handoff,
        gaps=parts.store.gaps,
        duty=parts.duty,
    )


def _second_look(parts: Parts, first_response: FirstResponse) -> SecondLook | None:
    """Make what reads messages again with the model, when there is one."""
    if parts.writer is None:
        return None
    readings = SqlReadings(parts.store.database, parts.clock)
    return SecondLook(first_response, OpenAIReader(parts.writer), readings)


def _watch(parts: Parts, first_response: FirstResponse, wake: Wake) -> Watch:
    return Watch(
        first_response=first_response,
        conversations=parts.store.conversations,
        handoffs=parts.store.handoffs,
        desk=slack_desk(parts.slack, parts) if parts.slack else None,
        audience=parts.audience,
        playbook=parts.playbook,
        clock=parts.clock,
        wake=wake,
        watcher=parts.watcher,
    )


def _takeover(parts: Parts, wake: Wake) -> Takeover:
    return Takeover(
        handoffs=parts.store.handoffs,
        conversations=parts.store.conversations,
        audience=parts.audience,
        playbook=parts.playbook,
        clock=parts.clock,
        wake=wake,
        watcher=parts.watcher,
    )


def _services(
    parts: Parts,
    takeover: Takeover,
    wake: Wake,
    anticipate: Callable[[str], None],
    lead_watch: LeadWatch,
) -> WebServices:
    settings, store, metrics = parts.settings, parts.store, parts.watcher.metrics
    signing_secret = parts.keys.signing_secret.get_secret_value()
    leads = SqlLeadRecords(
        store.leads, store.histories, parts.playbook, parts.clock, lead_watch.catch_up
    )
    services = WebServices(
        conversations=store.conversations,
        handoffs=store.handoffs,
        histories=store.histories,
        takeover=takeover,
        audience=parts.audience,
        playbook=parts.playbook,
        clock=parts.clock,
        detector=parts.detector,
        leads=leads,
        wake=wake,
        readiness=Readiness(store.database, parts.library, parts.writer, parts.draining).check,
        render_metrics=metrics.render,
        tokens=VisitorTokens(signing_secret, parts.clock),
        desk=web_desk(parts, lead_watch.first_response),
        widget=widget_services(parts),
        api_key=parts.keys.api_key.get_secret_value(),
        identity_secret=plain(settings.identity_secret),
        enforces_identity=settings.enforce_identity,
        allowed_origins=settings.allowed_origins,
        public_url=settings.url,
        limits=parts.limits,
        note_request=metrics.request_served,
        open_stream=metrics.open_stream,
        anticipate=anticipate,
        documents=LibraryDocuments(lambda: parts.library.sources),
        note_message=lambda: metrics.message_arrived("chat"),
        waiting_room=parts.watcher.waiting_room,
        note_refused=metrics.message_refused,
        attachments=parts.attachments,
        parting=Parting(
            store.partings, store.handoffs, parts.audience, wake, metrics.conversation_rated
        ),
        file_rules=parts.file_rules,
        gaps=GapReader(store.gaps, EmbeddedMeanings(), parts.library).read,
        post_room=post_room(parts, signing_secret),
    )
    return as_demo(services) if settings.is_demo else services

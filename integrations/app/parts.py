"""The parts that everything else is joined from, made from the settings."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from agent.acts import known_acts
from agent.attachments import MEGABYTE, AttachmentRules
from agent.clock import Clock
from agent.duty import Duty
from agent.playbook import Playbook
from agent.signals import SignalDetector
from agent.spending import Spending
from integrations.app.detecting import make_detector
from integrations.app.documents import catalogue_of, library_of
from integrations.app.limiting import limits_of
from integrations.app.loading import LoadingLibrary, packaged_embeddings
from integrations.app.readiness import Draining
from integrations.app.spending import Bookkeeping
from integrations.app.watching import MeteredWatcher
from integrations.clock import FollowingClock, SystemClock
from integrations.keys import Keys
from integrations.metrics import Metrics
from integrations.models.chat_models import provider_of
from integrations.models.circuit import ModelMeter
from integrations.models.openai_writer import OpenAIWriter
from integrations.redaction import redact
from integrations.setting_values import OPENAI_EMBEDDINGS
from integrations.settings import Settings
from integrations.tracing import Tracer
from integrations.web.audience import LiveAudience
from integrations.web.limits import RateLimits
from integrations.web.news import Outbox
from integrations.web.waiting import WaitingRoom
from knowledge.attachment_bytes import AttachmentBytes, bytes_of
from knowledge.attachments import SqlAttachments
from knowledge.conversations import SqlConversations
from knowledge.database import Database
from knowledge.demo_company import demo_library_path
from knowledge.gaps import SqlGaps
from knowledge.handoffs import SqlHandoffs
from knowledge.history import SqlHistories
from knowledge.leads import SqlLeads
from knowledge.library import Embeddings
from knowledge.merges import SqlMerges
from knowledge.partings import SqlPartings
from knowledge.rep_loads import SqlRepLoads
from knowledge.spending import SqlSpending
from knowledge.tracking import SqlTracking
from knowledge.watched_leads import SqlWatchedLeads

if TYPE_CHECKING:
    from integrations.slack.connection import SlackConnection

MOST_OF_IT = 0.8


@dataclass(frozen=True, slots=True)
class Store:
    """What is kept in the database."""

    database: Database
    conversations: SqlConversations
    handoffs: SqlHandoffs
    histories: SqlHistories
    leads: SqlLeads
    tracking: SqlTracking
    merges: SqlMerges
    watched_leads: SqlWatchedLeads
    gaps: SqlGaps
    partings: SqlPartings


@dataclass(frozen=True, slots=True)
class Parts:
    """What everything else is joined from."""

    settings: Settings
    keys: Keys
    playbook: Playbook
    clock: Clock
    audience: LiveAudience
    outbox: Outbox
    limits: RateLimits
    draining: Draining
    watcher: MeteredWatcher
    store: Store
    library: LoadingLibrary
    detector: SignalDetector
    writer: OpenAIWriter | None
    slack: "SlackConnection | None"
    attachments: SqlAttachments
    contents: AttachmentBytes
    bookkeeping: Bookkeeping | None
    file_rules: AttachmentRules
    duty: Duty


def make_parts(
    settings: Settings, keys: Keys, playbook: Playbook, database: Database, clock: Clock
) -> Parts:
    """Make all parts; nothing is opened or called yet."""
    tracer = Tracer(settings.otlp_endpoint, version("hotline"))
    file_rules = AttachmentRules(
        largest=settings.attachment_megabytes * MEGABYTE,
        a_day=settings.attachment_megabytes_a_day * MEGABYTE,
    )
    room, slack, outbox = WaitingRoom(settings.most_waiting), make_slack(settings), Outbox()
    watcher = MeteredWatcher(Metrics(), tracer, room)
    watcher.metrics.watch_waiting(lambda: room.count)
    if isinstance(clock, FollowingClock):
        watcher.metrics.watch_clock(lambda: clock.skew().total_seconds())
    writer = make_writer(settings, playbook, watcher)
    if writer and writer.spending:
        watcher.metrics.watch_spending(writer.spending)
    contents = bytes_of(database, settings.files_folder, clock)
    return Parts(
        settings=settings,
        keys=keys,
        playbook=playbook,
        clock=clock,
        audience=LiveAudience(outbox.tell) if settings.is_shared else LiveAudience(),
        outbox=outbox,
        limits=limits_of(settings),
        draining=Draining(),
        watcher=watcher,
        store=make_store(playbook, clock, database),
        library=LoadingLibrary(
            library_of(settings),
            pages_of(settings),
            catalogue_of(settings),
            embeddings_of(settings),
        ),
        detector=make_detector(playbook),
        writer=writer,
        attachments=SqlAttachments(database, contents, clock, file_rules),
        contents=contents,
        bookkeeping=make_bookkeeping(writer, database),
        file_rules=file_rules,
        slack=slack,
        duty=make_duty(playbook, clock, database, slack),
    )


def make_store(playbook: Playbook, clock: Clock, database: Database) -> Store:
    """Make what is kept in the database."""
    free_mail = playbook.scoring.fit.free_mail_domains
    histories = SqlHistories(database, known_acts(playbook))
    return Store(
        database=database,
        conversations=SqlConversations(
            database, clock, agent_name=playbook.company.name, free_mail=free_mail
        ),
        handoffs=SqlHandoffs(database, clock),
        histories=histories,
        leads=SqlLeads(database, clock, free_mail=free_mail),
        tracking=SqlTracking(database, clock, playbook),
        merges=SqlMerges(database, clock, free_mail=free_mail),
        watched_leads=SqlWatchedLeads(database, histories, clock),
        gaps=SqlGaps(database, redact),
        partings=SqlPartings(database, clock),
    )


def make_duty(
    playbook: Playbook, clock: Clock, database: Database, slack: "SlackConnection | None"
) -> Duty:
    """Make what knows who is on duty; Slack is asked who is active where the playbook wants it."""
    reads = slack is not None and playbook.desk.reads_presence
    presence = slack.presence(playbook, clock) if slack and reads else None
    return Duty(playbook, SqlRepLoads(database), presence)


def make_bookkeeping(writer: OpenAIWriter | None, database: Database) -> Bookkeeping | None:
    """Make what keeps what models use, when there is one."""
    if writer is None or writer.spending is None:
        return None
    kept = SqlSpending(database)
    return Bookkeeping(writer.spending, kept, writer.spending.today, is_shared=database.is_shared)


def make_writer(
    settings: Settings, playbook: Playbook, meter: ModelMeter | None = None
) -> OpenAIWriter | None:
    """Make the writer with a model when a key is set."""
    if settings.openai_api_key is None and provider_of(settings.model) is None:
        return None
    spending = Spending(playbook.spending, lambda: SystemClock().now().date())
    second = settings.fallback_model
    fallback = _writer(second, settings, playbook, meter, spending) if second else None
    return replace(_writer(settings.model, settings, playbook, meter, spending), fallback=fallback)


def _writer(
    model: str,
    settings: Settings,
    playbook: Playbook,
    meter: ModelMeter | None,
    spending: Spending,
) -> OpenAIWriter:
    return OpenAIWriter(
        api_key=plain(settings.openai_api_key) or "",
        model=model,
        base_url=settings.openai_base_url,
        meter=meter,
        spending=spending,
        seconds=playbook.replies.whole_reply_seconds,
        patience=MOST_OF_IT * playbook.replies.first_sentence_seconds,
    )


def make_slack(settings: Settings) -> "SlackConnection | None":
    """Make the connection to Slack when its tokens are set; nothing is called yet."""
    if not settings.has_slack or settings.slack_bot_token is None:
        return None
    from integrations.slack.connection import SlackConnection, SlackCredentials

    credentials = SlackCredentials(
        bot_token=settings.slack_bot_token.get_secret_value(),
        signing_secret=plain(settings.slack_signing_secret) or "",
        app_token=plain(settings.slack_app_token) or "",
    )
    return SlackConnection(
        credentials, settings.slack_channel, f"{settings.slack_api_url.rstrip('/')}/"
    )


def embeddings_of(settings: Settings) -> Callable[[], Embeddings]:
    """Give what loads the embedding model that is set."""
    if settings.embeddings.startswith(OPENAI_EMBEDDINGS):
        from integrations.models.openai_embeddings import OpenAIEmbeddings

        name = settings.embeddings.removeprefix(OPENAI_EMBEDDINGS)
        return partial(
            OpenAIEmbeddings, plain(settings.openai_api_key) or "", name, settings.openai_base_url
        )
    if settings.embeddings == "english":
        from integrations.models.english_embeddings import EnglishEmbeddings

        return EnglishEmbeddings.load
    return packaged_embeddings


def pages_of(settings: Settings) -> Path | None:
    """Give the folder that the library follows: the one that is set, else the demo company's, else none."""
    return settings.library or (demo_library_path() if settings.is_demo else None)


def own_pages_of(settings: Settings) -> Path | None:
    """Give the same for whoever only looks: a library on a server is filled by those who take turns."""
    return None if settings.chroma_url else pages_of(settings)


def plain(secret: SecretStr | None) -> str | None:
    """Give the secret itself, where there is one."""
    return secret.get_secret_value() if secret else None

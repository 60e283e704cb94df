"""What answers, watches, hands over and serves, each made from the parts."""

from collections.abc import Callable

from agent.conversation import Conversation, ConversationId
from agent.first_response import FirstResponse
from agent.lead_watch import LeadWatch
from agent.partings import Parting
from agent.second_look import SecondLook
from agent.takeover import Takeover
from agent.watch import Watch
from integrations.app.demo import as_demo
from integrations.app.documents import LibraryDocuments
from integrations.app.gaps import GapReader
from integrations.app.loading import LoadingReader
from integrations.app.parts import Parts, plain
from integrations.app.post_room import post_room
from integrations.app.readiness import Readiness
from integrations.app.records import SqlLeadRecords
from integrations.app.slack_desk import slack_desk
from integrations.app.web_desk import web_desk
from integrations.app.widget import widget_services
from integrations.models.meanings import EmbeddedMeanings
from integrations.models.openai_reader import OpenAIReader
from integrations.web.services import WebServices
from integrations.web.tokens import VisitorTokens
from knowledge.engagement import SqlEngagement
from knowledge.ids import new_id
from knowledge.readings import SqlReadings

Wake = Callable[[ConversationId], None]


def first_response_of(parts: Parts, reader: LoadingReader, on_handoff: Wake) -> FirstResponse:
    """Make what answers; `on_handoff` hears of what must reach the desk."""
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


def second_look_of(parts: Parts, first_response: FirstResponse) -> SecondLook | None:
    """Make what reads messages again with the model, when there is one."""
    if parts.writer is None:
        return None
    readings = SqlReadings(parts.store.database, parts.clock)
    return SecondLook(first_response, OpenAIReader(parts.writer), readings)


def watch_of(parts: Parts, first_response: FirstResponse, wake: Wake) -> Watch:
    """Make what does what is due; `wake` looks at a conversation anew."""
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


def takeover_of(parts: Parts, wake: Wake) -> Takeover:
    """Make what reps do."""
    return Takeover(
        handoffs=parts.store.handoffs,
        conversations=parts.store.conversations,
        audience=parts.audience,
        playbook=parts.playbook,
        clock=parts.clock,
        wake=wake,
        watcher=parts.watcher,
    )


def services_of(
    parts: Parts,
    takeover: Takeover,
    wake: Wake,
    anticipate: Callable[[Conversation, str], None],
    lead_watch: LeadWatch,
) -> WebServices:
    """Make what the HTTP side calls."""
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

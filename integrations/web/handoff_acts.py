"""What reps do with a handoff, for any desk: what the buttons in Slack do."""

import uuid
from datetime import datetime, timedelta
from typing import Annotated, Self

from fastapi import APIRouter
from pydantic import AwareDatetime, Field, model_validator

from agent.conversation import Author, ConversationId, Message, RepId
from agent.errors import UnknownRepError
from agent.handoff import Handoff, Outcome, must_hold
from agent.outcome import Closing, NotHotReason
from agent.playbook import Playbook
from agent.team_rules import RepRules, TeamId
from integrations.web.auth import AtDesk, acting
from integrations.web.conversations import Body
from integrations.web.desk_shapes import WordsShape
from integrations.web.explain import explain_handoff
from integrations.web.handoffs import Id
from integrations.web.problems import ProblemError, refuses
from integrations.web.services import Services
from integrations.web.shapes import HandoffShape
from integrations.web.texts import ClientId, Line, MessageText

LONGEST_SNOOZE = timedelta(days=30)
MOST_MONEY = 1e12
SEEN = "seen"

router = APIRouter(tags=["desk"])


class RepBody(Body):
    """Which rep acts."""

    rep: ClientId = Field(description="an id of the playbook", examples=["mia"])


class ClosingBody(RepBody):
    """What became of it."""

    outcome: Outcome | None = Field(None, examples=["meeting_booked"])
    value: Annotated[float, Field(ge=0, le=MOST_MONEY, allow_inf_nan=False)] | None = Field(
        None, description="money, in no particular currency", examples=[4800]
    )
    note: Line = Field("", examples=["Call on Thursday at 10."])


class NotHotBody(RepBody):
    """Why it is not hot."""

    reason: NotHotReason | None = Field(None, examples=["no_buyer"])
    note: Line = Field("", examples=["A student."])


class SnoozeBody(RepBody):
    """How long reminders are held back: for some minutes, or until an instant."""

    minutes: float = Field(
        30, gt=0, le=LONGEST_SNOOZE.total_seconds() / 60, allow_inf_nan=False, examples=[30]
    )
    until: AwareDatetime | None = Field(None, examples=["2026-11-23T10:00:00Z"])


class TransferBody(RepBody):
    """To whom it is passed on: a colleague or a team."""

    to_rep: ClientId | None = Field(None, examples=["jonas"])
    to_team: ClientId | None = Field(None, examples=[None])
    note: Line = Field("", examples=["Asks about the API, your field."])

    @model_validator(mode="after")
    def _one_target(self) -> Self:
        if (self.to_rep is None) == (self.to_team is None):
            raise ValueError("name either to_rep or to_team")
        return self


class WordsBody(RepBody):
    """What the rep says to the visitor; the same client_message_id again says it only once."""

    text: MessageText = Field(examples=["Hello Dana, this is Mia. Shall we talk at 14:00?"])
    client_message_id: ClientId | None = Field(
        None, examples=["5b0c1c2e-0d7f-4b0e-9a4e-0f9a1a1f6b1d"]
    )


ACTS = refuses(400, 401, 403, 404, 409, 422, 503)


@router.post("/v1/handoffs/{handoff_id}/claim", summary="Take the conversation", responses=ACTS)
async def claim(handoff_id: Id, body: RepBody, person: AtDesk, services: Services) -> HandoffShape:
    """The agent is silent from now on. Lost the race: 409, `claimed_by` names who won."""
    return explain_handoff(await services.takeover.claim(handoff_id, acting(person, body.rep)))


@router.post(
    "/v1/handoffs/{handoff_id}/release", summary="Let the agent answer again", responses=ACTS
)
async def release(
    handoff_id: Id, body: RepBody, person: AtDesk, services: Services
) -> HandoffShape:
    """Give the conversation back; only the rep who holds it may."""
    return explain_handoff(await services.takeover.give_back(handoff_id, acting(person, body.rep)))


@router.post("/v1/handoffs/{handoff_id}/close", summary="End it with its outcome", responses=ACTS)
async def close(
    handoff_id: Id, body: ClosingBody, person: AtDesk, services: Services
) -> HandoffShape:
    """Say what became of it, and what it is worth."""
    rep, closing = acting(person, body.rep), Closing(body.outcome, body.value, note=body.note)
    return explain_handoff(await services.takeover.close_with(handoff_id, rep, closing))


@router.post("/v1/handoffs/{handoff_id}/not_hot", summary="Say that it was not hot", responses=ACTS)
async def not_hot(
    handoff_id: Id, body: NotHotBody, person: AtDesk, services: Services
) -> HandoffShape:
    """End it as a false alarm, which the rules can learn from."""
    rep = acting(person, body.rep)
    closing = Closing(Outcome.NOT_HOT, reason=body.reason, note=body.note)
    return explain_handoff(await services.takeover.close_with(handoff_id, rep, closing))


@router.post("/v1/handoffs/{handoff_id}/reopen", summary="Take it again", responses=ACTS)
async def reopen(handoff_id: Id, body: RepBody, person: AtDesk, services: Services) -> HandoffShape:
    """Take a handoff that has ended; only the lead's latest can be taken again."""
    return explain_handoff(await services.takeover.take_again(handoff_id, acting(person, body.rep)))


@router.post("/v1/handoffs/{handoff_id}/snooze", summary="Hold reminders back", responses=ACTS)
async def snooze(
    handoff_id: Id, body: SnoozeBody, person: AtDesk, services: Services
) -> HandoffShape:
    """For some minutes, or until an instant."""
    rep, until = acting(person, body.rep), _until(body, services.clock.now())
    return explain_handoff(await services.takeover.snooze(handoff_id, rep, until))


@router.post(
    "/v1/handoffs/{handoff_id}/transfer",
    summary="Pass it on to a colleague or a team",
    responses=ACTS,
)
async def transfer(
    handoff_id: Id, body: TransferBody, person: AtDesk, services: Services
) -> HandoffShape:
    """It is open again, for those it was passed on to; the agent answers until one of them claims."""
    rep, to = acting(person, body.rep), _target(body, services.playbook)
    return explain_handoff(await services.takeover.pass_on(handoff_id, rep, to, body.note))


@router.post(
    "/v1/handoffs/{handoff_id}/called",
    summary="Say that the promised call was made",
    responses=ACTS,
)
async def called(handoff_id: Id, body: RepBody, person: AtDesk, services: Services) -> HandoffShape:
    """The promise is kept: nobody is reminded of it any more."""
    return explain_handoff(await services.takeover.called(handoff_id, acting(person, body.rep)))


@router.post(
    "/v1/handoffs/{handoff_id}/seen",
    status_code=204,
    summary="Note that a rep has read it",
    responses=ACTS,
)
async def seen(handoff_id: Id, body: RepBody, person: AtDesk, services: Services) -> None:
    """The log tells who saw it, once for each rep."""
    rep = _known(acting(person, body.rep), services.playbook)
    await services.handoffs.note(handoff_id, rep.id, SEEN)


@router.post("/v1/handoffs/{handoff_id}/messages", summary="Speak to the visitor", responses=ACTS)
async def speak(
    handoff_id: Id, body: WordsBody, person: AtDesk, services: Services
) -> HandoffShape:
    """Say something; only the rep who holds the conversation may."""
    words_id, rep = body.client_message_id or str(uuid.uuid4()), acting(person, body.rep)
    return explain_handoff(await services.takeover.speak(handoff_id, rep, body.text, words_id))


@router.post("/v1/handoffs/{handoff_id}/draft", summary="Draft a reply for the rep", responses=ACTS)
async def draft(handoff_id: Id, body: RepBody, person: AtDesk, services: Services) -> WordsShape:
    """Give what the agent would answer, for the rep who holds it to change and send; nothing is sent.

    Empty when there is nothing to answer.
    """
    handoff = await services.handoffs.get(handoff_id)
    must_hold(handoff, acting(person, body.rep))
    said = await services.dossiers.messages(handoff_id)
    return WordsShape(text=await services.desk.drafter.draft(_spoken_last(handoff, said)))


@router.post(
    "/v1/handoffs/{handoff_id}/booking", summary="Give the words that offer a time", responses=ACTS
)
async def booking(handoff_id: Id, body: RepBody, person: AtDesk, services: Services) -> WordsShape:
    """Give an invitation to book, in the visitor's language, for the rep who holds it to send; nothing is sent."""
    handoff = await services.handoffs.get(handoff_id)
    rep = _known(acting(person, body.rep), services.playbook)
    must_hold(handoff, rep.id)
    return WordsShape(text=await services.takeover.booking_words(handoff, rep))


def _until(body: SnoozeBody, now: datetime) -> datetime:
    until = body.until or now + timedelta(minutes=body.minutes)
    if not now < until <= now + LONGEST_SNOOZE:
        raise ProblemError(
            422, f"until: choose an instant within {LONGEST_SNOOZE.days} days from now."
        )
    return until


def _known(rep_id: RepId, playbook: Playbook) -> RepRules:
    rep = playbook.rep(rep_id)
    if rep is None:
        raise UnknownRepError(
            f"The playbook names no rep {rep_id!r}; GET /v1/desk/me lists who there is."
        )
    return rep


def _target(body: TransferBody, playbook: Playbook) -> RepId | TeamId:
    if body.to_rep is not None:
        return _known(RepId(body.to_rep), playbook).id
    team = playbook.team(TeamId(body.to_team or ""))
    if team is None:
        known = ", ".join(team.id for team in playbook.teams) or "none"
        raise ProblemError(
            422, f"to_team: the playbook names no team {body.to_team!r}; it knows {known}."
        )
    return team.id


def _spoken_last(handoff: Handoff, said: list[Message]) -> ConversationId:
    """Find the conversation in which the visitor wrote last."""
    theirs = [message for message in said if message.author is Author.VISITOR]
    return theirs[-1].conversation_id if theirs else handoff.conversation_id

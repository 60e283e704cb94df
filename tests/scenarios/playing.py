"""Plays dialogues with history through the detector, the score and the decisions, with no store and no writer.

`python -m tests.scenarios.playing FILE...` prints what went otherwise than expected, and the two shares.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, assert_never

import typer

from agent.context import in_context, since_handled
from agent.conversation import Author, Message, MessageId, RepId
from agent.decision import decide_handoff, decide_proactive
from agent.engagement import EngagementEvent, EngagementEventId
from agent.handoff import Handoff, claim, close
from agent.history import History
from agent.lead import Company, Lead, LeadId
from agent.patterns import find_patterns
from agent.playbook import Playbook
from agent.scoring import score_lead
from agent.signals import HeardKind, SignalDetector
from integrations.models.learned_detector import LearnedDetector
from integrations.models.signal_model import SignalModel
from knowledge.playbook import demo_playbook_path, load_playbook
from tests.builders import a_handoff, a_message
from tests.fakes.clock import MONDAY_TEN
from tests.scenarios.cases import (
    AgentStep,
    Case,
    CaseError,
    EventStep,
    LookStep,
    Person,
    Step,
    VisitorStep,
    read_all,
)
from tests.scenarios.verdicts import Judged, Played, Tally, Verdict

THE_LEAD = LeadId("l-1")
STAYS_CLAIMED = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Judges:
    """What reads the words, and the rules that everything is judged by."""

    detector: SignalDetector
    playbook: Playbook


@dataclass(frozen=True, slots=True)
class Scene:
    """Where a story stands after a step: what is known, said and handed off, and the verdict on that step."""

    history: History
    before: tuple[Message, ...] = ()
    latest: Handoff | None = None
    verdict: Verdict | None = None


def play(case: Case, judges: Judges) -> Played:
    """Play one story, each step judged by what is known at its instant."""
    scene, judged = Scene(History(_lead(case.lead))), []
    for number, step in enumerate(case.steps, 1):
        scene = _go_on(scene, number, step, judges)
        if scene.verdict and not isinstance(step, AgentStep):
            judged.append(Judged(number, step, scene.verdict))
    return Played(case, tuple(judged))


def play_all(cases: Iterable[Case], judges: Judges) -> Tally:
    """Play the stories and count."""
    return Tally(tuple(play(case, judges) for case in cases))


def load_judges() -> Judges:
    """Take the detector and the playbook that the demo is served with."""
    playbook = load_playbook(demo_playbook_path())
    return Judges(LearnedDetector(SignalModel.load(), playbook.competitors), playbook)


def _go_on(scene: Scene, number: int, step: Step, judges: Judges) -> Scene:
    now = MONDAY_TEN + step.at
    scene = replace(scene, latest=_at_its_end(scene.latest, now), verdict=None)
    match step:
        case AgentStep(agent=text):
            said = _message(text, number, now, Author.AGENT)
            return replace(scene, before=(*scene.before, said))
        case VisitorStep(visitor=text):
            return _answer(scene, _message(text, number, now, Author.VISITOR), judges)
        case EventStep():
            return _look(_acted(scene, step, number, now), now, judges.playbook)
        case LookStep():
            return _look(scene, now, judges.playbook)
        case _:
            assert_never(step)


def _answer(scene: Scene, message: Message, judges: Judges) -> Scene:
    """Do what a turn does: read, score, decide, remember."""
    now, playbook, history = message.created_at, judges.playbook, scene.history
    read = judges.detector.read((message,), scene.before)
    open_matters = since_handled(history, scene.latest.ended_at if scene.latest else None)
    reading = in_context(read, (message,), open_matters, playbook, now)
    score = score_lead(history, reading, playbook, now)
    decision = decide_handoff(reading, score, scene.latest, playbook, now)
    kind = HeardKind(reading.kind, now, (message.id,), reading.readiness)
    return Scene(
        history=replace(
            history,
            signals=(*reversed(reading.signals), *history.signals),
            heard=(kind, *history.heard),
        ),
        before=(*scene.before, message),
        latest=_claimed_at(now) if decision.calls_rep else scene.latest,
        verdict=Verdict(score, decision.calls_rep, reading),
    )


def _look(scene: Scene, now: datetime, playbook: Playbook) -> Scene:
    """Do what the watch over leads does: score, and call a rep for behaviour without words."""
    history = scene.history
    score = score_lead(history, None, playbook, now)
    patterns = find_patterns(history, playbook, now)
    decision = decide_proactive(history, score, patterns, scene.latest, playbook, now)
    latest = _claimed_at(now) if decision.calls_rep else scene.latest
    return replace(scene, latest=latest, verdict=Verdict(score, decision.calls_rep))


def _acted(scene: Scene, step: EventStep, number: int, now: datetime) -> Scene:
    history, who = scene.history, _colleague(step.by, scene.history.lead) if step.by else None
    lead_id = who.id if who else THE_LEAD
    event = EngagementEvent(EngagementEventId(f"e-{number}"), lead_id, step.act, now, step.about)
    if who is None:
        return replace(scene, history=replace(history, events=(event, *history.events)))
    known = replace(
        history,
        company_events=(event, *history.company_events),
        colleagues={**history.colleagues, who.id: who},
    )
    return replace(scene, history=known)


def _lead(person: Person) -> Lead:
    firm = person.company
    company = Company(firm.name, firm.domain, firm.industry, firm.employees or None, firm.country)
    return Lead(THE_LEAD, name=person.name, email=person.email, title=person.title, company=company)


def _colleague(person: Person, lead: Lead) -> Lead:
    return replace(_lead(person), id=LeadId(f"l-{person.name}"), company=lead.company)


def _message(text: str, number: int, now: datetime, author: Author) -> Message:
    message_id = MessageId(f"m-{number}")
    return a_message(text, id=message_id, seq=number, author=author, created_at=now)


def _claimed_at(now: datetime) -> Handoff:
    """A rep takes every handoff at once, and the conversation stays with them for a few days."""
    return claim(a_handoff(lead_id=THE_LEAD, opened_at=now), RepId("mia"), now)


def _at_its_end(latest: Handoff | None, now: datetime) -> Handoff | None:
    if latest is None or not latest.state.is_active or now - latest.opened_at <= STAYS_CLAIMED:
        return latest
    return close(latest, None, "", latest.opened_at + STAYS_CLAIMED)


def main(files: Annotated[list[Path], typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Play files of cases; print what went otherwise than expected, and the two shares."""
    try:
        cases = read_all(files)
    except CaseError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    tally = play_all(cases, load_judges())
    for line in tally.lines():
        typer.echo(line)
    typer.echo(tally.summary())


if __name__ == "__main__":
    typer.run(main)

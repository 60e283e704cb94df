"""What of a turn the checks look at: read off the plan, the recorded turn, and the playbook."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from agent.engagement import Discretion
from agent.facts import Fact, Findings
from agent.playbook import Playbook
from agent.reply import Plan
from agent.turn import Turn
from integrations.evaluation.replies.played import Looked, PlayedTurn
from integrations.evaluation.replies.scenarios import AskedTurn, Scenario
from prompts.render import prompt

Files = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Known:
    """What a reply may rest on beside its facts, and what must not come out."""

    playbook: tuple[str, ...]
    visitor: tuple[str, ...]
    facts: tuple[str, ...]
    unsayable: tuple[str, ...]
    inner: tuple[str, ...]
    language: str


def said_before(scenario: Scenario, playbook: Playbook, before: Sequence[PlayedTurn]) -> Known:
    """Gather what was known before a turn."""
    words = (*(past.visitor for past in scenario.history), *(turn.asked.visitor for turn in before))
    company = playbook.company
    return Known(
        playbook=(
            playbook.company.model_dump_json(),
            playbook.hours.model_dump_json(),
            f"{playbook.sla.claim_minutes:g}",
            company.name,
        ),
        visitor=words,
        facts=tuple(fact for turn in before for fact in turn.facts),
        unsayable=_unsayable(scenario, playbook),
        inner=(
            playbook.voice,
            *(competitor.battlecard for competitor in playbook.competitors),
            prompt("first_response").system,
        ),
        language=scenario.language,
    )


def as_played(  # a value of parts that only this module joins
    asked: AskedTurn, shown: str, turn: Turn, plan: Plan | None, known: Known, files: Files
) -> PlayedTurn:
    """Give a turn as the checks need it."""
    facts = _facts(plan, turn)
    return PlayedTurn(
        asked=asked,
        shown=shown,
        language=asked.expect.language or known.language,
        writer=turn.reply.writer if turn.reply else "",
        looked=_looked(plan, files),
        facts=(*known.facts, *(f"{fact.title}\n{fact.text}\n{fact.url}" for fact in facts)),
        known=(*known.playbook, *_times(plan)),
        visitor=(*known.visitor, asked.visitor),
        quoted=_quoted(turn, facts),
        unsayable=known.unsayable,
        inner=known.inner,
        held_back=tuple(each.because for each in turn.reply.refused) if turn.reply else (),
        milliseconds=turn.milliseconds.get("first_sentence"),
    )


def _unsayable(scenario: Scenario, playbook: Playbook) -> tuple[str, ...]:
    """Give the titles of acts that steer or brief only, and of all while nobody has proven who they are."""
    rules = playbook.personalisation
    is_own = scenario.proven or not scenario.lead.email
    return tuple(
        past.about
        for past in scenario.history
        if past.about and not (is_own and rules.discretion(past.event) is Discretion.SAY)
    )


def _facts(plan: Plan | None, turn: Turn) -> tuple[Fact, ...]:
    found = [each.fact for findings in _findings(plan) for each in findings.facts]
    return tuple({fact.id: fact for fact in (*found, *turn.facts)}.values())


def _findings(plan: Plan | None) -> tuple[Findings, ...]:
    return (plan.findings, *(asked.findings for asked in plan.questions)) if plan else ()


def _looked(plan: Plan | None, files: Files) -> tuple[Looked, ...]:
    return tuple(
        Looked(
            asked.text,
            tuple(files.get(each.fact.text, frozenset()) for each in asked.findings.facts),
        )
        for asked in (plan.questions if plan else ())
    )


def _quoted(turn: Turn, facts: Sequence[Fact]) -> tuple[str, ...]:
    sentences = (sentence.text.strip() for sentence in (turn.reply.sentences if turn.reply else ()))
    return tuple(each for each in sentences if any(each in fact.text for fact in facts))


def _times(plan: Plan | None) -> tuple[str, ...]:
    """Give the hour it is, and when the promised rep is there, on the desk's own clock."""
    if plan is None:
        return ()
    promise = plan.promise
    zone = promise.zone if promise else plan.playbook.hours.hours().zone
    moments = (plan.now, *((promise.opens_at, promise.closes_at) if promise else ()))
    return tuple(f"{at.astimezone(zone):%H:%M %d}" for at in moments if at)

"""Which rep, and why not the others.

The owner of the account comes first. Else the rules that fit are asked in order: one whose people are all off duty
gives way to the next when somebody is on duty there, and when nobody is anywhere, the first says who is expected
at opening. What each way of choosing regards (+) and ignores (-):

| way of choosing         | own hours, days away | pause | presence in Slack | load and capacity | languages |
|-------------------------|----------------------|-------|-------------------|-------------------|-----------|
| owner of the account    | -                    | -     | -                 | -                 | -         |
| in_order, `reps`        | +                    | +     | +                 | full ones last    | -         |
| in_order, `team`        | +                    | +     | +                 | full ones last    | +         |
| round_robin             | +                    | +     | +                 | +                 | of `team` |
| nobody is on duty       | who is back first    | +     | -                 | -                 | of `team` |

Presence, languages and room are wishes: where they leave nobody, whoever is on duty is called all the same.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from agent.conversation import Author, Held, RepId
from agent.duty import Roster
from agent.history import History
from agent.lead import Lead
from agent.playbook import Playbook
from agent.route_log import Choice, explain
from agent.route_log import RouteStep as RouteStep
from agent.team_rules import NO_TEAM, RepRules, RoutingRule, TeamId

LONG_AGO: Final = datetime.min.replace(tzinfo=UTC)
NEVER: Final = datetime.max.replace(tzinfo=UTC)
IsFree = Callable[[RoutingRule, RepRules], bool]


@dataclass(frozen=True, slots=True)
class Case:
    """What rules look at: who asks, in which language, and the words written and pages read."""

    lead: Lead
    language: str
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """Who is called, in order, the team whose channel it goes to, and the log of how that came about."""

    reps: tuple[RepId, ...]
    log: tuple[RouteStep, ...]
    team: TeamId = NO_TEAM


def case_of(held: Held, language: str, history: History) -> Case:
    """Give what rules look at in a conversation."""
    page, ours = held.conversation.page, (*held.before, *held.unanswered)
    written = (message.text for message in ours if message.author is Author.VISITOR)
    read = (text for event in history.events for text in (event.title, event.url))
    earlier = (said.text for said in history.said)
    about = (page.title, page.url, *written, *earlier, *read)
    return Case(history.lead, language, tuple(filter(None, about)))


def route(case: Case, roster: Roster, now: datetime) -> Route:
    """Choose reps, and say for each rep of the playbook why or why not."""
    choice = _choose(case, roster, now)
    team = choice.rule.team if choice.rule else NO_TEAM
    own = roster.playbook.team_of(choice.reps[0].id)
    return Route(
        reps=tuple(rep.id for rep in choice.reps),
        log=tuple(explain(choice, case.language, roster, now)),
        team=team or (own.id if own else NO_TEAM),
    )


def opens_at(case: Case, playbook: Playbook, now: datetime) -> datetime | None:
    """Give now when anybody who may be called is within their hours, else the next such time, if there is one."""
    rules = _fitting(case, playbook)
    people = [rep for rule in rules for rep in _people(rule, playbook)]
    owner = playbook.rep(RepId(case.lead.owner))
    called = [owner] if owner else dict.fromkeys(people)
    openings = (playbook.hours_of(rep).next_open_at(now) for rep in called)
    return min(filter(None, openings), default=None)


def _choose(case: Case, roster: Roster, now: datetime) -> Choice:
    if owner := roster.playbook.rep(RepId(case.lead.owner)):
        return Choice((owner,))
    rules = _fitting(case, roster.playbook)
    nobody_listed = (_managers_rule(roster.playbook),)
    return (
        _first_free(case, roster, now, rules)
        or _first_free(case, roster, now, nobody_listed)
        or Choice(_managers(roster.playbook), *nobody_listed)
    )


def _first_free(
    case: Case, roster: Roster, now: datetime, rules: tuple[RoutingRule, ...]
) -> Choice | None:
    """Choose among the people of the rules, who is there before who is only on duty; None when they list nobody."""
    frees: tuple[IsFree, ...] = (
        lambda rule, rep: roster.is_there(rep, now) and not (rule.is_rota and roster.is_full(rep)),
        lambda _, rep: roster.is_on_duty(rep, now),
        lambda _, rep: roster.back_at(rep, now) is not None,
        lambda _rule, _rep: True,
    )  # fmt: skip
    for is_free in frees:
        for number, rule in enumerate(rules):
            free = [rep for rep in _people(rule, roster.playbook) if is_free(rule, rep)]
            if free:
                picked = _pick(rule, _speaking(rule, free, case), roster, now)
                return Choice(picked, rule, rules[:number])
    return None


def _fitting(case: Case, playbook: Playbook) -> tuple[RoutingRule, ...]:
    """Give the rules whose conditions all hold; where none does, the managers are called, or the first rep."""
    if rules := tuple(rule for rule in playbook.routing if _fits(rule, case)):
        return rules
    return (_managers_rule(playbook),)


def _managers_rule(playbook: Playbook) -> RoutingRule:
    return RoutingRule(name="", reps=tuple(rep.id for rep in _managers(playbook)))


def _managers(playbook: Playbook) -> tuple[RepRules, ...]:
    return tuple(rep for rep in playbook.reps if rep.is_manager) or playbook.reps[:1]


def _fits(rule: RoutingRule, case: Case) -> bool:
    company = case.lead.company
    size = company.employees
    return (
        (not rule.languages or case.language in rule.languages)
        and (not rule.countries or _is_among(company.country, rule.countries))
        and (not rule.industries or _is_among(company.industry, rule.industries))
        and (rule.from_employees is None or (size is not None and size >= rule.from_employees))
        and (rule.to_employees is None or (size is not None and size <= rule.to_employees))
        and (not rule.products or _is_about(rule.products, case.about))
    )


def _is_among(value: str, listed: Iterable[str]) -> bool:
    return bool(value) and value.strip().casefold() in {each.casefold() for each in listed}


def _is_about(products: Iterable[str], texts: Iterable[str]) -> bool:
    """Tell whether a product's name stands in one of the texts, as whole words."""
    names = [_as_words(product) for product in products]
    return any(name in words for words in map(_as_words, texts) for name in names)


def _as_words(text: str) -> str:
    return " ".join(["", *re.findall(r"[^\W_]+", text.casefold()), ""])


def _people(rule: RoutingRule, playbook: Playbook) -> tuple[RepRules, ...]:
    """Give whom a rule may call: those it names, then its team; without capacity only who is named, and no rota."""
    team = playbook.team(rule.team)
    ids = dict.fromkeys((*rule.reps, *(team.reps if team else ())))
    people = [rep for rep in map(playbook.rep, ids) if rep]
    return tuple(rep for rep in people if rep.capacity or rule.names(rep.id))


def _speaking(rule: RoutingRule, free: list[RepRules], case: Case) -> list[RepRules]:
    """Leave out those of a team who do not speak the language, where somebody does."""
    speaking = [rep for rep in free if rep.id in rule.reps or case.language in rep.languages]
    return speaking or free


def _pick(
    rule: RoutingRule, free: list[RepRules], roster: Roster, now: datetime
) -> tuple[RepRules, ...]:
    """Take all in order, who is back first before the others; of a rota the one whose turn it is."""
    if rule.is_rota:
        return (min(free, key=lambda rep: (_back_at(rep, roster, now), *_turn(rep, roster))),)
    return tuple(
        sorted(free, key=lambda rep: (_back_at(rep, roster, now), _is_busy(rep, roster, now)))
    )


def _back_at(rep: RepRules, roster: Roster, now: datetime) -> datetime:
    return roster.back_at(rep, now) or NEVER


def _is_busy(rep: RepRules, roster: Roster, now: datetime) -> bool:
    return roster.is_full(rep) and roster.is_on_duty(rep, now)


def _turn(rep: RepRules, roster: Roster) -> tuple[float, datetime]:
    """Give what decides whose turn it is: the load by capacity, then who has waited longest."""
    load = roster.load(rep)
    return load.on_hand / max(rep.capacity, 1), load.last_called_at or LONG_AGO

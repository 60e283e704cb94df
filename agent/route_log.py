"""The routing audit log: for each rep of the playbook one line why they are called, or why not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from agent.conversation import RepId
from agent.duty import Roster
from agent.playbook import Playbook
from agent.team_rules import RepRules, RoutingRule
from prompts.phrases import reasons

DAYS_BY_NAME: Final = 6


@dataclass(frozen=True, slots=True)
class RouteStep:
    """One line of the routing audit log: who was considered, and why or why not."""

    rep_id: RepId
    is_chosen: bool
    because: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Who was chosen by which rule, after those that gave way; the account's owner by none."""

    reps: tuple[RepRules, ...]
    rule: RoutingRule | None = None
    passed_over: tuple[RoutingRule, ...] = ()


def explain(choice: Choice, language: str, roster: Roster, now: datetime) -> Iterator[RouteStep]:
    """Say for each rep of the playbook why they are called or why not."""
    for rep in roster.playbook.reps:
        if rep in choice.reps:
            yield RouteStep(rep.id, is_chosen=True, because=_why(rep, choice, roster, now))
        else:
            yield RouteStep(rep.id, is_chosen=False, because=_why_not(rep, choice, language, roster, now))  # fmt: skip


def _why(rep: RepRules, choice: Choice, roster: Roster, now: datetime) -> str:
    words, rule = reasons(), choice.rule
    if rule is None:
        return words.fill("route_owner")
    parts = [_rule(rule)]
    if choice.passed_over:
        parts.append(words.fill("route_gave_way", rule=choice.passed_over[0].name))
    if not roster.is_on_duty(rep, now):
        parts.append(words.fill("route_expected", why=_off_duty(rep, roster, now)))
    elif rule.is_rota:
        parts.append(words.fill("route_turn", **_load(rep, roster)))
    elif roster.is_full(rep):
        parts.append(words.fill("route_after_others", **_load(rep, roster)))
    return "; ".join(parts)


def _why_not(rep: RepRules, choice: Choice, language: str, roster: Roster, now: datetime) -> str:
    if choice.rule is None:
        return reasons().fill("route_other_owner")
    considered = (choice.rule, *choice.passed_over)
    rule = next((each for each in considered if _concerns(each, rep, roster.playbook)), None)
    if rule is None:
        return _not_named(choice.rule, roster.playbook)
    if rep.capacity and not roster.is_on_duty(rep, now):
        return _off_duty(rep, roster, now)
    return _passed_over(rep, rule, language, roster)


def _passed_over(rep: RepRules, rule: RoutingRule, language: str, roster: Roster) -> str:
    """Say why somebody was not taken who could have been."""
    load = _load(rep, roster)
    is_foreign = rep.id not in rule.reps and language not in rep.languages
    grounds: tuple[tuple[bool, str, dict[str, str]], ...] = (
        (not rep.capacity, "route_no_part", {}),
        (rep.id in roster.away, "route_away", {}),
        (rule.is_rota and roster.is_full(rep), "route_full", load),
        (is_foreign, "route_language", {"language": language}),
        (True, "route_not_their_turn", load),
    )
    return next(reasons().fill(key, **values) for holds, key, values in grounds if holds)


def _concerns(rule: RoutingRule, rep: RepRules, playbook: Playbook) -> bool:
    team = playbook.team(rule.team)
    return rep.id in rule.reps or (team is not None and rep.id in team.reps)


def _rule(rule: RoutingRule) -> str:
    words = reasons()
    return words.fill("route_rule", rule=rule.name) if rule.name else words.fill("route_no_rule")


def _not_named(rule: RoutingRule, playbook: Playbook) -> str:
    words, team = reasons(), playbook.team(rule.team)
    if team and not rule.reps:
        return words.fill("route_not_in_team", team=team.name)
    return words.fill("route_not_named", why=_rule(rule))


def _off_duty(rep: RepRules, roster: Roster, now: datetime) -> str:
    """Say until when somebody takes nothing: `off duty until Mon 09:00`, `paused until 15:30`."""
    words, back_at = reasons(), roster.back_at(rep, now)
    if back_at is None:
        return words.fill("route_never_on_duty")
    is_paused = roster.playbook.hours_of(rep).is_open(now)
    key = "route_paused" if is_paused else "route_off_duty"
    return words.fill(key, when=_when(back_at, rep, roster.playbook, now))


def _when(at: datetime, rep: RepRules, playbook: Playbook, now: datetime) -> str:
    """Write a time as short as is clear: the day unless it is today, the date if it is far, the place if elsewhere."""
    zone = playbook.hours_of(rep).zone
    local, today = at.astimezone(zone), now.astimezone(zone).date()
    days = (local.date() - today).days
    day = "" if days == 0 else f"{local:%a} " if days <= DAYS_BY_NAME else f"{local:%a %d %b} "
    is_elsewhere = zone.key != playbook.hours.time_zone
    place = f" ({zone.key.rpartition('/')[2].replace('_', ' ')})" if is_elsewhere else ""
    return f"{day}{local:%H:%M}{place}"


def _load(rep: RepRules, roster: Roster) -> dict[str, str]:
    return {"on_hand": str(roster.load(rep).on_hand), "capacity": str(rep.capacity)}

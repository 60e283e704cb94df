"""What a composed reply promises of people: only whom the desk calls, and when it is open."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_skeleton

from agent.call_back import zone_of
from agent.conversation import MessageSource
from agent.handoff import CallBack
from agent.playbook import Playbook
from agent.reply import NextStep, Plan, Promise
from prompts.phrases import Phrases

A_WEEK = timedelta(days=6)


def promised(promise: Promise, plan: Plan, words: Phrases) -> Iterator[str]:
    """Say who will answer and by when, as the desk keeps it; a slot to book while nobody is there."""
    rep = promise.rep.name.split()[0]
    by_mail = "" if plan.source is MessageSource.CHAT else "_by_mail"
    if promise.is_open and plan.is_new_promise:
        yield words.fill(f"promise_open{by_mail}", rep=rep, minutes=str(promise.within_minutes))
    elif promise.is_open:
        yield words.fill(f"promise_pending{by_mail}", rep=rep)
    elif promise.call_back is not None:
        yield called_back(_key(plan), promise.call_back, plan.playbook, plan.now, words)
        if plan.next_step is NextStep.CALL_BACK and not _is_phone(promise.call_back.contact):
            yield words.fill("call_wish", rep=rep)
    elif promise.opens_at is None:
        yield words.fill("promise_nobody")
    else:
        key = "call_back" if plan.next_step is NextStep.CALL_BACK else "promise_closed"
        yield words.fill(
            key, rep=rep, when=when(promise.opens_at, plan.playbook, words, promise.zone)
        )
    offers_slot = plan.next_step in (NextStep.BOOK, NextStep.CALL_BACK) and not plan.is_amended
    if not promise.is_open and offers_slot and plan.playbook.company.booking_url:
        yield words.fill("booking", url=plan.playbook.company.booking_url)


def called_back(
    key: str, call_back: CallBack, playbook: Playbook, now: datetime, words: Phrases
) -> str:
    """Tell the visitor of a call-back: who, when, and how; `call_back` and `now` are as the conversation plays."""
    rep = playbook.rep(call_back.rep_id)
    zone = zone_of(rep, playbook) if rep else playbook.hours.hours().zone
    return words.fill(
        key,
        rep=rep.name.split()[0] if rep else playbook.company.name,
        when=when_from(now, call_back.at, zone, words),
        how=how(call_back.contact, words),
    )


def how(contact: str, words: Phrases) -> str:
    """Say by which way somebody is reached."""
    if not contact:
        return words.fill("in_chat")
    return words.fill("by_phone" if _is_phone(contact) else "by_mail", contact=contact)


def when(at: datetime, playbook: Playbook, words: Phrases, zone: ZoneInfo | None = None) -> str:
    """Write an opening time as weekday, wall time and place: that of the company, unless told otherwise."""
    return when_from(at, at, zone or playbook.hours.hours().zone, words)


def when_from(now: datetime, at: datetime, zone: ZoneInfo, words: Phrases) -> str:
    """Write an instant as weekday, wall time and place; with its date when the weekday alone would mislead."""
    local = at.astimezone(zone)
    weekday = words.fill("weekdays").split(", ")[local.weekday()]
    place = zone.key.rpartition("/")[2].replace("_", " ")
    values = {"weekday": weekday, "time": f"{local:%H:%M}", "zone": place}
    if local.date() - now.astimezone(zone).date() <= A_WEEK:
        return words.fill("when", **values)
    return words.fill("when_date", date=format_skeleton("MMMMd", local, locale=words.language), **values)  # fmt: skip


def _is_phone(contact: str) -> bool:
    return bool(contact) and "@" not in contact


def _key(plan: Plan) -> str:
    """Say that the desk is closed with the first promise only, and only where it is."""
    is_at_work = plan.promise is not None and plan.promise.closes_at is not None
    return "call_back_changed" if plan.is_amended or is_at_work else "promise_call_back"

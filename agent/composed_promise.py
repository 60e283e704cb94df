"""What a composed reply promises of people: only whom the desk calls, and when it is open."""

from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from agent.playbook import Playbook
from agent.reply import NextStep, Plan, Promise
from prompts.phrases import Phrases


def promised(promise: Promise, plan: Plan, words: Phrases) -> Iterator[str]:
    """Say who will answer and by when, as the desk keeps it; a slot to book while nobody is there."""
    rep = promise.rep.name.split()[0]
    if promise.is_open and plan.is_new_promise:
        yield words.fill("promise_open", rep=rep, minutes=str(promise.within_minutes))
    elif promise.is_open:
        yield words.fill("promise_pending", rep=rep)
    elif promise.opens_at is None:
        yield words.fill("promise_nobody")
    else:
        key = "call_back" if plan.next_step is NextStep.CALL_BACK else "promise_closed"
        yield words.fill(
            key, rep=rep, when=when(promise.opens_at, plan.playbook, words, promise.zone)
        )
    if not promise.is_open and plan.next_step in (NextStep.BOOK, NextStep.CALL_BACK) and plan.playbook.company.booking_url:  # fmt: skip
        yield words.fill("booking", url=plan.playbook.company.booking_url)


def when(at: datetime, playbook: Playbook, words: Phrases, zone: ZoneInfo | None = None) -> str:
    """Write an opening time as weekday, wall time and place: that of the company, unless told otherwise."""
    zone = zone or playbook.hours.hours().zone
    local = at.astimezone(zone)
    weekday = words.fill("weekdays").split(", ")[local.weekday()]
    place = zone.key.rpartition("/")[2].replace("_", " ")
    return words.fill("when", weekday=weekday, time=f"{local:%H:%M}", zone=place)

"""Gathers the evidence from the API and from Slack, and waits for the last server to finish."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from time import monotonic

from tests.faults.audit import Break, Fault, audit, audit_talk
from tests.faults.company import TIMERS
from tests.faults.doctor import complaints
from tests.faults.evidence import Case, Evidence, Step, Talk
from tests.faults.visitor import Guest
from tests.faults.workplace import Workplace

AT_ONCE = 8
LOOK_AGAIN = 1.0
PENDING = frozenset(
    {Fault.UNANSWERED, Fault.CARD, Fault.RELAY_LOST, Fault.REP_LOST, Fault.TIMER, Fault.STREAM}
    | {Fault.INVARIANT}
)


async def settled(place: Workplace, within: float) -> tuple[Evidence, list[Break]]:
    """Audit again and again until nothing is open, or until the time is over; then everything once more."""
    ends, waiting = monotonic() + within, list(place.guests)
    while waiting and monotonic() < ends:
        talks = await _each(waiting, place)
        open_ones = {
            talk.conversation_id
            for talk in talks
            if any(each.fault in PENDING for each in audit_talk(talk))
        }
        waiting = [guest for guest in waiting if guest.conversation_id in open_ones]
        if waiting:
            await asyncio.sleep(LOOK_AGAIN)
    while True:
        evidence = await collect(place)
        breaks = audit(evidence)
        if not _is_pending(breaks):
            evidence = replace(evidence, doctor=await complaints(place))
            breaks = audit(evidence)
        if not _is_pending(breaks) or monotonic() > ends:
            return evidence, breaks
        await asyncio.sleep(LOOK_AGAIN)


async def collect(place: Workplace) -> Evidence:
    """Gather what the API and Slack say."""
    talks, cases = await _each(place.guests, place), await _cases(place)
    return Evidence(tuple(talks), tuple(cases), place.desk.posts(), TIMERS)


def _is_pending(breaks: Sequence[Break]) -> bool:
    return any(each.fault in PENDING for each in breaks)


async def _each(guests: Sequence[Guest], place: Workplace) -> list[Talk]:
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(guest: Guest) -> Talk:
        async with gate:
            return await _talk(guest, place)

    return list(await asyncio.gather(*map(one, guests)))


async def _talk(guest: Guest, place: Workplace) -> Talk:
    return Talk(
        conversation_id=guest.conversation_id,
        said=tuple(guest.said),
        log=await guest.log(),
        held_by=await guest.held_by(),
        spoken=tuple(place.desk.spoken.get(guest.conversation_id, ())),
        watched=tuple(guest.watched),
    )


async def _cases(place: Workplace) -> list[Case]:
    ids, cursor = list[str](), ""
    while True:
        asked = {"limit": "200"} | ({"cursor": cursor} if cursor else {})
        page = await place.front.call("GET", "/v1/handoffs", params=asked)
        ids += [each["handoff_id"] for each in page["handoffs"]]
        if not (cursor := page["cursor"] or ""):
            break
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(handoff_id: str) -> Case:
        async with gate:
            return await _case(handoff_id, place)

    return list(await asyncio.gather(*map(one, ids)))


async def _case(handoff_id: str, place: Workplace) -> Case:
    told = await place.front.call("GET", f"/v1/handoffs/{handoff_id}")
    log = tuple(Step(line["because"], _instant(line["at"])) for line in told["log"])
    return Case(
        handoff_id=handoff_id,
        conversation_id=told["conversation_id"],
        opened_at=_instant(told["opened_at"]),
        log=log,
        is_left_alone=told["conversation_id"] in place.left_alone,
    )


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text)

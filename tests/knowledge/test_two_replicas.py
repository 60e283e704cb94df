"""Two processes' worth of stores on one server: whatever they do at once, nothing is lost, doubled or stuck."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.conversation import Author, Conversation, HandoffId, RepId
from agent.errors import AlreadyClaimedError, HandoffEndedError, StaleEpochError
from agent.handoff import Change, claim
from agent.tracking import CallKind
from knowledge.database import Database
from knowledge.leads import SqlLeads
from tests.builders import a_call, a_handoff, a_reply, a_visitor, an_opening
from tests.contracts.stores import Stores, in_sql, turn_of
from tests.fakes.clock import MONDAY_TEN, FixedClock
from tests.postgres import Postgres

TALKS = range(3)
steps = st.lists(
    st.tuples(
        st.sampled_from(["say", "answer", "merge", "hand_off", "claim", "track"]),
        st.sampled_from(TALKS),
        st.sampled_from([0, 1]),
    ),
    min_size=10,
    max_size=40,
)
BEATEN = (StaleEpochError, AlreadyClaimedError, HandoffEndedError)


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps)
def test_whatever_two_replicas_do_at_once_nothing_is_lost(
    postgres: Postgres, todo: list[tuple[str, int, int]]
) -> None:
    address = postgres.make()
    try:
        asyncio.run(_live(address, todo))
    finally:
        postgres.drop(address)


async def _live(address: str, todo: list[tuple[str, int, int]]) -> None:
    replicas = [await Database.open(address) for _ in range(2)]
    try:
        both = [in_sql(replica, FixedClock()) for replica in replicas]
        visitors = [a_visitor(anonymous_id=f"a-{n}", user_id=None) for n in TALKS]
        talks = [await both[0].conversations.start(an_opening(visitor=each)) for each in visitors]
        work = [_STEPS[kind](both[at], talks[talk], n) for n, (kind, talk, at) in enumerate(todo)]
        async with asyncio.timeout(60):
            await asyncio.gather(*work)
        await _must_be_whole(both[1], talks, todo)
        await _must_be_one(both[1], SqlLeads(replicas[1], FixedClock()), todo)
    finally:
        for replica in replicas:
            await replica.close()


async def _say(stores: Stores, talk: Conversation, number: int) -> None:
    sent = [
        stores.conversations.append(talk.id, f"k-{number}", f"words {number}") for _ in range(2)
    ]
    first, again = await asyncio.gather(*sent)
    assert first[0] == again[0]
    assert sorted((first[1], again[1])) == [False, True]


async def _answer(stores: Stores, talk: Conversation, number: int) -> None:
    async with stores.conversations.hold(talk.id) as held:
        if held is None or not held.unanswered:
            return
        reply = a_reply(message_id=f"m-{number}")
        try:
            await stores.conversations.record_turn(
                held, turn_of(held, id=f"t-{number}", reply=reply)
            )
        except BEATEN:
            return


async def _merge(stores: Stores, talk: Conversation, number: int) -> None:
    user = a_call(
        CallKind.IDENTIFY, id=f"r-{number}", user_id="u-1", anonymous_id=talk.visitor.anonymous_id
    )
    await stores.tracking.take_in([user])


async def _track(stores: Stores, talk: Conversation, number: int) -> None:
    act = a_call(id=f"e-{number}", anonymous_id=talk.visitor.anonymous_id)
    await stores.tracking.take_in([act, act])


async def _hand_off(stores: Stores, talk: Conversation, number: int) -> None:
    async with stores.conversations.hold(talk.id) as held:
        if held is None:
            return
        handoff = a_handoff(
            id=HandoffId(f"h-{number}"), conversation_id=talk.id, lead_id=held.conversation.lead_id
        )
        try:
            await stores.handoffs.open(held, handoff)
        except BEATEN:
            return


async def _claim(stores: Stores, talk: Conversation, number: int) -> None:
    active = await stores.handoffs.active(talk.id)
    if active is None:
        return
    rep = RepId(f"rep-{number}")
    change = Change(because="claimed", rep_id=rep, rep_name="Mia")
    try:
        claimed = await stores.handoffs.change(
            active.id, lambda h: claim(h, rep, MONDAY_TEN), change
        )
    except BEATEN:
        return
    assert claimed.claimed_by == rep


_STEPS: Mapping[str, Callable[[Stores, Conversation, int], Awaitable[None]]] = {
    "say": _say,
    "answer": _answer,
    "merge": _merge,
    "track": _track,
    "hand_off": _hand_off,
    "claim": _claim,
}


async def _must_be_whole(
    stores: Stores, talks: list[Conversation], todo: list[tuple[str, int, int]]
) -> None:
    for number, talk in enumerate(talks):
        said = await stores.conversations.messages(talk.id, after=0)
        assert [each.seq for each in said] == list(range(1, len(said) + 1))
        words = [each.text for each in said if each.author is Author.VISITOR]
        told = [
            f"words {n}" for n, (kind, at, _) in enumerate(todo) if kind == "say" and at == number
        ]
        assert sorted(words) == sorted(told)
        answered = [each for reply in said for each in reply.in_reply_to]
        assert len(answered) == len(set(answered))


async def _must_be_one(stores: Stores, leads: SqlLeads, todo: list[tuple[str, int, int]]) -> None:
    """All who were told to be one user are one lead, each act is kept once, and a handoff has one rep."""
    merged = {talk for kind, talk, _ in todo if kind == "merge"}
    assert len({(await leads.find(f"anonymous_id:a-{talk}")).id for talk in merged}) <= 1
    owners = {(await leads.find(f"anonymous_id:a-{talk}")).id for talk in TALKS}
    acts = [act.id for owner in owners for act in await stores.events_of(owner)]
    assert sorted(acts) == sorted(
        f"e-{n}" for n, (kind, _, _) in enumerate(todo) if kind == "track"
    )
    for handoff in await stores.handoffs.find(None, 100, None):
        log = await stores.handoffs.log(handoff.id)
        assert len([entry for entry in log if entry.because == "claimed"]) <= 1

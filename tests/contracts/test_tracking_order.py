"""Merging two leads equals having known it from the start: neither order, nor repetition, nor batching matters."""

import asyncio
import shutil
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agent.errors import UnknownLeadError
from agent.lead import ANONYMOUS_ID, EMAIL, USER_ID, Company
from agent.tracking import CallKind, TrackingCall
from knowledge.database import Database
from knowledge.sqlite_file import SqliteFile
from tests.builders import a_call
from tests.contracts.stores import Stores, in_memory, in_sql
from tests.fakes.clock import MONDAY_TEN, FixedClock

BROWSERS = ("a-1", "a-2", "a-3")
USERS = ("u-1", "u-2", "u-3", "u-4")
EMAILS = ("ada@nordwind.example", "bob@nordwind.example", "cyd@gmail.com", "info@hafen.example")
GROUPS = ("g-1", "g-2")
NAMES = (
    *((ANONYMOUS_ID, value) for value in (*BROWSERS, *USERS)),
    *((USER_ID, value) for value in (*USERS, *BROWSERS)),
    *((EMAIL, value) for value in EMAILS),
)
Seen = tuple[frozenset[str], frozenset[tuple[str, str]], str, str, str, Company, frozenset[str]]


def people() -> st.SearchStrategy[dict[str, str]]:
    either = st.fixed_dictionaries(
        {}, optional={"user_id": st.sampled_from(USERS), "anonymous_id": st.sampled_from(BROWSERS)}
    )
    return either.filter(bool)


TRAITS = st.fixed_dictionaries(
    {},
    optional={
        "email": st.sampled_from(EMAILS),
        "name": st.sampled_from(("Ada", "Bob", "")),
        "title": st.sampled_from(("CTO", "COO")),
        "company": st.sampled_from(("Nordwind", "Hafen")),
        "company.employees": st.sampled_from(("20", "420")),
    },
)
COMPANY = st.fixed_dictionaries(
    {},
    optional={
        "name": st.sampled_from(("Acme", "Zeta")),
        "domain": st.sampled_from(("acme.example",)),
    },
)


@st.composite
def calls(draw: st.DrawFn) -> list[TrackingCall]:
    """A handful of reports about few people, of different minutes."""
    found = []
    for number in range(draw(st.integers(1, 14))):
        kind = draw(st.sampled_from(CallKind))
        told: dict[str, Any] = draw(people())
        if kind is CallKind.IDENTIFY:
            told["traits"] = draw(TRAITS)
        if kind is CallKind.GROUP:
            told |= {"group_id": draw(st.sampled_from(GROUPS)), "traits": draw(COMPANY)}
        if kind is CallKind.ALIAS:
            previous = draw(st.sampled_from((*USERS, *BROWSERS)))
            told = {"user_id": draw(st.sampled_from(USERS)), "previous_id": previous}
        at = MONDAY_TEN + timedelta(minutes=draw(st.integers(0, 30)))
        found.append(a_call(kind, id=f"r-{number}", at=at, received_at=at, **told))
    return found


@st.composite
def two_orders(draw: st.DrawFn) -> tuple[list[TrackingCall], list[list[TrackingCall]]]:
    """The same reports, once in their order, once shuffled, some twice, in batches."""
    once = draw(calls())
    repeated = draw(st.lists(st.sampled_from(once), max_size=3))
    shuffled = draw(st.permutations([*once, *repeated]))
    cuts = sorted(draw(st.sets(st.integers(1, max(1, len(shuffled) - 1)), max_size=4)))
    ends = [0, *cuts, len(shuffled)]
    return once, [shuffled[a:b] for a, b in pairwise(ends)]


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "hotline.db"
    SqliteFile(path).migrate_now()
    return path


@given(reports=two_orders())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_order_repetition_and_batches_do_not_matter(
    template: Path, reports: tuple[list[TrackingCall], list[list[TrackingCall]]]
) -> None:
    once, shuffled = reports

    async def both() -> None:
        in_order = await _seen_in_sql(template, [[call] for call in once])
        assert await _seen_in_sql(template, shuffled) == in_order
        assert await _seen_in_memory(shuffled) == in_order

    asyncio.run(both())


async def test_a_name_told_again_later_outranks_what_was_told_in_between(template: Path) -> None:
    def told(minute: int, **changes: Any) -> TrackingCall:
        at = MONDAY_TEN + timedelta(minutes=minute)
        return a_call(id=f"r-{minute}", at=at, received_at=at, **changes)

    zeta = {"kind": CallKind.GROUP, "group_id": "g-1", "traits": {"name": "Zeta"}}
    reports = [
        told(0, user_id="u-1", **zeta),
        told(16, kind=CallKind.IDENTIFY, user_id="u-1", traits={"company": "Nordwind"}),
        told(20, user_id="u-2", **zeta),
    ]
    one_by_one = await _seen_in_sql(template, [[report] for report in reports])
    assert one_by_one == await _seen_in_sql(template, [reports[::-1]])
    assert {company.name for *_, company, _ in one_by_one} == {"Zeta"}


async def _seen_in_sql(template: Path, batches: Sequence[Sequence[TrackingCall]]) -> set[Seen]:
    path = template.with_name("example.db")
    shutil.copyfile(template, path)
    database = await Database.open(path)
    try:
        return await _seen(in_sql(database, FixedClock()), batches)
    finally:
        await database.close()
        for left in path.parent.glob("example.db*"):
            left.unlink()


async def _seen_in_memory(batches: Sequence[Sequence[TrackingCall]]) -> set[Seen]:
    return await _seen(in_memory(FixedClock()), batches)


async def _seen(stores: Stores, batches: Sequence[Sequence[TrackingCall]]) -> set[Seen]:
    """All that is known after these reports, by who goes together and not by ids of leads."""
    for batch in batches:
        await stores.tracking.take_in(batch)
    found = set()
    for kind, value in NAMES:
        try:
            lead = await stores.find(f"{kind}:{value}")
        except (UnknownLeadError, KeyError):
            continue
        if not lead.identities:
            continue
        events = await stores.events_of(lead.id)
        mates = [await stores.events_of(mate.id) for mate in await stores.colleagues_of(lead.id)]
        found.add(
            (
                frozenset(
                    f"{k}:{value}" for k, values in lead.identities.items() for value in values
                ),
                frozenset((str(event.id), event.came_by) for event in events),
                lead.name,
                lead.email,
                lead.title,
                lead.company,
                frozenset(str(event.id) for theirs in mates for event in theirs),
            )
        )
    return found

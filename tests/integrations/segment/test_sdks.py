"""The official SDKs, unchanged, against a real server."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from agent.tracking import CallKind, TrackingCall
from tests.fakes.clock import MONDAY_TEN
from tests.integrations.segment.senders import Call, NodeSender, PythonSender, Sender, find_node
from tests.integrations.segment.site import TrackedSite, a_tracked_site
from tests.integrations.web.world import served

ADA = {"userId": "u-ada"}
SIX: list[Call] = [
    ("identify", {**ADA, "traits": {"email": "ada@nordwind.example", "company": {"size": 120}}}),
    ("track", {**ADA, "event": "Content Downloaded", "properties": {"title": "Buying guide"}}),
    (
        "page",
        {"anonymousId": "a-1", "name": "Pricing", "properties": {"url": "https://x.example/"}},
    ),
    ("screen", {**ADA, "name": "Billing"}),
    ("group", {**ADA, "groupId": "nordwind", "traits": {"industry": "logistics"}}),
    ("alias", {**ADA, "previousId": "a-1"}),
]
SLACK = timedelta(seconds=20)


@pytest.fixture(params=["python", "python gzip", "node"])
def sender(request: pytest.FixtureRequest) -> Sender:
    if request.param == "node":
        return NodeSender(find_node())
    return PythonSender({"gzip": "gzip" in request.param})


async def sent(
    site: TrackedSite, sender: Sender, calls: list[Call], **options: str
) -> list[TrackingCall]:
    """Send calls to a real server and give what was kept, in the order of happening."""
    async with served(site.world) as server:
        failures = await sender.send(str(server.base_url).rstrip("/"), calls, **options)
    assert failures == []
    return sorted(site.tracking.calls, key=lambda call: call.at)


async def test_every_kind_of_call_arrives(site: TrackedSite, sender: Sender) -> None:
    await sent(site, sender, SIX)
    calls = {call.kind: call for call in site.tracking.calls}
    assert list(calls) == list(
        map(CallKind, ["identify", "track", "page", "screen", "group", "alias"])
    )
    assert calls[CallKind.IDENTIFY].traits == {
        "email": "ada@nordwind.example",
        "company.size": "120",
    }
    tracked = calls[CallKind.TRACK]
    assert (tracked.user_id, tracked.name, tracked.title) == (
        "u-ada",
        "Content Downloaded",
        "Buying guide",
    )
    page = calls[CallKind.PAGE]
    assert (page.anonymous_id, page.name, page.url) == ("a-1", "Pricing", "https://x.example/")
    assert calls[CallKind.SCREEN].name == "Billing"
    group = calls[CallKind.GROUP]
    assert (group.group_id, group.traits) == ("nordwind", {"industry": "logistics"})
    alias = calls[CallKind.ALIAS]
    assert (alias.previous_id, alias.user_id) == ("a-1", "u-ada")
    assert site.counted["unusable"] == 0


async def test_a_thousand_events_arrive_once_and_in_order(
    site: TrackedSite, sender: Sender
) -> None:
    start = datetime.now(UTC) - timedelta(hours=20)  # noqa: TID251 - the SDK's own clock
    # A minute apart: how long a batch is under way shifts its times by as much.
    calls: list[Call] = [
        (
            "track",
            {**ADA, "event": f"Step {number}", "timestamp": start + timedelta(minutes=number)},
        )
        for number in range(1_000)
    ]
    kept = await sent(site, sender, calls)
    assert [call.name for call in kept] == [f"Step {number}" for number in range(1_000)]
    assert site.tracking.batches < 1_000


async def test_a_clock_years_off_is_corrected(site: TrackedSite, sender: Sender) -> None:
    """The server's clock stands at a Monday that is far from the SDK's own time."""
    happened = datetime.now(UTC) - timedelta(minutes=5)  # noqa: TID251 - the SDK's own clock
    calls: list[Call] = [
        ("track", {**ADA, "event": "Demo Requested", "timestamp": happened}),
        ("track", {**ADA, "event": "Trial Started"}),
    ]
    before, now = await sent(site, sender, calls)
    assert abs(before.at - (MONDAY_TEN - timedelta(minutes=5))) < SLACK
    assert MONDAY_TEN - SLACK < now.at <= MONDAY_TEN


async def test_trouble_of_ours_loses_nothing_and_doubles_nothing() -> None:
    """The first attempt is refused; the second is kept, and the answer to it lost."""
    senders: list[Sender] = [PythonSender(), PythonSender({"gzip": True}), NodeSender(find_node())]

    async def through_trouble(sender: Sender) -> None:
        async with a_tracked_site() as site:
            site.tracking.failures = site.tracking.lost_answers = 1
            await sent(site, sender, SIX)
            assert sorted(call.kind for call in site.tracking.calls) == sorted(CallKind)
            assert site.tracking.batches == 3
            assert site.counted["known"] == len(SIX)

    await asyncio.gather(*map(through_trouble, senders))


async def test_a_wrong_key_is_said_and_not_tried_again(site: TrackedSite, sender: Sender) -> None:
    async with served(site.world) as server:
        failures = await sender.send(str(server.base_url).rstrip("/"), SIX, key="wk_wrong")
    assert failures
    assert site.tracking.calls == []

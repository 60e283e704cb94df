"""Before the first word: how the widget presents itself, what it tells of a visit, and when it greets."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from agent.duty import Duty
from agent.greeting import KnownReader
from agent.playbook import Playbook
from agent.temperature import Temperature
from agent.tracking import CallKind
from integrations.web.limits import ALLOWED, Act, MemoryLimits
from integrations.web.widget_events import MOST_ITEMS
from tests.builders import an_opening
from tests.fakes.recorded_tracking import RecordedTracking
from tests.integrations.web.world import Strangers, World, a_world, demo_playbook, problem_of

SATURDAY = datetime(2026, 11, 21, 12, tzinfo=ZoneInfo("Europe/Berlin"))
PRICING = "https://tourvane.example/pricing"
CASES = "https://tourvane.example/customers/thornlea"
COMPARE = "https://tourvane.example/compare/crewpine"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with a_world() as world:
        yield world


async def config(world: World, **params: str) -> dict[str, Any]:
    response = await world.client.get("/v1/widget", params=params)
    assert response.status_code == 200, response.text
    shown: dict[str, Any] = response.json()
    return shown


def page_view(url: str = PRICING, **fields: Any) -> dict[str, Any]:
    context = {"page": {"url": url, "title": "A page"}, "locale": "en-GB"}
    return {"type": "page", "anonymousId": "a-1", "messageId": "m-1", "context": context, **fields}


async def tell(world: World, *items: Any, **fields: Any) -> httpx.Response:
    body = json.dumps({"batch": items, **fields})
    headers = {"Content-Type": "text/plain;charset=UTF-8"}
    return await world.client.post("/v1/widget/events", content=body, headers=headers)


async def greeted(world: World, url: str, **fields: Any) -> str | None:
    response = await tell(world, page_view(url), **fields)
    assert response.status_code == 200, response.text
    greeting = response.json()["greeting"]
    return greeting["id"] if greeting else None


def known(world: World, **what: Any) -> None:
    passers_by = world.services.widget.passers_by
    assert isinstance(passers_by, Strangers)
    passers_by.browsers["a-1"] = KnownReader(**what)


def kept(world: World) -> RecordedTracking:
    tracking = world.services.widget.tracking
    assert isinstance(tracking, RecordedTracking)
    return tracking


# How it presents itself


async def test_presents_itself_in_the_visitors_language(world: World) -> None:
    shown = await config(world, locale="de_AT")
    assert shown["locale"] == "de"
    assert shown["texts"]["send"] == "Senden"
    assert "KI-Assistenten" in shown["disclosure"]
    assert shown["suggestions"][0] == "Was würde uns Tourvane kosten?"
    assert shown["expectation"].startswith("Der Assistent antwortet sofort")


async def test_presents_itself_in_english_to_whoever_speaks_what_we_do_not(world: World) -> None:
    shown = await config(world, locale="ja-JP")
    assert (shown["locale"], shown["texts"]["send"]) == ("en", "Send")


async def test_an_open_desk_shows_who_would_come_and_how_soon(world: World) -> None:
    shown = await config(world, locale="de")
    assert shown["hours"]["open"] is True
    assert [rep["name"] for rep in shown["reps"]] == ["Mia Hartung", "Jonas Eklund"]
    assert "5 Minuten" in shown["expectation"]


async def test_a_closed_desk_shows_nobody_and_says_when_it_opens() -> None:
    async with a_world() as world:
        world.clock.advance(SATURDAY - world.clock.now())
        shown = await config(world)
    assert shown["hours"] == {"open": False, "next_open_at": "2026-11-23T08:00:00Z"}
    assert shown["reps"] == []
    assert "back on Monday at 09:00 (Berlin time)" in shown["expectation"]


async def test_in_a_rehearsal_the_hours_are_those_it_plays_at(world: World) -> None:
    opening = an_opening(rehearsal=SATURDAY - world.clock.now())
    conversation = await world.conversations.start(opening)
    token = world.services.tokens.issue(conversation)
    headers = {"Authorization": f"Bearer {token}"}
    shown = (await world.client.get("/v1/widget", headers=headers)).json()
    assert shown["hours"]["open"] is False
    assert (await config(world))["hours"]["open"] is True


async def test_says_which_files_it_takes(world: World) -> None:
    files = (await config(world))["files"]
    assert files["largest"] == world.services.file_rules.largest
    assert ".pdf" in files["accept"].split(",")


async def test_offers_no_files_where_none_are_taken() -> None:
    async with a_world(attachments=None) as world:
        assert (await config(world))["files"] is None


async def test_what_is_filled_by_the_server_is_not_sent_as_a_text(world: World) -> None:
    assert not [key for key in (await config(world))["texts"] if key.startswith("expect_")]


async def test_is_never_kept_by_a_cache(world: World) -> None:
    response = await world.client.get("/v1/widget")
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "params",
    [{"locale": "english please"}, {"locale": "x" * 400}, {"url": "https://" + "x" * 9000}],
)
async def test_refuses_what_no_widget_would_ask(world: World, params: dict[str, str]) -> None:
    response = await world.client.get("/v1/widget", params=params)
    assert response.status_code == 422
    assert problem_of(response)["detail"]


# What it tells of a visit


async def test_keeps_what_a_browser_did(world: World) -> None:
    read = {"url": PRICING, "seconds": 42}
    response = await tell(
        world,
        page_view(),
        {"type": "track", "event": "Page Read", "anonymousId": "a-1", "messageId": "m-2", "properties": read},
    )  # fmt: skip
    assert response.json()["success"] is True
    assert [(call.kind, call.url) for call in kept(world).calls] == [
        (CallKind.PAGE, PRICING),
        (CallKind.TRACK, PRICING),
    ]
    assert kept(world).calls[1].properties["seconds"] == "42"


async def test_takes_nobodys_word_for_who_they_are(world: World) -> None:
    traits = {"email": "ceo@nordwind.example"}
    item = page_view(userId="u-ada", traits=traits)
    item["context"]["traits"] = traits
    await tell(world, item)
    [call] = kept(world).calls
    assert (call.user_id, call.traits) == ("", {})


async def test_an_item_that_names_only_a_user_is_left_out(world: World) -> None:
    await tell(world, page_view(anonymousId=None, userId="u-ada"))
    assert kept(world).calls == []


@pytest.mark.parametrize(
    "item",
    [
        {"type": "identify", "anonymousId": "a-1", "traits": {"email": "x@y.example"}},
        {"type": "alias", "anonymousId": "a-1", "previousId": "a-0", "userId": "u-1"},
        {"type": "nonsense", "anonymousId": "a-1"},
        {"type": "track", "anonymousId": "a-1"},
        "no object",
        None,
    ],
)
async def test_leaves_out_what_it_cannot_use_and_keeps_the_rest(world: World, item: object) -> None:
    response = await tell(world, item, page_view())
    assert response.status_code == 200
    assert [call.kind for call in kept(world).calls] == [CallKind.PAGE]


async def test_corrects_a_clock_that_is_wrong_by_a_year(world: World) -> None:
    theirs = world.clock.now() - timedelta(days=365)
    view = page_view(timestamp=theirs.isoformat())
    await tell(world, view, sentAt=(theirs + timedelta(seconds=30)).isoformat())
    assert kept(world).calls[0].at == world.clock.now() - timedelta(seconds=30)


async def test_the_same_again_is_kept_once(world: World) -> None:
    await tell(world, page_view())
    await tell(world, page_view())
    assert len(kept(world).calls) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"{}",
        b'{"batch": {}}',
        json.dumps({"batch": [page_view()] * (MOST_ITEMS + 1)}).encode(),
        json.dumps({"batch": [page_view(properties={"text": "x" * 70_000})]}).encode(),
    ],
)
async def test_refuses_what_is_no_batch(world: World, body: bytes) -> None:
    response = await world.client.post("/v1/widget/events", content=body)
    assert response.status_code == 400
    assert problem_of(response)["detail"]
    assert kept(world).calls == []


async def test_a_store_that_is_down_is_said_to_be_down(world: World) -> None:
    kept(world).failures = 1
    response = await tell(world, page_view())
    assert response.status_code == 503
    assert response.headers["retry-after"]


async def test_a_script_that_tells_far_too_much_must_wait() -> None:
    async with a_world(limits=MemoryLimits(times=1 / ALLOWED[Act.EVENTS].visitor)) as world:
        assert (await tell(world, page_view())).status_code == 200
        response = await tell(world, page_view(messageId="m-2"))
    assert response.status_code == 429
    assert response.headers["retry-after"]
    assert len(kept(world).calls) == 1


async def test_a_script_that_asks_far_too_often_how_to_look_must_wait() -> None:
    async with a_world(limits=MemoryLimits(times=1 / ALLOWED[Act.CONFIG].address)) as world:
        office = httpx.ASGITransport(world.app, client=("203.0.113.7", 4711))
        async with httpx.AsyncClient(transport=office, base_url="http://hotline.test") as client:
            answers = [await client.get("/v1/widget") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]


# When it greets


async def test_greets_on_the_pricing_page(world: World) -> None:
    greeting = (await tell(world, page_view())).json()["greeting"]
    assert greeting["id"] == "pricing"
    assert greeting["after_seconds"] == 25
    assert greeting["text"].startswith("Questions about plans")
    assert greeting["suggestions"][0] == "What does Growth cost?"


async def test_greets_in_the_visitors_language(world: World) -> None:
    view = page_view()
    view["context"]["locale"] = "fr-CH"
    greeting = (await tell(world, view)).json()["greeting"]
    assert greeting["text"].startswith("Des questions")


async def test_says_nothing_on_a_page_without_a_rule(world: World) -> None:
    assert await greeted(world, "https://tourvane.example/blog/offline") is None


async def test_says_nothing_to_what_is_no_page_view(world: World) -> None:
    read = {"type": "track", "event": "Page Read", "anonymousId": "a-1", "properties": {"url": PRICING}}  # fmt: skip
    assert (await tell(world, read)).json()["greeting"] is None


async def test_goes_by_the_newest_page(world: World) -> None:
    now = world.clock.now()
    older = page_view(CASES, messageId="m-0", timestamp=(now - timedelta(minutes=5)).isoformat())
    response = await tell(world, page_view(timestamp=now.isoformat()), older)
    assert response.json()["greeting"]["id"] == "pricing"


async def test_says_nothing_to_who_is_in_a_conversation(world: World) -> None:
    known(world, is_talking=True)
    assert await greeted(world, PRICING) is None


async def test_greets_who_says_to_be_back(world: World) -> None:
    assert await greeted(world, CASES) is None
    assert await greeted(world, CASES, isReturning=True) == "case_studies_again"


async def test_greets_who_is_known_to_be_back(world: World) -> None:
    known(world, was_here=True)
    assert await greeted(world, CASES) == "case_studies_again"


async def test_greets_by_temperature(world: World) -> None:
    assert await greeted(world, COMPARE) is None
    known(world, temperature=Temperature.WARM)
    assert await greeted(world, COMPARE) == "comparing"


async def test_offers_no_person_while_the_desk_is_closed(world: World) -> None:
    known(world, temperature=Temperature.HOT)
    world.clock.advance(SATURDAY - world.clock.now())
    assert await greeted(world, COMPARE) is None


async def test_a_playbook_without_greetings_says_nothing() -> None:
    widget = demo_playbook().widget.model_copy(update={"greetings": ()})
    playbook: Playbook = demo_playbook().model_copy(update={"widget": widget})
    async with a_world(playbook=playbook) as world:
        assert await greeted(world, PRICING) is None


async def test_a_rep_who_is_away_is_not_shown(world: World) -> None:
    class AllAway:
        async def away(self) -> frozenset[Any]:
            return frozenset(rep.id for rep in demo_playbook().reps)

    away = replace(world.services.widget, duty=Duty(demo_playbook(), presence=AllAway()))
    async with a_world(widget=away) as other:
        assert (await config(other))["reps"] == []

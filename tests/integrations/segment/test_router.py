"""The tracking API as a sender sees it."""

import asyncio
import base64
import gzip
import json
import zlib
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from agent.tracking import CallKind
from tests.fakes.clock import MONDAY_TEN
from tests.integrations.segment.site import (
    BASIC,
    WRITE_KEY,
    TrackedSite,
    a_tracked_site,
    packed,
)
from tests.integrations.web.world import SHOP, problem_of

TRACKED = {"userId": "u-1", "event": "Demo Requested", "messageId": "m-1"}
STRICT = {"X-Strict-Mode": "1"}
KB = 1024


def sized(size: int, **fields: Any) -> bytes:
    """Give a body of exactly this many bytes."""
    bare = len(json.dumps({**fields, "pad": ""}).encode())
    return json.dumps({**fields, "pad": "x" * (size - bare)}).encode()


# What is taken


@pytest.mark.parametrize("kind", CallKind)
async def test_takes_each_call_by_its_name_and_its_letter(
    site: TrackedSite, kind: CallKind
) -> None:
    body = {**TRACKED, "groupId": "g-1", "previousId": "a-1"}
    for path in (kind.value, kind.value[0]):
        response = await site.send(path, {**body, "messageId": path})
        assert (response.status_code, response.json()) == (200, {"success": True})
    assert [call.kind for call in site.tracking.calls] == [kind, kind]
    assert site.counted == Counter(new=2)


async def test_a_batch_keeps_its_order_and_shares_context_and_clock(site: TrackedSite) -> None:
    hour_slow = (MONDAY_TEN - timedelta(hours=1)).isoformat()
    batch = [
        {**TRACKED, "type": "track", "messageId": f"m-{number}", "timestamp": hour_slow}
        for number in range(3)
    ]
    context = {"page": {"url": "https://shop.example/demo"}}
    response = await site.send("batch", {"batch": batch, "context": context, "sentAt": hour_slow})
    assert response.json() == {"success": True}
    assert [call.id for call in site.tracking.calls] == ["m-0", "m-1", "m-2"]
    assert {call.at for call in site.tracking.calls} == {MONDAY_TEN}
    assert {call.url for call in site.tracking.calls} == {"https://shop.example/demo"}


async def test_the_same_again_is_known(site: TrackedSite) -> None:
    for _ in range(2):
        assert (await site.send("track", TRACKED)).status_code == 200
    assert len(site.tracking.calls) == 1
    assert site.counted == Counter(new=1, known=1)


async def test_an_empty_batch_is_fine(site: TrackedSite) -> None:
    assert (await site.send("batch", {"batch": []})).json() == {"success": True}
    assert site.tracking.batches == 0


@pytest.mark.parametrize("content_type", ["text/plain;charset=UTF-8", "", "application/x-foo"])
async def test_any_content_type_will_do(site: TrackedSite, content_type: str) -> None:
    """Browsers send text/plain where JSON would need a question to the server first."""
    response = await site.send_raw("t", json.dumps(TRACKED).encode(), Content_Type=content_type)
    assert response.json() == {"success": True}


async def test_what_python_writes_for_no_number_is_no_number(site: TrackedSite) -> None:
    body = (
        b'{"userId": "u", "event": "E", "properties": {"price": NaN, "seats": 3, "x": -Infinity}}'
    )
    assert (await site.send_raw("track", body)).status_code == 200
    assert site.tracking.calls[0].properties == {"seats": "3"}


async def test_half_characters_are_mended(site: TrackedSite) -> None:
    body = b'{"userId": "u", "event": "Demo \\ud83d", "properties": {"title": "\\u0000Guide"}}'
    assert (await site.send_raw("track", body)).status_code == 200
    call = site.tracking.calls[0]
    assert (call.name, call.title) == ("Demo \ufffd", "Guide")


# Who may send


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer some-token"}, {"Authorization": f"Bearer {WRITE_KEY}"}],
)
async def test_the_write_key_may_stand_in_the_body(
    site: TrackedSite, headers: dict[str, str]
) -> None:
    for call, body in (("track", TRACKED), ("batch", {"batch": []})):
        keyed = {**body, "writeKey": WRITE_KEY}
        response = await site.world.client.post(f"/v1/{call}", json=keyed, headers=headers)
        assert response.status_code == 200


def basic(user: bytes) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(user).decode()}"}


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        ({}, None),
        ({}, "wrong"),
        ({}, ""),
        ({}, 7),
        ({}, [WRITE_KEY]),
        ({}, "\ud800"),
        (basic(b"wrong:"), WRITE_KEY),
        (basic(f":{WRITE_KEY}".encode()), None),
        (basic(WRITE_KEY.encode()), None),
        (basic("schlüssel:".encode()), None),
        ({"Authorization": "Basic ???"}, None),
        ({"Authorization": "Basic"}, None),
        ({"Authorization": f"Bearer {WRITE_KEY}"}, None),
    ],
)
async def test_without_the_write_key_nothing_is_taken(
    site: TrackedSite, headers: dict[str, str], key: object
) -> None:
    body = json.dumps(TRACKED | {"writeKey": key}).encode()
    response = await site.world.client.post("/v1/track", content=body, headers=headers)
    assert response.status_code == 401
    assert "HOTLINE_WRITE_KEY" in problem_of(response)["detail"]
    assert response.headers["www-authenticate"] == 'Basic realm="tracking"'
    assert WRITE_KEY not in response.text
    assert site.tracking.calls == []


async def test_the_write_key_opens_nothing_else(site: TrackedSite) -> None:
    for headers in (BASIC, {"Authorization": f"Bearer {WRITE_KEY}"}):
        response = await site.world.client.get("/v1/leads", headers=headers)
        assert response.status_code == 401


# Browsers


async def test_configured_sites_may_track_from_a_browser() -> None:
    asked = "authorization,content-type,x-retry-count"
    async with a_tracked_site(allowed_origins=(SHOP,)) as site:
        for path in ("/v1/t", "/v1/batch", "/v1/b", "/v1/identify"):
            headers = {
                "Origin": SHOP,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": asked,
            }
            answer = await site.world.client.options(path, headers=headers)
            assert answer.status_code == 200, path
            assert answer.headers["access-control-allow-origin"] == SHOP
        sent = await site.send("t", TRACKED, Origin=SHOP)
        site.tracking.failures = 1
        later = await site.send("t", TRACKED, Origin=SHOP)
    assert sent.headers["access-control-allow-origin"] == SHOP
    assert later.headers["access-control-allow-origin"] == SHOP
    assert "Retry-After" in later.headers["access-control-expose-headers"]


# Gzip and size


async def test_takes_gzip(site: TrackedSite) -> None:
    body = packed(json.dumps({"batch": [{**TRACKED, "type": "track"}]}).encode())
    assert (await site.send_raw("batch", body, Content_Encoding="gzip")).status_code == 200
    assert len(site.tracking.calls) == 1


def bomb(call: str) -> bytes:
    return packed(b'{"writeKey": "' + b"0" * (50 * KB * KB) + b'"}')


@pytest.mark.parametrize("call", ["track", "batch"])
async def test_a_bomb_is_not_unpacked(site: TrackedSite, call: str) -> None:
    response = await site.send_raw(call, bomb(call), Content_Encoding="gzip")
    assert response.status_code == 400
    assert "larger than" in problem_of(response)["detail"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        packed(b'{"batch": []}')[:-9],
        packed(b"{}")[:5],
        zlib.compress(b"{}"),
        gzip.compress(gzip.compress(b"{}")),
        packed(b'{"batch"') + packed(b": []}"),
    ],
)
async def test_broken_gzip_is_refused(site: TrackedSite, body: bytes) -> None:
    response = await site.send_raw("batch", body, Content_Encoding="gzip")
    assert response.status_code == 400
    problem_of(response)


async def test_another_packing_is_refused(site: TrackedSite) -> None:
    response = await site.send_raw("track", b"{}", Content_Encoding="br")
    assert response.status_code == 415
    assert "gzip" in problem_of(response)["detail"]


@pytest.mark.parametrize(("call", "most"), [("track", 32 * KB), ("batch", 500 * KB)])
async def test_bodies_have_a_size(site: TrackedSite, call: str, most: int) -> None:
    fields = {"userId": "u", "event": "E", "batch": []}
    fits = await site.send_raw(call, sized(most, **fields))
    over = await site.send_raw(call, sized(most + 1, **fields))
    far_over = await site.send_raw(call, sized(3 * KB * KB, **fields))
    assert [fits.status_code, over.status_code, far_over.status_code] == [200, 400, 400]
    assert f"{most // KB} KB" in problem_of(over)["detail"]


async def endless() -> AsyncIterator[bytes]:
    while True:
        await asyncio.sleep(0)
        yield b"x" * KB


async def test_a_body_without_end_is_not_read_to_its_end(site: TrackedSite) -> None:
    url = "http://hotline.test/v1/batch"
    response = await site.world.client.post(url, content=endless(), headers=BASIC)
    assert response.status_code == 400


async def test_a_large_item_spoils_only_itself(site: TrackedSite) -> None:
    large = {**TRACKED, "type": "track", "messageId": "m-2", "properties": {"x": "é" * 17_000}}
    body = {"batch": [{**TRACKED, "type": "track"}, large]}
    assert (await site.send("batch", body)).status_code == 200
    assert [call.id for call in site.tracking.calls] == ["m-1"]
    strict = problem_of(await site.send("batch", body, **STRICT))
    assert strict["errors"] == [{"field": "batch.1", "problem": "send at most 32 KB a call"}]


# What cannot be read


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"nonsense",
        b'{"a":}',
        b"[]",
        b"null",
        b'"text"',
        b"7",
        b"\xff\xfe\xfa",
        b"[" * 30000,
        b'{"a":' * 6000,
        b'{"a": ' + b"9" * 5000 + b"}",
    ],
)
async def test_what_is_no_json_object_is_refused(site: TrackedSite, body: bytes) -> None:
    for call in ("track", "batch"):
        response = await site.send_raw(call, body)
        assert response.status_code == 400
        problem_of(response)


@pytest.mark.parametrize("batch", [None, {}, "x", 7, [{}] * 2_501])
async def test_a_batch_needs_a_list_of_calls(site: TrackedSite, batch: object) -> None:
    response = await site.send("batch", {"batch": batch})
    assert response.status_code == 400
    assert "list named batch" in problem_of(response)["detail"]


# What cannot be used

MIXED = {
    "batch": [
        {**TRACKED, "type": "track"},
        {**TRACKED, "type": "tarck", "userId": "ada@nordwind.example"},
        {"type": "track", "event": "Demo Requested"},
        "ada@nordwind.example",
        {**TRACKED, "type": "page", "messageId": "m-2"},
    ]
}


async def test_what_cannot_be_used_is_counted_and_the_rest_kept(site: TrackedSite) -> None:
    with capture_logs() as logs:
        response = await site.send("batch", MIXED)
    assert (response.status_code, response.json()) == (200, {"success": True})
    assert [call.id for call in site.tracking.calls] == ["m-1", "m-2"]
    assert site.counted == Counter(new=2, unusable=3)
    assert [entry["event"] for entry in logs] == ["tracking.unusable"]
    assert "nordwind" not in str(logs)
    assert sum(logs[0]["reasons"].values()) == 3


async def test_strict_mode_says_which_and_why_and_keeps_nothing(site: TrackedSite) -> None:
    response = await site.send("batch", MIXED, **STRICT)
    problem = problem_of(response)
    assert response.status_code == 422
    assert [error["field"] for error in problem["errors"]] == [
        "batch.1.type",
        "batch.2.userId",
        "batch.3",
    ]
    assert "send userId or anonymousId" in problem["detail"]
    assert "nordwind" not in response.text
    assert site.tracking.calls == []


async def test_strict_mode_takes_what_is_right(site: TrackedSite) -> None:
    assert (await site.send("track", TRACKED, **STRICT)).json() == {"success": True}
    refused = await site.send("track", {"event": "E"}, **STRICT)
    assert problem_of(refused)["errors"][0]["field"] == "userId"
    lenient = await site.send("track", {"event": "E"}, **{"X-Strict-Mode": "0"})
    assert lenient.status_code == 200


async def test_when_the_store_is_down_the_sender_tries_again(site: TrackedSite) -> None:
    site.tracking.failures = 1
    response = await site.send("track", TRACKED)
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) > 0
    problem_of(response)
    assert (await site.send("track", TRACKED)).status_code == 200
    assert len(site.tracking.calls) == 1


# Anything

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    [
        "batch",
        "type",
        "userId",
        "anonymousId",
        "messageId",
        "event",
        "timestamp",
        "sentAt",
        "properties",
        "traits",
        "context",
        "previousId",
        "groupId",
        "integrations",
        "name",
    ]
)
ITEM = st.dictionaries(FIELDS, ANYTHING, max_size=6)
BODY = ANYTHING | ITEM | st.fixed_dictionaries({"batch": st.lists(ITEM | ANYTHING, max_size=4)})


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=200)
@given(
    call=st.sampled_from([*CallKind, "batch", "b", "t"]),
    body=BODY.map(lambda body: json.dumps(body).encode()) | st.binary(max_size=200),
    zipped=st.booleans(),
)
async def test_whatever_is_sent_is_our_fault_never(
    site: TrackedSite, call: str, body: bytes, *, zipped: bool
) -> None:
    encoding = {"Content_Encoding": "gzip"} if zipped else {}
    response = await site.send_raw(call, packed(body) if zipped else body, **encoding)
    assert response.status_code in (200, 400), response.text


# OpenAPI


async def test_openapi_describes_every_call(site: TrackedSite) -> None:
    schema = (await site.world.client.get("/openapi.json")).json()
    for name in [*CallKind, "batch"]:
        operation = schema["paths"][f"/v1/{name}"]["post"]
        content = operation["requestBody"]["content"]["application/json"]
        assert operation["summary"]
        assert operation["tags"] == ["tracking"]
        assert operation["security"] == [{"write_key": []}]
        assert {"400", "401", "422", "503"} <= set(operation["responses"])
        sent = await site.send(name, content["example"], **STRICT)
        assert sent.status_code == 200, (name, sent.text)
    assert schema["components"]["securitySchemes"]["write_key"]["scheme"] == "basic"
    assert "/v1/t" not in schema["paths"]

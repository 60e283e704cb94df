"""Bodies: packed, large, broken."""

import asyncio
import gzip
import json
import zlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.integrations.segment.site import BASIC, TrackedSite, packed
from tests.integrations.web.world import problem_of

TRACKED = {"userId": "u-1", "event": "Demo Requested", "messageId": "m-1"}
STRICT = {"X-Strict-Mode": "1"}
KB = 1024


def sized(size: int, **fields: Any) -> bytes:
    """Give a body of exactly this many bytes."""
    bare = len(json.dumps({**fields, "pad": ""}).encode())
    return json.dumps({**fields, "pad": "x" * (size - bare)}).encode()


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

"""The two scripts of the widget, as sites get them."""

import gzip
import hashlib
from collections.abc import AsyncIterator

import pytest

from integrations.web.widget_file import FOLDER
from tests.integrations.web.world import World, a_world

MOST = {"widget.js": 15 * 1024, "widget-panel.js": 8 * 1024}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with a_world() as world:
        yield world


def tag_of(name: str) -> str:
    return hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:12]


@pytest.mark.parametrize("name", MOST)
async def test_any_site_may_run_the_scripts_as_they_are_built(world: World, name: str) -> None:
    response = await world.client.get(f"/{name}")
    assert response.content == (FOLDER / name).read_bytes()
    assert response.headers["content-type"].startswith("text/javascript")
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize("name", MOST)
async def test_the_scripts_are_small_on_the_wire(world: World, name: str) -> None:
    async with world.client.stream("GET", f"/{name}") as response:
        packed = b"".join([part async for part in response.aiter_raw()])
    assert response.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed) == (FOLDER / name).read_bytes()
    assert len(packed) <= MOST[name]


async def test_whoever_can_unpack_nothing_gets_it_plain(world: World) -> None:
    response = await world.client.get("/widget.js", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in response.headers


async def test_who_has_it_is_told_so(world: World) -> None:
    first = await world.client.get("/widget.js")
    again = await world.client.get("/widget.js", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


async def test_the_widget_asks_for_the_panel_it_was_built_with(world: World) -> None:
    assert tag_of("widget-panel.js") in (await world.client.get("/widget.js")).text


async def test_a_panel_is_kept_for_good_only_under_its_own_address(world: World) -> None:
    own = await world.client.get(f"/widget-panel.js?{tag_of('widget-panel.js')}")
    of_an_older_widget = await world.client.get("/widget-panel.js?0123456789ab")
    assert "immutable" in own.headers["cache-control"]
    assert "immutable" not in of_an_older_widget.headers["cache-control"]
    assert of_an_older_widget.status_code == 200

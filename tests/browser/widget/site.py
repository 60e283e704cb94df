"""A shop on an origin of its own, whose pages carry the widget: plain ones and hostile ones.

What a page is like stands in tests/browser/sites; the address of the widget's server and the attributes of its script
tag come with the request, so that one shop serves every story.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from aiohttp import web

SITES = Path(__file__).parents[1] / "sites"
STRICT = "default-src 'none'; script-src {widget}; connect-src {widget}; img-src {widget} data:"
PAGES = {"csp": "plain", "slow": "plain"}
INNER = {"framed": "plain", "sandboxed": "plain"}


@dataclass(frozen=True, slots=True)
class Site:
    """The shop."""

    address: str

    def page(self, name: str, widget: str, attributes: str = "", path: str = "") -> str:
        """Give the address of a page that loads the widget from there."""
        query = urlencode({"widget": widget, "attributes": attributes, "page": name})
        return f"{self.address}/{path or name}?{query}"


@asynccontextmanager
async def a_site(host: str = "127.0.0.1") -> AsyncIterator[Site]:
    """Open the shop."""
    app = web.Application()
    app.add_routes([web.get("/{path:.*}", _answer)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        place = web.TCPSite(runner, host, 0)
        await place.start()
        port = runner.addresses[0][1]
        yield Site(f"http://{host}:{port}")
    finally:
        await runner.cleanup()


async def _answer(request: web.Request) -> web.Response:
    path, query = request.match_info["path"], request.query
    if path == "favicon.ico":
        return web.Response(status=204)
    if path.endswith(".js"):
        script = SITES.joinpath(path).read_text()
        return web.Response(text=script, content_type="text/javascript")
    name = query.get("page", "")
    file = SITES / f"{PAGES.get(name, name)}.html"
    if not file.exists():
        return web.Response(status=404)
    widget = query.get("widget", "")
    inner = Site(str(request.url.origin())).page(INNER.get(name, ""), widget)
    values = {"widget": widget, "attributes": query.get("attributes", ""), "self": inner}
    return web.Response(
        text=_filled(file.read_text(), values),
        content_type="text/html",
        headers={"Content-Security-Policy": STRICT.format(widget=widget)} if name == "csp" else {},
    )


def _filled(text: str, values: dict[str, str]) -> str:
    for name, value in values.items():
        text = text.replace("{{" + name + "}}", value)
    return text

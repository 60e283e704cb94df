"""What the twin answers at which address."""

from collections.abc import Callable

from aiohttp import web

from tests.fakes.slack import uploads
from tests.fakes.slack.door import Door, watching
from tests.fakes.slack.hooks import ResponseHooks
from tests.fakes.slack.looking import looking
from tests.fakes.slack.web import WebApi


def application(api: WebApi, hooks: ResponseHooks, door: Callable[[], Door]) -> web.Application:
    """The Web API, response URLs, files, the websocket and the pages to look at."""
    app = web.Application(middlewares=[watching(door)])
    files = uploads.serving(api.workspace, api.is_good_token)
    app.router.add_route("*", "/api/{method}", api.serve)
    app.router.add_post("/actions/{token}", hooks.respond)
    app.router.add_post("/upload/v1/{token}", uploads.receiving(api.workspace))
    app.router.add_get("/files-pri/{file}/{name}", files)
    app.router.add_get("/files-pri/{file}/download/{name}", files)
    app.router.add_get("/look/{channel}", looking(api.workspace))
    app.router.add_get("/link/", api.sockets.serve)
    return app

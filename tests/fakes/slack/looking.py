"""The page of a channel, for whoever looks at the twin in a browser."""

from aiohttp import web
from aiohttp.typedefs import Handler

from tests.fakes.slack.render import picture, render
from tests.fakes.slack.state import SlackError, Workspace


def looking(workspace: Workspace) -> Handler:
    """What answers with the page of a channel."""

    async def look(request: web.Request) -> web.StreamResponse:
        try:
            page = render(picture(workspace, request.match_info["channel"]))
        except SlackError as error:
            return web.Response(status=404, text=error.error)
        return web.Response(text=page, content_type="text/html")

    return look

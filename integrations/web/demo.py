"""The demo company: its pages, the personas one can be, and what the agent saw."""

from collections.abc import Awaitable, Callable
from html import escape
from string import Template

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.responses import HTMLResponse, Response

from integrations.web.auth import Own
from integrations.web.conversations import Body
from integrations.web.explain import explain_turn
from integrations.web.files import FOLDER, static_file
from integrations.web.opening import opened
from integrations.web.problems import ProblemError, refuses
from integrations.web.services import Services, SitePage, WebServices
from integrations.web.shapes import OpenedShape, Shape, TurnsShape
from integrations.web.texts import ClientId

FRAME = "page.html"


class DemoCompanyShape(Shape):
    """The company of the demo."""

    name: str = Field(examples=["Tourvane"])
    product: str = Field(examples=["Tourvane"])
    offers: str = Field(examples=["Scheduling software for field-service teams."])
    disclosure: str = Field(examples=["You are chatting with an AI assistant."])


class PersonaShape(Shape):
    """Somebody you can be."""

    id: str = Field(examples=["hot"])
    label: str = Field(examples=["A hot lead"])
    description: str = Field(examples=["Asked for a quote last week."])


class PageShape(Shape):
    """A page of the company's site."""

    title: str = Field(examples=["Pricing"])
    path: str = Field(examples=["/pricing"])


class DemoShape(Shape):
    """What the demo's page needs to start."""

    company: DemoCompanyShape
    personas: list[PersonaShape]
    pages: list[PageShape]


class PersonaBody(Body):
    """Who you want to be."""

    persona: ClientId = Field(examples=["hot"])


def demo_router(services: WebServices) -> APIRouter:
    """Give the demo's endpoints and one route for each page of its site."""
    router = APIRouter(tags=["demo"])
    router.add_api_route("/demo/config", config, methods=["GET"], summary="What the demo offers")
    router.add_api_route(
        "/demo/conversations",
        be_somebody,
        methods=["POST"],
        status_code=201,
        summary="Open a conversation as somebody",
        responses=refuses(400, 413, 422, 503),
    )
    router.add_api_route(
        "/demo/conversations/{conversation_id}/turns",
        saw,
        methods=["GET"],
        summary="What the agent saw, turn by turn",
        responses=refuses(401, 404, 503),
    )
    router.add_api_route("/", front_page, methods=["GET"], include_in_schema=False)
    for path, page in services.site.items():
        if path != "/":
            router.add_api_route(path, _page(page), methods=["GET"], include_in_schema=False)
    return router


async def config(services: Services) -> DemoShape:
    """Name the company, the personas and the pages."""
    company = services.playbook.company
    return DemoShape(
        company=DemoCompanyShape(
            name=company.name,
            product=company.product,
            offers=company.offers,
            disclosure=next(iter(company.disclosure.values()), ""),
        ),
        personas=[
            PersonaShape(id=persona.id, label=persona.label, description=persona.description)
            for persona in services.personas
        ],
        pages=[PageShape(title=page.title, path=path) for path, page in services.site.items()],
    )


async def be_somebody(body: PersonaBody, services: Services) -> OpenedShape:
    """Open a conversation as one of the personas; with its history, and at its time of day."""
    persona = next((one for one in services.personas if one.id == body.persona), None)
    if persona is None:
        known = ", ".join(one.id for one in services.personas)
        raise ProblemError(422, f"persona: choose one of {known}.")
    conversation = await services.conversations.start(persona.open(services.clock.now()))
    return await opened(services, conversation, None)


async def saw(conversation: Own, services: Services) -> TurnsShape:
    """Explain every turn of this conversation."""
    turns = await services.conversations.turns(conversation.id)
    return TurnsShape(turns=[explain_turn(turn) for turn in turns])


async def front_page(request: Request) -> Response:
    """Give the demo's page."""
    return static_file("index.html", request)


def _page(page: SitePage) -> Callable[[], Awaitable[Response]]:
    async def site_page() -> Response:
        return HTMLResponse(_frame().safe_substitute(title=escape(page.title), content=page.html))

    return site_page


def _frame() -> Template:
    """Give what stands around each page: `page.html` with $title and $content, or a plain document."""
    frame = FOLDER / FRAME
    return Template(frame.read_text("utf-8") if frame.is_file() else PLAIN_FRAME)


PLAIN_FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<link rel="icon" href="/static/icon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/static/site.css">
</head>
<body class="page">
<main>
$content
</main>
</body>
</html>
"""

"""The demo company: its pages, the personas one can be, and what the agent saw."""

from collections.abc import Awaitable, Callable

from fastapi import APIRouter
from pydantic import Field
from starlette.responses import HTMLResponse, Response

from integrations.web.auth import Own
from integrations.web.conversations import Body
from integrations.web.explain import explain_turn
from integrations.web.opening import opened
from integrations.web.problems import ProblemError, refuses
from integrations.web.services import Services, SitePage, WebServices
from integrations.web.shapes import OpenedShape, Shape, TurnsShape
from integrations.web.texts import ClientId


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
    for path, page in services.site.items():
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


def _page(page: SitePage) -> Callable[[], Awaitable[Response]]:
    async def site_page() -> Response:
        return HTMLResponse(page.html, headers={"Cache-Control": "no-cache"})

    return site_page

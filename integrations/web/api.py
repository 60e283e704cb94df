"""Joins the routers, the problems and what stands around every request into one application."""

from collections.abc import Iterable
from importlib.metadata import version

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi_offline import FastAPIOffline
from starlette.middleware import Middleware

from integrations.web import (
    attachments,
    call_backs,
    classify,
    conversation_acts,
    conversations,
    desk,
    desk_summary,
    documents,
    erasing,
    files,
    gaps,
    handoff_acts,
    handoffs,
    inbound,
    leads,
    opening,
    ops,
    reading,
    stream,
    widget_api,
    widget_file,
)
from integrations.web.demo import demo_router
from integrations.web.middleware import BodyLimit, RequestContext
from integrations.web.origins import AllowedOrigins, VisitorOrigins
from integrations.web.problems import PROBLEM_SCHEMA, install_problems, refuses_in_general
from integrations.web.services import WebServices

TITLE = "Hotline"
SUMMARY = "First-response agent for inbound sales"
DESCRIPTION = """Answers website visitors within seconds from approved facts, scores them, and hands hot leads to reps.

* **visitor**: open a conversation, write, and watch the reply (a signed visitor token).
* **desk**: what reps do with a handoff (the API key, or the cookie of the built-in desk).
* **server**: leads, documents and classification for your own systems (the API key).

Every error is an RFC 9457 problem (`application/problem+json`) whose `detail` says what to do.
"""


def create_api(services: WebServices, extra_routers: Iterable[APIRouter] = ()) -> FastAPI:
    """Give the HTTP API over these services; `extra_routers` are the other wires' endpoints."""
    app = FastAPIOffline(
        title=TITLE,
        summary=SUMMARY,
        description=DESCRIPTION,
        version=version("hotline"),
        redirect_slashes=False,
        responses=refuses_in_general(),
        middleware=_around(services),
    )
    app.state.services = services
    install_problems(app)
    for router in (*_routers(services), *extra_routers):
        app.include_router(router)
    _describe(app)
    return app


def _routers(services: WebServices) -> list[APIRouter]:
    ours = [
        opening.router,
        conversations.router,
        reading.router,
        conversation_acts.router,
        attachments.router,
        stream.router,
        handoffs.router,
        call_backs.router,
        handoff_acts.router,
        desk.router,
        desk_summary.router,
        gaps.router,
        leads.router,
        erasing.router,
        classify.router,
        inbound.router,
        documents.router,
        ops.router,
        files.router,
        widget_api.router,
        widget_file.router,
    ]
    return [*ours, demo_router(services)] if services.is_demo else ours


def _around(services: WebServices) -> list[Middleware]:
    """Give what each request passes, outermost first."""
    origins = AllowedOrigins(services.allowed_origins, services.public_url)
    return [
        Middleware(VisitorOrigins, origins=origins),
        Middleware(RequestContext, services=services),
        Middleware(BodyLimit),
    ]


def _describe(app: FastAPI) -> None:
    """Let OpenAPI know what a problem looks like."""

    def openapi() -> dict[str, object]:
        if app.openapi_schema is None:
            schema = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                description=app.description,
                routes=app.routes,
            )
            schema["components"]["schemas"]["Problem"] = PROBLEM_SCHEMA
            app.openapi_schema = schema
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]

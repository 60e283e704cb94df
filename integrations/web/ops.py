"""For whoever runs it: alive, ready, metrics."""

import asyncio

from fastapi import APIRouter, Response
from pydantic import Field
from starlette.responses import PlainTextResponse

from integrations.web.problems import problem, refuses
from integrations.web.services import Services, WebServices
from integrations.web.shapes import Shape

READINESS_SECONDS = 5.0

router = APIRouter(tags=["operations"])


class AliveShape(Shape):
    """The process runs; the lag is how long the event loop takes for one round."""

    status: str = Field(examples=["ok"])
    event_loop_lag_seconds: float = Field(examples=[0.0004])


class ReadyShape(Shape):
    """Every part is there: "ok", or a sentence on what is not."""

    status: str = Field(examples=["ready"])
    parts: dict[str, str] = Field(examples=[{"database": "ok", "library": "ok", "models": "ok"}])


@router.get("/healthz", summary="Is it alive?")
async def healthz() -> AliveShape:
    """Answer without touching any other part."""
    loop = asyncio.get_running_loop()
    before = loop.time()
    await asyncio.sleep(0)
    return AliveShape(status="ok", event_loop_lag_seconds=round(loop.time() - before, 6))


@router.get("/readyz", summary="Is it ready?", response_model=ReadyShape, responses=refuses(503))
async def readyz(services: Services) -> Response | ReadyShape:
    """Ask every part; 503 names those that are not ready."""
    parts = await _parts(services)
    missing = [f"{part}: {said}" for part, said in parts.items() if said != "ok"]
    if not missing:
        return ReadyShape(status="ready", parts=parts)
    return problem(503, " ".join(missing), headers={"Retry-After": "5"}, extra={"parts": parts})


@router.get("/metrics", summary="Prometheus metrics", response_class=PlainTextResponse)
async def metrics(services: Services) -> Response:
    """Give the metrics in the text format of Prometheus."""
    text, media_type = services.render_metrics()
    return Response(text, media_type=media_type)


async def _parts(services: WebServices) -> dict[str, str]:
    try:
        return dict(await asyncio.wait_for(_ask(services), READINESS_SECONDS))
    except TimeoutError:
        return {"readiness": f"the parts did not answer within {READINESS_SECONDS:.0f} seconds"}


async def _ask(services: WebServices) -> dict[str, str]:
    return dict(await services.readiness())

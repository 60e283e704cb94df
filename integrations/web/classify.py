"""Reading single messages for somebody else; nothing is stored."""

import asyncio
from collections.abc import Sequence

from fastapi import APIRouter, Depends
from pydantic import Field

from agent.conversation import MessageSource
from agent.signals import SignalDetector, TextReading
from integrations.web.auth import require_server
from integrations.web.conversations import Body
from integrations.web.explain import explain_reading
from integrations.web.problems import refuses
from integrations.web.services import Services
from integrations.web.shapes import ClassifiedListShape
from integrations.web.texts import ClientId, DocumentText

MOST_MESSAGES = 500

router = APIRouter(tags=["server"], dependencies=[Depends(require_server)])


class ClassifiedBody(Body):
    """One message to be read on its own."""

    id: ClientId | int = Field(examples=["1"])
    text: DocumentText = Field(examples=["We need 200 seats by March, what does it cost?"])
    source: MessageSource = Field(MessageSource.CHAT, examples=["chat"])


class ClassifyBody(Body):
    """Messages to be read."""

    messages: list[ClassifiedBody] = Field(max_length=MOST_MESSAGES)


@router.post(
    "/v1/classify",
    summary="Read messages for buying signals",
    responses=refuses(400, 401, 413, 422, 503),
)
async def classify(body: ClassifyBody, services: Services) -> ClassifiedListShape:
    """Give kind, signals, temperature and handoff of each message by its own words."""
    texts = [message.text for message in body.messages]
    readings = await _readings(services.detector, texts)
    pairs = zip(body.messages, readings, strict=True)
    return ClassifiedListShape(
        results=[explain_reading(message.id, reading) for message, reading in pairs]
    )


async def _readings(detector: SignalDetector, texts: Sequence[str]) -> list[TextReading]:
    """Read beside the event loop; a message takes milliseconds."""
    return await asyncio.to_thread(lambda: [detector.read_text(text) for text in texts])

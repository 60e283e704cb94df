"""The endpoints of the wires beside the web, joined to what they call."""

from fastapi import APIRouter

from agent.tracking import Tracking
from integrations.app.parts import Parts
from integrations.segment.router import TrackingServices, tracking_router


def other_wires(parts: Parts) -> list[APIRouter]:
    """Give the routers of Slack and of tracking, as far as there is something behind them."""
    routers = [parts.slack.router()] if parts.slack else []
    if parts.store.tracking:
        routers.append(_tracking(parts, parts.store.tracking))
    return routers


def _tracking(parts: Parts, tracking: Tracking) -> APIRouter:
    return tracking_router(
        TrackingServices(
            tracking=tracking,
            clock=parts.clock,
            write_key=parts.keys.write_key.get_secret_value(),
            note_calls=parts.watcher.metrics.calls_tracked,
        )
    )

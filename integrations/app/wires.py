"""The endpoints of the wires beside the web, joined to what they call."""

from fastapi import APIRouter

from agent.tracking import Tracking
from integrations.app.parts import Parts
from integrations.segment.router import TrackingServices, tracking_router


def other_wires(parts: Parts) -> list[APIRouter]:
    """Give the routers of tracking, and of Slack where it is set."""
    routers = [parts.slack.router()] if parts.slack else []
    return [*routers, _tracking(parts, parts.store.tracking)]


def _tracking(parts: Parts, tracking: Tracking) -> APIRouter:
    return tracking_router(
        TrackingServices(
            tracking=tracking,
            clock=parts.clock,
            write_key=parts.keys.write_key.get_secret_value(),
            note_calls=parts.watcher.metrics.calls_tracked,
        )
    )

"""The endpoints of the wires beside the web, joined to what they call."""

from fastapi import APIRouter

from integrations.app.handing_over import places_endpoint
from integrations.app.parts import Parts
from integrations.segment.router import TrackingServices, tracking_router


def other_wires(parts: Parts) -> list[APIRouter]:
    """Give the routers of Slack, of tracking and of `hotline index`, as far as they are set up."""
    routers = [parts.slack.router()] if parts.slack else []
    return [*routers, _tracking(parts), places_endpoint(parts)]


def _tracking(parts: Parts) -> APIRouter:
    return tracking_router(
        TrackingServices(
            tracking=parts.store.tracking,
            clock=parts.clock,
            write_key=parts.keys.write_key.get_secret_value(),
            note_calls=parts.watcher.metrics.calls_tracked,
        )
    )

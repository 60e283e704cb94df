"""Traces for OpenTelemetry when an endpoint is set; otherwise nothing is imported and a span costs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING

from integrations.redaction import redact_value

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

EXPORT_SECONDS = 5.0


class Tracer:
    """Opens spans; with no endpoint it opens none."""

    def __init__(self, endpoint: str | None, version: str = "") -> None:
        self._provider = _provider(endpoint, version) if endpoint else None

    def span(
        self, name: str, **attributes: str | int | float | bool
    ) -> AbstractContextManager[None]:
        """Time this block as one span; attributes are ids and numbers, never words of visitors."""
        if self._provider is None:
            return nullcontext()
        return _span(self._provider, name, attributes)

    def close(self) -> None:
        """Send what is left; returns within seconds even when nobody listens."""
        if self._provider is not None:
            self._provider.force_flush(int(EXPORT_SECONDS * 1000))
            self._provider.shutdown()


@contextmanager
def _span(
    provider: TracerProvider, name: str, attributes: dict[str, str | int | float | bool]
) -> Iterator[None]:
    from opentelemetry.trace import Status, StatusCode

    shown = {
        key: str(redact_value(key, value)) if isinstance(value, str) else value
        for key, value in attributes.items()
    }
    # Exceptions are told by their type only: their texts may repeat what a visitor wrote.
    with provider.get_tracer("hotline").start_as_current_span(
        name, attributes=shown, record_exception=False, set_status_on_exception=False
    ) as span:
        try:
            yield
        except BaseException as error:
            span.set_status(Status(StatusCode.ERROR, type(error).__name__))
            raise


def _provider(endpoint: str, version: str) -> TracerProvider:
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    about = Resource.create({"service.name": "hotline", "service.version": version})
    provider = TracerProvider(resource=about, shutdown_on_exit=False)
    exporter = OTLPSpanExporter(
        endpoint=f"{endpoint.rstrip('/')}/v1/traces", timeout=EXPORT_SECONDS
    )
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return provider

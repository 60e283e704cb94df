"""Chroma's own client over HTTP with what it lacks: limits of time, and one error for a server out of reach.

Importing it costs seconds, as importing Chroma does.
"""

from typing import Any

import httpx
from chromadb.api.fastapi import FastAPI
from chromadb.config import System
from chromadb.errors import ChromaError
from overrides import override

from agent.errors import LibraryUnavailableError

PATIENCE = httpx.Timeout(10.0, connect=3.0)
OF_A_SEARCH = httpx.Timeout(2.0)


class PatientApi(FastAPI):
    """The client as a component of Chroma's; it waits so long and no longer."""

    def __init__(self, system: System) -> None:
        super().__init__(system)
        self._session.timeout = PATIENCE

    @override
    def stop(self) -> None:
        """Close the connections, which Chroma's client forgets to do."""
        super().stop()
        self._session.close()

    @override
    def _make_request(self, method: str, path: str, **kwargs: Any) -> Any:
        """Ask the server; what it refuses is a ChromaError, all else LibraryUnavailableError."""
        if path.endswith("/query"):
            kwargs["timeout"] = OF_A_SEARCH
        try:
            return self._asked(method, path, **kwargs)
        except ChromaError:
            raise
        except httpx.TransportError as error:
            raise LibraryUnavailableError(
                f"The Chroma server does not answer ({type(error).__name__}: {error})."
            ) from error
        except Exception as error:
            # Chroma's client raises plain exceptions for answers that are none of a Chroma server.
            raise LibraryUnavailableError(
                f"What should be a Chroma server answers something else: {str(error)[:200]!r}."
            ) from error

    def _asked(self, method: str, path: str, **kwargs: Any) -> Any:
        """Ask, and once more where the server had closed the connection meanwhile; all requests can be repeated."""
        try:
            return super()._make_request(method, path, **kwargs.copy())
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            return super()._make_request(method, path, **kwargs.copy())

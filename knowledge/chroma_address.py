"""The address of a Chroma server: `http://host:port`, or `http://host:port/name` for one of its databases.

Whoever gives a name or a key before the host, `https://key@host`, is known by it.
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, unquote, urlsplit

from agent.errors import LibraryUnavailableError

if TYPE_CHECKING:
    from knowledge.chroma_http import PatientApi

TENANT: Final = "default_tenant"
DATABASE: Final = "default_database"
OLDEST: Final = 1


def api_at(address: str) -> PatientApi:
    """Make a client, and see that a Chroma that is understood answers; raises LibraryUnavailableError."""
    from chromadb.config import Settings, System

    from knowledge.chroma_http import PatientApi

    parts = urlsplit(address)
    settings = Settings(
        chroma_api_impl="chromadb.api.fastapi.FastAPI",
        chroma_server_host=f"{parts.scheme}://{_host(parts)}",
        chroma_server_http_port=parts.port or 0,  # wanted, and not used beside a whole address
        chroma_server_ssl_enabled=parts.scheme == "https",
        chroma_server_headers=_headers(parts),
        anonymized_telemetry=False,
        _env_file=None,
    )
    api = System(settings).instance(PatientApi)
    try:
        must_be_understood(api, address)
    except BaseException:
        api.stop()
        raise
    return api


def server_told(address: str) -> str:
    """Tell a person which server answers there; raises LibraryUnavailableError."""
    api = api_at(address)
    try:
        return f"Chroma {api.get_version()} answers at {told(address)}."
    finally:
        api.stop()


def must_be_understood(api: PatientApi, address: str) -> str:
    """Give the version of the server; raises LibraryUnavailableError unless it is new enough."""
    version = str(api.get_version())
    first = version.partition(".")[0]
    if not first.isdigit():
        raise LibraryUnavailableError(
            f"{told(address)} is no Chroma server. Check HOTLINE_CHROMA_URL."
        )
    if int(first) < OLDEST:
        raise LibraryUnavailableError(
            f"{told(address)} is Chroma {version}; {OLDEST}.0 or newer is needed."
        )
    return version


def ensured_database(api: PatientApi, address: str) -> str:
    """Give the name of the database, made where it is new; raises LibraryUnavailableError."""
    from chromadb.errors import NotFoundError

    name = unquote(urlsplit(address).path).strip("/") or DATABASE
    if "/" in name:
        raise LibraryUnavailableError(
            f"{told(address)}: after the host comes nothing, or the name of one database. Check HOTLINE_CHROMA_URL."
        )
    try:
        api.get_database(name, tenant=TENANT)
    except NotFoundError:
        api.create_database(name, tenant=TENANT)
    return name


def told(address: str) -> str:
    """Give the address for people, without what is secret in it."""
    parts = urlsplit(address)
    return parts._replace(netloc=_host(parts), query="", fragment="").geturl()


def _host(parts: SplitResult) -> str:
    return parts.netloc.rpartition("@")[2]


def _headers(parts: SplitResult) -> dict[str, str]:
    """Give a key as Chroma takes it, a name with a password as whatever stands before it does."""
    if parts.username is None:
        return {}
    name, password = unquote(parts.username), unquote(parts.password or "")
    if not password:
        return {"X-Chroma-Token": name}
    return {"Authorization": f"Basic {b64encode(f'{name}:{password}'.encode()).decode()}"}

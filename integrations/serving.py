"""Before the server starts: is its address free, and what is there to open?"""

import errno
import http.client
import socket
from pathlib import Path

from pydantic import SecretStr

from agent.errors import HotlineError
from integrations.keys import Keys
from integrations.settings import Settings


class AddressTakenError(HotlineError):
    """The server cannot listen where it was told to."""


def check_address(settings: Settings) -> None:
    """See that the address can be listened on; raises AddressTakenError with one sentence."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise AddressTakenError(_sentence(settings, error)) from error


def free_port() -> int:
    """Find a port on this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def welcome(settings: Settings, keys: Keys, version: str) -> list[str]:
    """Give what somebody who started the server wants to know."""
    serves = "the demo company" if settings.is_demo else str(settings.playbook)
    return [
        f"Hotline {version} serves {serves}",
        f"  Site     {settings.url}/",
        f"  Desk     {settings.url}/desk",
        f"  Docs     {settings.url}/docs",
        f"  API key  {_place(keys.api_key_path, settings.api_key, keys, 'HOTLINE_API_KEY')}",
        f"  Tracking {_place(keys.write_key_path, settings.write_key, keys, 'HOTLINE_WRITE_KEY')}",
        f"  Model    {_model(settings)}",
        f"  Slack    {_slack(settings)}",
        "Stop with Ctrl-C.",
    ]


def shown_keys(keys: Keys) -> list[str]:
    """Give the keys themselves, to whoever may read them."""
    return [
        f"HOTLINE_API_KEY={keys.api_key.get_secret_value()}",
        f"HOTLINE_WRITE_KEY={keys.write_key.get_secret_value()}",
    ]


def _place(path: Path | None, is_set: SecretStr | None, keys: Keys, name: str) -> str:
    if is_set:
        return f"as set in {name}"
    return str(path or f"in {keys.keeper}; `hotline keys` prints it")


def _model(settings: Settings) -> str:
    if settings.openai_api_key is None:
        return "none: replies are composed from the library; OPENAI_API_KEY adds a model"
    return (
        f"{settings.model}{f' at {settings.openai_base_url}' if settings.openai_base_url else ''}"
    )


def _slack(settings: Settings) -> str:
    if not settings.has_slack:
        return "off: handoffs appear at the desk; `hotline slack manifest` shows how to connect it"
    mode = "Socket Mode" if settings.slack_app_token else "HTTP"
    return f"on ({mode}), cards in {settings.slack_channel}"


def _sentence(settings: Settings, error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return f"HOTLINE_HOST: found {settings.host!r}, which is no address of this machine; try 127.0.0.1 or 0.0.0.0."
    match error.errno:
        case errno.EADDRINUSE:
            return (
                f"Port {settings.port} is in use{_holder(settings)}; choose another with "
                f"HOTLINE_PORT={_next(settings.port)} or `hotline serve --port {_next(settings.port)}`."
            )
        case errno.EACCES:
            return (
                f"Port {settings.port} needs more rights than this user has; choose one above 1024."
            )
        case _:
            because = (error.strerror or str(error)).lower()
            return f"{settings.host}:{settings.port} cannot be listened on ({because}); see HOTLINE_HOST."


def _next(port: int) -> int:
    return port + 1 if port < 65535 else 8000


def _holder(settings: Settings) -> str:
    if _is_hotline(settings.port):
        return f", by a Hotline that runs already (open http://localhost:{settings.port}/)"
    return " by another program"


def _is_hotline(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()

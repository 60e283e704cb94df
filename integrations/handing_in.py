"""Handing a form or mail to the server that runs, over HTTP."""

from collections.abc import Callable, Mapping
from urllib.parse import quote

import httpx

from agent.errors import HotlineError
from integrations.own_server import find_running
from integrations.settings import Settings

PATIENCE = 30.0


class NotTakenNowError(HotlineError):
    """The server cannot be reached or cannot take it now; try again later."""


class NotTakenError(HotlineError):
    """The server refuses it for good."""


def hand_in(
    mail: Mapping[str, object], settings: Settings, read_key: Callable[[], str], wait: float = 0
) -> str:
    """Hand it in and give the reply's words, if one comes within `wait` seconds.

    Raises NotTakenNowError or NotTakenError.
    """
    address = find_running(settings)
    if address is None:
        raise NotTakenNowError(
            f"No Hotline answers at {settings.url}; start it with `hotline serve`."
        )
    headers = {"Authorization": f"Bearer {read_key()}"}
    try:
        with httpx.Client(base_url=address, headers=headers, timeout=PATIENCE + wait) as server:
            _checked(server.post("/v1/inbound", json=mail))
            return _reply(server, mail, wait) if wait else ""
    except httpx.HTTPError as error:
        raise NotTakenNowError(f"Hotline at {address} cannot be reached: {error}.") from error


def _reply(server: httpx.Client, mail: Mapping[str, object], wait: float) -> str:
    where = quote(str(mail["external_id"]), safe="")
    found = _checked(server.get(f"/v1/inbound/{mail['source']}/{where}", params={"wait": wait}))
    reply = found.json()["reply"]
    return str(reply["text"]) if reply else ""


def _checked(answer: httpx.Response) -> httpx.Response:
    if answer.is_success:
        return answer
    told = f"Hotline says {answer.status_code}: {answer.text[:500]}"
    # Keys and what a proxy says may be mended; words that are refused stay refused.
    is_final = answer.status_code in (400, 413, 422)
    raise NotTakenError(told) if is_final else NotTakenNowError(told)

"""`/widget.js`, which sites load, and the panel it fetches at the first opening: as built, small on the wire, for any site."""

import gzip
import hashlib
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from starlette.responses import Response

FOLDER: Final = Path(__file__).parent / "widget"
SOON: Final = "public, max-age=300"
# Its address changes with its content.
FOR_GOOD: Final = "public, max-age=31536000, immutable"
HEADERS: Final = {
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
    "Vary": "Accept-Encoding",
}

router = APIRouter(include_in_schema=False)


@router.get("/widget.js")
async def get_widget(request: Request) -> Response:
    """Give the script; 304 to who has it."""
    return _given("widget.js", SOON, request)


@router.get("/widget-panel.js")
async def get_panel(request: Request) -> Response:
    """Give the script of the panel. A widget of another version than ours gets ours, and must not keep it."""
    _, _, tag = _built("widget-panel.js")
    is_ours = request.url.query.startswith(tag)
    return _given("widget-panel.js", FOR_GOOD if is_ours else SOON, request)


def _given(name: str, kept: str, request: Request) -> Response:
    plain, packed, tag = _built(name)
    headers = {**HEADERS, "Cache-Control": kept, "ETag": f'W/"{tag}"'}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(plain, media_type="text/javascript", headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(packed, media_type="text/javascript", headers=headers)


@cache
def _built(name: str) -> tuple[bytes, bytes, str]:
    """Give a file, the same packed, and what it is known by (as build.mjs puts it into widget.js)."""
    plain = (FOLDER / name).read_bytes()
    return plain, gzip.compress(plain, 9, mtime=0), hashlib.sha256(plain).hexdigest()[:12]

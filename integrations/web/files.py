"""Files of the built-in pages, with their types and an ETag."""

from pathlib import Path

from fastapi import APIRouter, Request
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import NotModifiedResponse, StaticFiles

FOLDER = Path(__file__).parent / "static"
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/x-icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
}

router = APIRouter(include_in_schema=False)


@router.get("/static/{path:path}")
async def get_static(path: str, request: Request) -> Response:
    """Give a file of the built-in pages."""
    return static_file(path, request)


def static_file(path: str, request: Request) -> Response:
    """Give a file of the folder, or 304 when the browser has it; raises 404 for anything else."""
    found = next((file for file in _files() if file.relative_to(FOLDER).as_posix() == path), None)
    if found is None:
        raise HTTPException(404)
    response = FileResponse(found, media_type=TYPES[found.suffix], stat_result=found.stat())
    response.headers["Cache-Control"] = "no-cache"
    checker = StaticFiles(directory=FOLDER)
    if checker.is_not_modified(response.headers, request.headers):
        return NotModifiedResponse(response.headers)
    return response


def _files() -> list[Path]:
    """List what may be given: only what lies in the folder, so that no path can lead out of it."""
    return [file for file in FOLDER.rglob("*") if file.suffix in TYPES and file.is_file()]

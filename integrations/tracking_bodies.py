"""Bodies as SDKs send them: any content type, perhaps gzipped, never larger than the API takes.

Sizes are those of the unpacked body. Too large is 400 here and not 413, as in Segment's API: its SDKs give up on
a 400, and send again what they take for our trouble.
"""

import json
import zlib
from collections.abc import Mapping
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

GZIP = 16 + zlib.MAX_WBITS


async def read_object(request: Request, most: int) -> Mapping[str, object]:
    """Read the JSON object in a body of at most `most` bytes; raises HTTPException."""
    raw = await _received(request, most)
    return _parsed(_unpacked(raw, request.headers.get("content-encoding", ""), most))


def fits(item: object, most: int) -> bool:
    """Tell whether an item of a batch takes at most `most` bytes, written as tightly as JSON can be."""
    try:
        tight = json.dumps(item, separators=(",", ":"), ensure_ascii=False)
    except RecursionError:
        return False
    return len(tight.encode("utf-8", "replace")) <= most


async def _received(request: Request, most: int) -> bytes:
    received = bytearray()
    try:
        async for chunk in request.stream():
            received += chunk
            if len(received) > most:
                raise _too_large(most)
    except ClientDisconnect as error:
        raise _refused("The body ended before it was complete; send it again.") from error
    return bytes(received)


def _unpacked(raw: bytes, encoding: str, most: int) -> bytes:
    match encoding.strip().lower():
        case "" | "identity":
            return raw
        case "gzip" | "x-gzip":
            return _inflated(raw, most)
        case _:
            raise HTTPException(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                "Send the body plain or with Content-Encoding: gzip.",
            )


def _inflated(raw: bytes, most: int) -> bytes:
    """Unpack, and stop where it becomes too large: a few bytes can hold gigabytes of zeros."""
    unpacking = zlib.decompressobj(GZIP)
    try:
        body = unpacking.decompress(raw, most + 1)
    except zlib.error as error:
        raise _refused("The body is no gzip, though Content-Encoding says so.") from error
    if len(body) > most:
        raise _too_large(most)
    if not unpacking.eof:
        raise _refused("The gzipped body is cut off; send it whole.")
    return body


def _parsed(body: bytes) -> Mapping[str, object]:
    try:
        # Python's own encoder writes NaN and Infinity, which JSON does not know: nothing is meant by them.
        parsed: object = json.loads(body, parse_constant=lambda _: None)
    except (ValueError, RecursionError) as error:
        raise _refused("The body is no valid JSON; check quotes, commas and brackets.") from error
    if not isinstance(parsed, Mapping):
        raise _refused("The body is no JSON object; send one call, or a batch of them, in braces.")
    return parsed


def _too_large(most: int) -> HTTPException:
    return _refused(f"The body is larger than the {most // 1024} KB taken here; send it in parts.")


def _refused(sentence: str) -> HTTPException:
    return HTTPException(HTTPStatus.BAD_REQUEST, sentence)

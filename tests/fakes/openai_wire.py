"""What travels between an OpenAI client and the twin: calls read, answers wrapped."""

import hashlib
import json
import math
import re
import socket
import struct
import time
from array import array
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

Json = dict[str, Any]  # bodies as they travel; their shape is OpenAI's, not ours

EMBEDDING_DIMENSIONS = 1536


@dataclass(frozen=True, slots=True)
class Call:
    """One request as it arrived."""

    path: str
    body: Json
    prompt: str
    model: str
    stream: bool
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Completion:
    """The tokens of one answer, in OpenAI's wrapping."""

    id: str
    model: str
    created: int
    tokens: list[str]
    part: str
    finish_reason: str
    prompt_tokens: int

    def chunk(self, delta: Json, finish_reason: str | None = None) -> Json:
        """One streamed piece of the answer."""
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason, "logprobs": None}
        return self._wrapped("chat.completion.chunk", [choice])

    def usage_chunk(self) -> Json:
        """The last piece, which carries the token counts and no choice."""
        return {**self._wrapped("chat.completion.chunk", []), "usage": self.usage()}

    def whole(self) -> Json:
        """The answer as one body."""
        message = {"role": "assistant", "content": None, "refusal": None}
        message[self.part] = "".join(self.tokens)
        choice = {"index": 0, "message": message, "finish_reason": self.finish_reason}
        return {**self._wrapped("chat.completion", [choice]), "usage": self.usage()}

    def usage(self) -> Json:
        """The token counts."""
        made = len(self.tokens)
        total = self.prompt_tokens + made
        return {
            "prompt_tokens": self.prompt_tokens,
            "completion_tokens": made,
            "total_tokens": total,
        }

    def _wrapped(self, kind: str, choices: list[Json]) -> Json:
        known = {"id": self.id, "object": kind, "created": self.created, "model": self.model}
        return {**known, "choices": choices}


async def read_call(request: web.Request) -> Call:
    """The request as a call, with the text of all its messages as the prompt."""
    body = await request.json() if request.can_read_body else {}
    return Call(
        path=request.path,
        body=body,
        prompt="\n".join(_texts(body.get("messages", []))),
        model=body.get("model", ""),
        stream=bool(body.get("stream")),
        received_at=datetime.fromtimestamp(time.time(), UTC),
    )


def requested_schema(body: Json) -> Json | None:
    """The JSON schema the answer must follow, if one was asked for."""
    asked = body.get("response_format") or {}
    schema: Json | None = asked.get("json_schema", {}).get("schema")
    return schema


def token_limit(body: Json) -> int | None:
    """How many tokens the answer may have, if the call says."""
    limit: int | None = body.get("max_completion_tokens") or body.get("max_tokens")
    return limit


def split_tokens(text: str) -> list[str]:
    """The text in words and punctuation, each with the space before it; joined they are the text."""
    return re.findall(r"\s*(?:\w+|[^\w\s]+)|\s+", text)


def embed(text: str, dimensions: int = EMBEDDING_DIMENSIONS) -> list[float]:
    """A unit vector that depends on the words alone, so that shared words mean nearness."""
    vector = [0.0] * dimensions
    for word in re.findall(r"\w+", text.lower()) or [""]:
        digest = hashlib.blake2b(word.encode(), digest_size=8).digest()
        vector[int.from_bytes(digest) % dimensions] += 1.0
    length = math.hypot(*vector)
    return [value / length for value in vector]


def smallest(schema: Json, root: Json) -> Any:
    """A small value that fits a JSON schema of the kind strict answers use."""
    if "$ref" in schema:
        return smallest(root["$defs"][schema["$ref"].rsplit("/", 1)[-1]], root)
    if "anyOf" in schema:
        return smallest(schema["anyOf"][-1], root)
    if "enum" in schema or "const" in schema:
        return schema.get("const", schema.get("enum", [None])[0])
    return _smallest_of_type(schema, root)


def failure(
    status: int, message: str, code: str | None, retry_after: float | None = None
) -> web.Response:
    """An error in OpenAI's shape."""
    kind = "server_error" if status >= 500 else "invalid_request_error"
    error = {"message": message, "type": kind, "param": None, "code": code}
    headers = {} if retry_after is None else {"Retry-After": f"{retry_after:g}"}
    return web.json_response({"error": error}, status=status, headers=headers)


def model_list(names: list[str]) -> web.Response:
    """The models on offer."""
    known = [{"id": name, "object": "model", "created": 1, "owned_by": "twin"} for name in names]
    return web.json_response({"object": "list", "data": known})


def embeddings(body: Json) -> web.Response:
    """One vector for each text, in the encoding that was asked for."""
    given = body.get("input", "")
    texts = [given] if isinstance(given, str) else [str(item) for item in given]
    vectors = [embed(text, body.get("dimensions") or EMBEDDING_DIMENSIONS) for text in texts]
    encode = _base64 if body.get("encoding_format") == "base64" else list
    data = [
        {"object": "embedding", "index": index, "embedding": encode(vector)}
        for index, vector in enumerate(vectors)
    ]
    n_tokens = sum(len(split_tokens(text)) for text in texts)
    usage = {"prompt_tokens": n_tokens, "total_tokens": n_tokens}
    answer = {"object": "list", "data": data, "model": body.get("model", ""), "usage": usage}
    return web.json_response(answer)


async def send(response: web.StreamResponse, piece: Json) -> None:
    """Stream one piece of an answer."""
    await send_line(response, json.dumps(piece))


async def send_line(response: web.StreamResponse, line: str) -> None:
    """Stream one event, whatever its text."""
    await response.write(f"data: {line}\n\n".encode())


def drop(request: web.Request) -> web.Response:
    """Reset the connection."""
    # Closing a socket with a linger of zero makes the kernel send a reset, as a dying server does.
    if request.transport is not None:
        line = request.transport.get_extra_info("socket")
        line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        request.transport.abort()
    return web.Response()


def _texts(messages: list[Json]) -> list[str]:
    parts = [part for message in messages for part in _parts(message.get("content"))]
    return [part for part in parts if part]


def _parts(content: str | list[Json] | None) -> list[str]:
    if isinstance(content, list):
        return [part.get("text", "") for part in content]
    return [content or ""]


def _base64(vector: list[float]) -> str:
    # The official client asks for base64 of 32-bit floats unless told otherwise.
    return b64encode(array("f", vector).tobytes()).decode()


def _smallest_of_type(schema: Json, root: Json) -> Any:
    low = schema.get("minimum", 0)
    match schema.get("type"):
        case "object":
            parts = schema.get("properties", {}).items()
            return {key: smallest(part, root) for key, part in parts}
        case "array":
            return [smallest(schema.get("items", {}), root)] * schema.get("minItems", 0)
        case "string":
            return "x" * schema.get("minLength", 1)
        case kind:
            return {"integer": low, "number": low, "boolean": False}.get(str(kind))

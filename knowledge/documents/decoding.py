"""Turns bytes into text, whatever wrote them, and says so where it had to guess."""

import codecs
import re

from charset_normalizer import from_bytes

from knowledge.documents.document import RawDocument, UnreadableDocumentError

WIDE = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
STATED = re.compile(rb"""charset\s*=\s*["']?([\w.:-]{2,40})""", re.IGNORECASE)
HEAD_BYTES = 2_048
LIKELY = [
    "cp1252",
    "cp1250",
    "cp1251",
    "cp1253",
    "cp1254",
    "shift_jis",
    "euc_jp",
    "gb18030",
    "big5",
    "euc_kr",
]
WESTERN = "cp1252"
MOST_CONTROLS = 0.01


def decode(raw: RawDocument) -> tuple[str, str]:
    """Give the text with plain line ends, and a note where it was not UTF-8; raises UnreadableDocumentError."""
    text, encoding = _decoded(raw)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.strip():
        raise UnreadableDocumentError("is empty")
    if sum(letter < " " and letter not in "\n\t\f\v" for letter in text) > MOST_CONTROLS * len(
        text
    ):
        raise UnreadableDocumentError("is not text but some other kind of file")
    return text.replace(
        "\0", ""
    ), "" if encoding == "utf-8" else f"is not UTF-8; read as {encoding}"


def _decoded(raw: RawDocument) -> tuple[str, str]:
    for mark, encoding in WIDE.items():
        if raw.content.startswith(mark):
            return raw.content.decode(encoding, "replace"), encoding
    try:
        return raw.content.decode("utf-8-sig"), "utf-8"
    except UnicodeDecodeError:
        return _guessed(raw)


def _guessed(raw: RawDocument) -> tuple[str, str]:
    """Read what is not UTF-8: as it says itself, else in the encoding that makes most sense of it."""
    if b"\0" in raw.content[:HEAD_BYTES]:
        raise UnreadableDocumentError("is not text but some other kind of file")
    for stated in _stated(raw):
        try:
            return raw.content.decode(stated), stated
        except (UnicodeDecodeError, LookupError):
            continue
    best = from_bytes(raw.content, cp_isolation=LIKELY).best()
    if best is None:
        raise UnreadableDocumentError("is not text in any encoding we know; save it as UTF-8")
    is_western = raw.content.decode(WESTERN, "replace") == str(best)
    return str(best), WESTERN if is_western else best.encoding


def _stated(raw: RawDocument) -> list[str]:
    found = (STATED.search(raw.media_type.encode()), STATED.search(raw.content[:HEAD_BYTES]))
    names = (match[1].decode("ascii", "replace").lower() for match in found if match)
    return [name for name in names if name.replace("-", "") != "utf8"]

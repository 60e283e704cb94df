"""Which files are passed on: what they are by name must be what they are by content."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_CONTROLS: Final = frozenset(range(32)) - {9, 10, 12, 13}
_READ_AS_TEXT: Final = 65_536


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: what it is called on the wire, and how its content shows it."""

    media_type: str
    fits: Callable[[bytes], bool]


def _begins(*marks: bytes, at: int = 0) -> Callable[[bytes], bool]:
    return lambda content: any(content.startswith(mark, at) for mark in marks)


def _is_webp(content: bytes) -> bool:
    return content[:4] == b"RIFF" and content[8:12] == b"WEBP"


def _is_text(content: bytes) -> bool:
    return not _CONTROLS.intersection(content[:_READ_AS_TEXT]) and b"\x00" not in content


def _office(folder: str) -> Callable[[bytes], bool]:
    """A package of Office Open XML without macros."""

    def fits(content: bytes) -> bool:
        names = _names_in(content)
        has_macros = any(name.endswith("vbaProject.bin") for name in names)
        has_folder = any(name.startswith(folder) for name in names)
        return "[Content_Types].xml" in names and has_folder and not has_macros

    return fits


def _open_document(content: bytes) -> bool:
    """A package whose first entry, never compressed, says that it is an open document."""
    names = _names_in(content)
    has_macros = any(name.startswith(("Basic/", "Scripts/")) for name in names)
    return (
        b"mimetypeapplication/vnd.oasis.opendocument." in content[:120]
        and "content.xml" in names
        and not has_macros
    )


def _names_in(content: bytes) -> frozenset[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            return frozenset(package.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        return frozenset()


_OOXML: Final = "application/vnd.openxmlformats-officedocument"
_ODF: Final = "application/vnd.oasis.opendocument"
_JPEG: Final = FileKind("image/jpeg", _begins(b"\xff\xd8\xff"))

KINDS: Final = {
    "pdf": FileKind("application/pdf", _begins(b"%PDF-")),
    "png": FileKind("image/png", _begins(b"\x89PNG\r\n\x1a\n")),
    "jpg": _JPEG,
    "jpeg": _JPEG,
    "gif": FileKind("image/gif", _begins(b"GIF87a", b"GIF89a")),
    "webp": FileKind("image/webp", _is_webp),
    "docx": FileKind(f"{_OOXML}.wordprocessingml.document", _office("word/")),
    "xlsx": FileKind(f"{_OOXML}.spreadsheetml.sheet", _office("xl/")),
    "pptx": FileKind(f"{_OOXML}.presentationml.presentation", _office("ppt/")),
    "odt": FileKind(f"{_ODF}.text", _open_document),
    "ods": FileKind(f"{_ODF}.spreadsheet", _open_document),
    "odp": FileKind(f"{_ODF}.presentation", _open_document),
    "txt": FileKind("text/plain", _is_text),
    "md": FileKind("text/markdown", _is_text),
    "csv": FileKind("text/csv", _is_text),
    "ics": FileKind("text/calendar", _begins(b"BEGIN:VCALENDAR", b"\xef\xbb\xbfBEGIN:VCALENDAR")),
}

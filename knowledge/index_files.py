"""Guards the index's files: Chroma reads damaged vector files in native code and may crash the process.

Two defences: cut files are seen by their sizes beforehand; and a mark stands in the folder while it is
opened, so that after a crash in there the next start knows.
"""

import os
import struct
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# hnswlib's header: version, offset, most and current elements, bytes an element (Chroma 1.5 writes version 1).
HEADER = struct.Struct("<i4Q")
HEADER_BYTES = 100
VERSION = 1
MARK = "opening"


@contextmanager
def marked(folder: Path) -> Iterator[None]:
    """Keep a mark in the folder for the time of opening; errors take it away, crashes do not."""
    mark = folder / MARK
    mark.write_text(str(os.getpid()))
    try:
        yield
    finally:
        mark.unlink(missing_ok=True)


def crashed_before(folder: Path) -> bool:
    """Tell whether a process died while it opened this folder; one still at it is BlockingIOError."""
    mark = folder / MARK
    if not mark.exists():
        return False
    text = mark.read_text(errors="replace")
    # In a container the next process often has the number of the one that died.
    if text.isdigit() and int(text) != os.getpid() and _is_running(int(text)):
        raise BlockingIOError(f"process {text} is opening it")
    return True


def cut_files(folder: Path) -> list[str]:
    """Name the vector files whose sizes contradict their header."""
    return [name for header in folder.glob("*/header.bin") for name in _cut(header)]


def _cut(header: Path) -> list[str]:
    content = header.read_bytes()
    if len(content) < HEADER_BYTES:
        return [header.name]
    version, _, most, current, element_bytes = HEADER.unpack_from(content)
    if version != VERSION:
        return []
    # A new segment is laid out for the most elements, a written one for those it has.
    count = current or most
    sizes = {
        "data_level0.bin": count * element_bytes,
        "length.bin": count * 4,
        "link_lists.bin": _links_bytes(header.with_name("link_lists.bin"), current),
    }
    return [name for name, size in sizes.items() if _size(header.with_name(name)) != size]


def _links_bytes(file: Path, count: int) -> int:
    """Add up what the lists say of their own lengths; -1 where the file ends too early."""
    content = file.read_bytes() if file.exists() else b""
    place = 0
    for _ in range(count):
        if place + 4 > len(content):
            return -1
        place += 4 + int.from_bytes(content[place : place + 4], "little")
    return place


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else -2


def _is_running(process: int) -> bool:
    if sys.platform == "win32":  # where signal 0 would interrupt the process
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True

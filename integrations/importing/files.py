"""A file as it is, opened for reading: its encoding, its columns, its lines; never the whole of it in memory.

Spreadsheets and CRMs write CSV in many ways, so that nobody is asked for what the file itself can tell.
"""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import BinaryIO, TextIO

from charset_normalizer import from_bytes

from agent.errors import HotlineError
from integrations.tracking_text import one_line

LONGEST_LINE = 32 * 1024
"""In characters; the tracking API takes as many bytes a call."""

JSON_LINES = "JSON lines"
ITEM = "item"
SAMPLE = 64 * 1024
CHUNK = 1024 * 1024
DELIMITERS = ",;\t|"
REPLACED = "\ufffd"

# Longest first: UTF-32's mark begins with UTF-16's.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Of the West's code pages only Windows' own: short texts in it pass for half a dozen others.
_GUESSED = ["cp1252", "cp1251", "cp1253", "shift_jis", "gb18030", "big5", "euc_kr"]
_NO_TEXT = {
    b"PK\x03\x04": "is an Excel workbook or a zip archive; save it as CSV (UTF-8), or unpack it first",
    b"\xd0\xcf\x11\xe0": "is an old Excel workbook; save it as CSV (UTF-8)",
    b"\x1f\x8b": "is gzipped; unpack it first (gunzip)",
    b"PAR1": "is a Parquet file; write it as CSV or JSON lines",
}
# Of all that is not ASCII, a damaged UTF-8 file has this much or less that cannot be read.
_DAMAGED = 0.1


class UnusableFileError(HotlineError):
    """A file that cannot be imported at all; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Record:
    """One line of a file, or several where a quoted cell has line breaks; `trouble` says why it is none.

    `end` is how many bytes of the file have been read by then.
    """

    number: int
    cells: tuple[str, ...]
    end: int
    trouble: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """A file whose columns are known; `delimiter` is empty for JSON lines, which have one column, the item."""

    path: Path
    size: int
    encoding: str
    is_guessed: bool
    is_damaged: bool
    delimiter: str
    columns: tuple[str, ...]
    first_line: int

    def records(self) -> Iterator[Record]:
        """Give what stands below the header, in order; empty lines are passed over."""
        with _opened(self.path, self.encoding) as text:
            lines = _Lines(text)
            for record in self._cells(lines):
                if record.trouble or any(cell.strip() for cell in record.cells):
                    yield self._checked(record)

    def _cells(self, lines: "_Lines") -> Iterator[Record]:
        for _ in range(self.first_line - 1):
            next(lines, None)
        return _rows(lines, self.delimiter) if self.delimiter else _items(lines)

    def _checked(self, record: Record) -> Record:
        if self.is_damaged and any(REPLACED in cell for cell in record.cells):
            trouble = "has bytes that are not UTF-8; save the file anew, or name its --encoding"
            return Record(record.number, record.cells, record.end, trouble)
        return record


def open_source(path: Path, encoding: str = "") -> Source:
    """Look through a file and find out how it is written; raises UnusableFileError."""
    try:
        found = _encoding(path, encoding)
        with _opened(path, found.name) as text:
            return _described(path, found, text)
    except OSError as error:
        because = (error.strerror or str(error)).lower()
        raise UnusableFileError(f"{path} cannot be read ({because}).") from error


def shown(names: tuple[str, ...]) -> str:
    """List names of columns as they may stand on a terminal."""
    return ", ".join(repr(one_line(name)[:60]) for name in names if name.strip())


def _opened(path: Path, encoding: str) -> TextIOWrapper:
    return path.open(encoding=encoding, errors="replace", newline="")


@dataclass(frozen=True, slots=True)
class _Encoding:
    name: str
    is_guessed: bool = False
    is_damaged: bool = False


def _encoding(path: Path, said: str) -> _Encoding:
    with path.open("rb") as file:
        beginning = file.read(SAMPLE)
        if not beginning.strip():
            raise UnusableFileError(f"{path} is empty.")
        for mark, what in _NO_TEXT.items():
            if beginning.startswith(mark):
                raise UnusableFileError(f"{path} {what}.")
        if said:
            return _Encoding(_known(said))
        marked = next((name for mark, name in _MARKS if beginning.startswith(mark)), "")
        if name := marked or _by_zeros(beginning):
            return _Encoding(name)
        file.seek(0)
        return _by_content(file)


def _known(said: str) -> str:
    try:
        return codecs.lookup(said).name
    except LookupError as error:
        raise UnusableFileError(
            f"--encoding: {said!r} is none that is known here; try utf-8, utf-16 or cp1252."
        ) from error


def _by_zeros(beginning: bytes) -> str:
    """Tell UTF-16 without a mark: in every second byte of Western text is a zero."""
    odd, even = beginning[1::2].count(0), beginning[0::2].count(0)
    if max(odd, even) < len(beginning) / 8:
        return ""
    return "utf-16-le" if odd > even else "utf-16-be"


def _by_content(file: BinaryIO) -> _Encoding:
    """Read all of it as UTF-8; where that fails often, guess from where it failed first."""
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    foreign = unreadable = 0
    sample = b""
    while chunk := file.read(CHUNK):
        if chunk.isascii():
            decoder.reset()
            continue
        text = decoder.decode(chunk)
        foreign += len(text) - len(text.encode("ascii", "ignore"))
        if failed := text.count(REPLACED):
            unreadable += failed
            sample = sample or _foreign_lines(chunk)
    if not unreadable:
        return _Encoding("utf-8")
    if unreadable <= foreign * _DAMAGED:
        return _Encoding("utf-8", is_damaged=True)
    best = from_bytes(sample, cp_isolation=_GUESSED).best()
    return _Encoding(best.encoding if best else "cp1252", is_guessed=True)


def _foreign_lines(chunk: bytes) -> bytes:
    return b"\n".join(line for line in chunk.splitlines() if not line.isascii())[:SAMPLE]


def _described(path: Path, found: _Encoding, text: TextIO) -> Source:
    first, number = _first_line(text)
    if not first:
        raise UnusableFileError(f"{path} is empty.")
    if first.lstrip().startswith("["):
        raise UnusableFileError(
            f"{path} is one JSON list; write an object a line, e.g. with jq -c '.[]' {path.name}."
        )
    is_json = first.lstrip().startswith("{")
    told, header = ("", first) if is_json else _told_delimiter(first, text)
    delimiter = "" if is_json else told or _delimiter(header)
    return Source(
        path=path,
        size=path.stat().st_size,
        encoding=found.name,
        is_guessed=found.is_guessed,
        is_damaged=found.is_damaged,
        delimiter=delimiter,
        columns=(ITEM,) if is_json else _split(header, delimiter),
        first_line=number if is_json else number + (2 if told else 1),
    )


def _first_line(text: TextIO) -> tuple[str, int]:
    """Give the first line with something in it, and its number."""
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if line.strip():
            return line.lstrip("\ufeff"), number
    return "", number


def _told_delimiter(first: str, text: TextIO) -> tuple[str, str]:
    """Read the line `sep=;` that Excel knows, where it stands; give the header below it."""
    plain = first.strip().strip('"')
    if plain[:4].lower() == "sep=" and len(plain) == len("sep=,"):
        return plain[-1], text.readline(LONGEST_LINE)
    return "", first


def _delimiter(header: str) -> str:
    """Choose what divides the header into the most columns."""
    return max(DELIMITERS, key=lambda delimiter: len(_split(header, delimiter)))


def _split(header: str, delimiter: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in next(csv.reader([header], delimiter=delimiter), []))


class _Lines:
    """Lines of text, counted; those that are far too long are cut, so that memory stays bounded."""

    def __init__(self, text: TextIO) -> None:
        self._text = text
        self.number = 0
        self.cut = False

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        self.cut = False
        rest = line
        while rest and len(rest) >= LONGEST_LINE and not rest.endswith("\n"):
            self.cut = True
            rest = self._text.readline(LONGEST_LINE)
        return line

    @property
    def end(self) -> int:
        """How many bytes have been read, those read ahead included."""
        return self._text.buffer.tell()


def _items(lines: _Lines) -> Iterator[Record]:
    for line in lines:
        yield Record(lines.number, (line.strip(),), lines.end, _too_long(lines))


def _rows(lines: _Lines, delimiter: str) -> Iterator[Record]:
    """Read rows; a quotation mark that is never closed costs the lines up to the limit, and no more."""
    limit = csv.field_size_limit(LONGEST_LINE)
    try:
        reader = csv.reader(lines, delimiter=delimiter)
        while True:
            number = lines.number + 1
            try:
                cells = tuple(next(reader))
            except StopIteration:
                return
            except csv.Error:
                yield Record(number, (), lines.end, _unclosed(number, lines.number))
                continue
            yield Record(number, cells, lines.end, _too_long(lines))
    finally:
        csv.field_size_limit(limit)


def _too_long(lines: _Lines) -> str:
    return f"is longer than {LONGEST_LINE // 1024} KB" if lines.cut else ""


def _unclosed(first: int, last: int) -> str:
    return (
        f"is longer than {LONGEST_LINE // 1024} KB up to line {last:,}: a quotation mark that opens in line "
        f"{first:,} is never closed"
    )

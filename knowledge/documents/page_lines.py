"""Makes Markdown of lines as they stand on a printed page: paragraphs, lists and tables by their columns."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

CELL = re.compile(r"\S+(?:\s\S+)*")
BULLET = re.compile(r"^\s*(?:[•‣◦▪●○■–*·\x7f\ue000-\uf8ff]|-(?=\s))\s*")
NUMBERED = re.compile(r"^\s*(?:\d{1,2}[.)]|[a-z]\))\s+\S")
HYPHENATED = re.compile(r"[^\W\d_]{2}[-\u00ad]$")
EDGE = 2
"""Lines at the top and at the bottom of a page among which running heads are looked for."""
FEW_PAGES = 3
MOST_PAGES_SHARE = 0.4
FEWEST_ROWS = 2
NEAR = 3
"""Columns of letters by which cells of one column may be apart."""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page with its columns kept by blanks; `level` is its heading's, 0 for text."""

    text: str
    level: int = 0


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of a line between gaps, from column `start` up to `end`."""

    text: str
    start: int
    end: int


def without_furniture(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """Drop running heads, running feet and page numbers: lines that come back on many pages.

    A line in large letters must be the same on each; `Chapter 1` and `Chapter 2` are headings.
    """
    seen = Counter(key for page in pages for key in {_pattern(page[n]) for n in _edges(page)})
    often = max(FEW_PAGES, MOST_PAGES_SHARE * len(pages))
    kept = []
    for page in pages:
        away = {
            n for n in _edges(page) if seen[_pattern(page[n])] >= often or _is_number(page[n].text)
        }
        kept.append([line for n, line in enumerate(page) if n not in away])
    return kept


def blocks_of(lines: Sequence[Line]) -> Iterator[str]:
    """Give the blocks of Markdown that the lines of a page make."""
    position = 0
    while position < len(lines):
        line = lines[position]
        if not line.text.strip():
            position += 1
        elif line.level:
            end = _heading_end(lines, position)
            yield f"{'#' * line.level} {_joined([each.text for each in lines[position:end]])}"
            position = end
        elif (end := _table_end(lines, position)) - position >= FEWEST_ROWS:
            yield _table([each.text for each in lines[position:end]])
            position = end
        else:
            end = _paragraph_end(lines, position)
            yield _paragraph([each.text for each in lines[position:end]])
            position = end


def _edges(page: Sequence[Line]) -> list[int]:
    filled = [number for number, line in enumerate(page) if line.text.strip()]
    return [*filled[:EDGE], *filled[-EDGE:]]


def _pattern(line: Line) -> str:
    text = " ".join(line.text.split())
    return text if line.level else re.sub(r"\d+", "0", text)


def _is_number(text: str) -> bool:
    return bool(
        re.fullmatch(
            r"\s*(?:page|seite|página|pagina|p\.)?\s*\d{1,4}\s*(?:(?:/|of|von|de|van|sur)\s*\d{1,4})?\s*",
            text,
            re.I,
        )
    )


def _heading_end(lines: Sequence[Line], start: int) -> int:
    end = start + 1
    while end < len(lines) and lines[end].level == lines[start].level and lines[end].text.strip():
        end += 1
    return end


def _paragraph_end(lines: Sequence[Line], start: int) -> int:
    end = start + 1
    while end < len(lines):
        text = lines[end].text
        if not text.strip() or lines[end].level or _table_end(lines, end) - end >= FEWEST_ROWS:
            break
        end += 1
    return end


def _paragraph(texts: Sequence[str]) -> str:
    """Join lines to running text; list items stay apart."""
    items: list[list[str]] = [[]]
    for text in texts:
        if (BULLET.match(text) or NUMBERED.match(text)) and items[-1]:
            items.append([])
        items[-1].append(text)
    return "\n".join(BULLET.sub("- ", _joined(item)) for item in items)


def _joined(texts: Sequence[str]) -> str:
    whole = ""
    for text in (" ".join(each.split()) for each in texts):
        if HYPHENATED.search(whole) and text[:1].islower():
            whole = whole[:-1] + text
        else:
            whole = f"{whole} {text}" if whole else text
    return whole


def _cells(text: str) -> list[Cell]:
    return [Cell(match[0], match.start(), match.end()) for match in CELL.finditer(text)]


def _table_end(lines: Sequence[Line], start: int) -> int:
    """Give where a table that begins here ends; `start` where none does. Empty lines between rows are allowed."""
    head = _cells(lines[start].text)
    if len(head) < 2 or BULLET.match(lines[start].text):
        return start
    end, position, empty = start + 1, start + 1, 0
    while position < len(lines) and empty <= NEAR:
        line = lines[position]
        if not line.text.strip():
            empty += 1
        elif (line.level and len(_cells(line.text)) < 2) or not _fits(_cells(line.text), head):
            break
        else:
            empty, end = 0, position + 1
        position += 1
    has_rows = sum(len(_cells(line.text)) > 1 for line in lines[start:end]) >= FEWEST_ROWS
    return end if has_rows else start


def _fits(cells: Sequence[Cell], head: Sequence[Cell]) -> bool:
    """Tell whether a line's cells stand below the head's columns; one alone may be the rest of a wrapped cell."""
    if len(cells) > len(head):
        return False
    places = [_column(cell, head) for cell in cells]
    if len(cells) == 1:
        return places[0] is not None and (places[0] > 0 or cells[0].end < head[1].start)
    return None not in places and len(set(places)) == len(places)


def _column(cell: Cell, head: Sequence[Cell]) -> int | None:
    """Give the column that a cell overlaps most, or stands nearest to."""
    overlaps = [min(cell.end, each.end) - max(cell.start, each.start) for each in head]
    best = max(range(len(head)), key=lambda number: overlaps[number])
    return best if overlaps[best] >= -NEAR else None


def _table(texts: Sequence[str]) -> str:
    """Write a Markdown table; a line without a first cell continues the row above it."""
    head = _cells(next(text for text in texts if text.strip()))
    rows: list[list[str]] = []
    was_empty = False
    for text in texts:
        if not text.strip():
            was_empty = True
            continue
        row = [""] * len(head)
        for cell in _cells(text):
            place = _column(cell, head)
            if place is not None:
                row[place] = f"{row[place]} {cell.text}".strip()
        if rows and not row[0] and not was_empty:
            rows[-1] = [
                f"{above} {below}".strip() for above, below in zip(rows[-1], row, strict=True)
            ]
        else:
            rows.append(row)
        was_empty = False
    ruler = "| " + " | ".join("---" for _ in head) + " |"
    lines = ["| " + " | ".join(cell.replace("|", "/") for cell in row) + " |" for row in rows]
    return "\n".join([lines[0], ruler, *lines[1:]])

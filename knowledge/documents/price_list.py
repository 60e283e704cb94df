"""CSV price lists: each row becomes a line that can be read alone, under the list's title."""

import csv
import io
import re
from collections.abc import Sequence

from knowledge.documents.decoding import decode
from knowledge.documents.document import Document, RawDocument, UnreadableDocumentError
from knowledge.documents.naming import title_of

DELIMITERS = (";", ",", "\t", "|")
MOST_ROWS = 20_000
SAMPLE_ROWS = 50
NUMBER = re.compile(r"^\W{0,3}\d[\d.,'’ \u00a0]*\W{0,3}(?:[A-Z]{3})?$")
COMMENT = ("#", "//")


def read_price_list(raw: RawDocument) -> Document:
    """Read a CSV file as a table; raises UnreadableDocumentError where no columns can be made out."""
    text, note = decode(raw)
    first, *rest = text.split("\n", 1)
    stated = re.fullmatch(r"\ufeff?sep=(.)\s*", first)
    body = rest[0] if stated and rest else text
    rows = _rows(body, stated[1] if stated else _delimiter(body))
    remarks, rows = _remarks(rows)
    if len(rows) < 2:
        raise UnreadableDocumentError("has no row below its column titles")
    title = raw.title or title_of(raw.name)
    cut = (
        f"has {len(rows) - 1:,} rows; the first {MOST_ROWS:,} were read"
        if len(rows) > MOST_ROWS + 1
        else ""
    )
    table = _table(_with_headers(rows[: MOST_ROWS + 1]))
    parts = [f"# {title}", *remarks, table]
    return Document(title, "\n\n".join(parts), raw.url).noting(note, cut)


def _delimiter(text: str) -> str:
    """Give the sign that cuts most rows into the same number of two or more cells."""
    sample = "\n".join(text.split("\n")[:SAMPLE_ROWS])

    def fitness(delimiter: str) -> tuple[int, int]:
        counts = [len(row) for row in _rows(sample, delimiter)]
        usual = max(set(counts), key=counts.count, default=0)
        return (counts.count(usual) if usual > 1 else 0, usual)

    best = max(DELIMITERS, key=fitness)
    if not fitness(best)[0]:
        raise UnreadableDocumentError("has no columns; separate them by commas or semicolons")
    return best


def _rows(text: str, delimiter: str) -> list[list[str]]:
    try:
        read = list(csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True))
    except csv.Error as error:
        raise UnreadableDocumentError(f"is damaged as CSV: {error}") from error
    return [
        [" ".join(cell.split()) for cell in row]
        for row in read
        if any(cell.strip() for cell in row)
    ]


def _remarks(rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """Part what is said above, below and between the rows from the rows themselves."""
    width = max((len(row) for row in rows), default=0)
    is_remark = [
        (sum(map(bool, row)) == 1 and width > 1) or row[0].startswith(COMMENT) for row in rows
    ]
    remarks = [
        " ".join(filter(None, row)).lstrip("#/ ")
        for row, said in zip(rows, is_remark, strict=True)
        if said
    ]
    return remarks, [row for row, said in zip(rows, is_remark, strict=True) if not said]


def _with_headers(rows: list[list[str]]) -> list[list[str]]:
    """Give empty column titles where the first row has figures already."""
    width = max(map(len, rows))
    filled = [row + [""] * (width - len(row)) for row in rows]
    has_headers = not any(NUMBER.match(cell) for cell in filled[0])
    return filled if has_headers else [[""] * width, *filled]


def _table(rows: Sequence[Sequence[str]]) -> str:
    lines = [
        "| " + " | ".join(cell.replace("|", "/").replace("\\", "\\\\") for cell in row) + " |"
        for row in rows
    ]
    ruler = "|" + " --- |" * len(rows[0])
    return "\n".join([lines[0], ruler, *lines[1:]])

"""Which column of a file is which of our fields: by the names that CRMs and spreadsheets use, or as somebody says."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from integrations.importing.files import UnusableFileError, shown
from integrations.tracking_text import one_line

IGNORED = "ignore"
OURS = ("hotline_line", "hotline_reason")
"""What a file of rejected lines has in addition, so that it can be mended and imported as it is."""

# What people and programs write where nothing is known.
_NOTHING = frozenset(
    (
        *("", "-", "--", "\u2014", "n/a", "na", "#n/a", "null", "(null)", "\\n", "none", "(none)"),
        *("nan", "undefined", "unknown", "(no value)", "(not set)", "[not provided]"),
    )
)
_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Fields:
    """The fields of a kind of file, each with the names of columns that mean it: the likeliest first, in plain letters.

    `prefixes` begin further fields that anybody may name, such as `properties.`.
    """

    names: Mapping[str, str]
    prefixes: tuple[str, ...] = ()

    def is_known(self, field: str) -> bool:
        """Tell whether a column may be mapped to this."""
        return field in self.names or self.is_open(field)

    def is_open(self, field: str) -> bool:
        """Tell whether this is a field that is named by whoever wrote the file."""
        return any(field.startswith(prefix) and field != prefix for prefix in self.prefixes)


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns of a file by their positions: which fills which field, and which fills none."""

    names: tuple[str, ...]
    of_field: Mapping[str, int]
    unused: tuple[int, ...]

    def has(self, *fields: str) -> bool:
        """Tell whether a column fills any of these."""
        return any(field in self.of_field for field in fields)

    def cell(self, cells: Sequence[str], field: str) -> str:
        """Give what a line says in a field, as one line; nothing where it says nothing."""
        at = self.of_field.get(field)
        return something(cells[at]) if at is not None and at < len(cells) else ""

    def read_as(self) -> list[tuple[str, str]]:
        """Give each column that is used with the field it fills, in the order of the file."""
        return [(one_line(self.names[at]), f) for f, at in sorted(self.of_field.items(), key=_at)]

    def left_out(self) -> list[str]:
        """Name the columns that fill no field."""
        return [one_line(self.names[at]) for at in self.unused]


def something(cell: str) -> str:
    """Give a cell as one line; nothing for what only stands for nothing."""
    # Most cells are plain, and there are millions of them.
    text = (
        cell if cell.isascii() and cell.isprintable() and cell == cell.strip() else one_line(cell)
    )
    return "" if text.lower() in _NOTHING else text


def map_columns(names: Sequence[str], fields: Fields, said: Iterable[str] = ()) -> Columns:
    """Find out what each column is; `said` are texts `COLUMN=FIELD`, which rule. Raises UnusableFileError."""
    field_at = _as_said(names, fields, said)
    of_field = {field: at for at, field in field_at.items() if field != IGNORED}
    for at, name in enumerate(names):
        if at not in field_at and fields.is_open(name) and name not in of_field:
            of_field[name] = at
    taken = {*field_at, *of_field.values()}
    plain = {at: _plain(name) for at, name in enumerate(names) if at not in taken}
    for field, aliases in fields.names.items():
        if field not in of_field and (found := _found(aliases.split(), plain)) is not None:
            of_field[field] = found
            del plain[found]
    unused = tuple(at for at in plain if names[at].strip() and names[at] not in OURS)
    return Columns(tuple(names), of_field, unused)


def _as_said(names: Sequence[str], fields: Fields, said: Iterable[str]) -> dict[int, str]:
    field_at: dict[int, str] = {}
    for each in said:
        column, _, field = (part.strip() for part in each.rpartition("="))
        if not column or not field:
            raise UnusableFileError(f"--map: write COLUMN=FIELD instead of {one_line(each)!r}.")
        if field != IGNORED and not fields.is_known(field):
            known = ", ".join((*fields.names, *(f"{p}NAME" for p in fields.prefixes), IGNORED))
            raise UnusableFileError(f"--map: {one_line(field)!r} is no field; there are {known}.")
        if field != IGNORED and field in field_at.values():
            raise UnusableFileError(
                f"--map: {one_line(field)!r} is mapped twice; choose one column."
            )
        field_at[_position(names, column)] = field
    return field_at


def _position(names: Sequence[str], column: str) -> int:
    if column in names:
        return names.index(column)
    plain = [_plain(name) for name in names]
    if (wanted := _plain(column)) and plain.count(wanted) == 1:
        return plain.index(wanted)
    raise UnusableFileError(
        f"--map: the file has no column {one_line(column)!r}; it has {shown(tuple(names))}."
    )


def _found(aliases: Iterable[str], plain: Mapping[int, str]) -> int | None:
    return next((at for alias in aliases for at, name in plain.items() if name == alias), None)


def _plain(name: str) -> str:
    """Write a name as names are compared: `E-Mail Address` and `email_address` are one."""
    return _LETTERS.sub("", unicodedata.normalize("NFKC", name).casefold())


def _at(filled: tuple[str, int]) -> int:
    return filled[1]

"""Instants as documents state them; a bare date is taken as UTC, anything odd as unknown."""

import re
from datetime import UTC, date, datetime, time
from email.utils import parsedate_to_datetime

HEAD_CHARACTERS = 1_500
FOOT_CHARACTERS = 600
SAID = re.compile(
    r"\b(?:last (?:updated|changed|modified|revised|reviewed)|updated(?: on)?|effective(?: from| as of)?|valid (?:from|since)"
    r"|prices? (?:valid )?(?:from|as of)|as of|version of|published(?: on)?|revised|version(?: \d[\d.]*)?|edition|issued(?: on)?|ausgabe|fassung(?: vom)?|edici[oó]n|édition|edição|versie"
    r"|stand|gültig (?:ab|seit)|zuletzt (?:geändert|aktualisiert)(?: am)?|aktualisiert(?: am)?"
    r"|(?:última )?actualizaci[oó]n|actualizado(?: el)?|v[aá]lido desde|vigente desde|en vigor desde"
    r"|mis à jour(?: le)?|(?:dernière )?mise à jour(?: le)?|valable (?:à partir du|depuis)|en vigueur (?:depuis|au)"
    r"|(?:última )?atualiza[cç][aã]o|atualizado em|v[aá]lido a partir de|laatst (?:bijgewerkt|gewijzigd)(?: op)?|bijgewerkt op|geldig vanaf)"
    r"\W{1,5}(?P<date>[^\n|]{4,40})",
    re.IGNORECASE,
)
ISO = re.compile(r"\b20\d\d-\d\d(?:-\d\d)?\b")
WRITTEN = re.compile(
    r"(?:\d{1,2}(?:st|nd|rd|th|\.|er)?\s+(?:de\s+)?[^\W\d_]{3,10}\.?,?\s+(?:de\s+)?20\d\d|[^\W\d_]{3,10}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+20\d\d"
    r"|\d{1,2}[./-]\d{1,2}[./-]20\d\d|[^\W\d_]{3,10}\.?\s+20\d\d)",
)


def date_said_in(text: str) -> datetime | None:
    """Find what a text says of its own last change near its beginning or end, as in `Last updated: 3 May 2026`."""
    parts = text[:HEAD_CHARACTERS], text[HEAD_CHARACTERS:][-FOOT_CHARACTERS:]
    for match in (match for part in parts for match in SAID.finditer(part)):
        stated = match["date"].replace("*", "").replace("_", "")
        if iso := ISO.match(stated):
            return instant(iso[0] if len(iso[0]) > 7 else f"{iso[0]}-01")
        if (written := WRITTEN.match(stated)) and (found := _parsed(written[0])):
            return found
    return None


def _parsed(written: str) -> datetime | None:
    import dateparser

    order = "MDY" if re.match(r"\d+/", written) else "DMY"
    settings = {
        "TIMEZONE": "UTC",
        "RETURN_AS_TIMEZONE_AWARE": True,
        "PREFER_DAY_OF_MONTH": "first",
        "DATE_ORDER": order,
    }
    languages = ["en", "de", "es", "fr", "pt", "nl"]
    return instant(dateparser.parse(written, languages=languages, settings=settings))


def instant(value: object) -> datetime | None:
    """Read a date, an instant, or either in ISO form or as HTTP writes it."""
    if isinstance(value, str):
        value = _from_text(value.strip())
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    return datetime.combine(value, time(), UTC) if isinstance(value, date) else None


def _from_text(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None

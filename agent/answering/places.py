"""Countries by their names and by their chief cities, in the languages spoken here, from CLDR."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache

from babel import Locale
from babel.core import get_global

LANGUAGES = ("en", "de", "es", "fr", "pt", "nl")
SIZE = re.compile(r"\b\d+(?:\s*[x×*]\s*\d+){1,2}\b")
SHORTEST_NAME = 4
SHORT_NAMES = {"gb": "uk", "usa": "usa"}
STATES = re.compile(
    r"\b(?:(?P<gb>(?i:united kingdom|great britain))|(?P<usa>(?i:united states(?: of america)?)|US|U\.S\.(?:A\.)?))(?!\w)"
)
USUAL_NAMES = {
    "uk": "GB", "britain": "GB", "england": "GB", "scotland": "GB", "wales": "GB", "usa": "US", "america": "US", "holland": "NL",
}  # fmt: skip
"""Names that people use and CLDR does not have."""
COUNTRY = re.compile(r"[A-Z]{2}")


def plain(text: str) -> str:
    """Give a text in lower case and without accents; sizes are written as one word (`200x150`)."""
    bare = STATES.sub(lambda found: SHORT_NAMES[found.lastgroup or ""], text).lower()
    if not bare.isascii():
        parts = unicodedata.normalize("NFKD", bare.replace("ß", "ss"))
        bare = "".join(letter for letter in parts if not unicodedata.combining(letter))
    return SIZE.sub(lambda found: re.sub(r"\s*[x×*]\s*", "x", found[0]), bare)


def country_of(word: str) -> str:
    """Give the code of the country that a plain word names, or whose chief city it is; else nothing."""
    return USUAL_NAMES.get(word) or _countries().get(word, "")


@cache
def _countries() -> Mapping[str, str]:
    found: dict[str, str] = {}
    territories: Mapping[str, str] = get_global("zone_territories")
    for language in LANGUAGES:
        locale = Locale(language)
        for zone, code in territories.items():
            city = locale.time_zones.get(zone, {}).get("city") or zone.rpartition("/")[2]
            found.setdefault(plain(str(city)), code)
        found |= {
            plain(str(name)): code
            for code, name in locale.territories.items()
            if COUNTRY.fullmatch(code)
        }
    return {
        name: code for name, code in found.items() if len(name) >= SHORTEST_NAME and name.isalpha()
    }

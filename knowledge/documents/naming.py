"""Titles for documents that have none of their own."""

import re
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit


def title_of(name: str) -> str:
    """Make a title of a path or an address: `docs/our-prices.md` is `Our prices`."""
    path = urlsplit(name).path if re.match(r"https?://", name) else name
    stem = unquote(PurePosixPath(path.rstrip("/")).stem) or (urlsplit(name).hostname or name)
    return re.sub(r"[-_\s]+", " ", stem).strip().capitalize()

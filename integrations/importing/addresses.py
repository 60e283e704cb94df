"""Mail addresses and web addresses as they stand in files of people."""

import re
from email.utils import parseaddr
from urllib.parse import urlsplit

from agent.profile import is_email, normal_email

_SEVERAL = re.compile(r"[;,]")


def address_in(cell: str) -> str:
    """Give the mail address in `Dana Weiss <dana@nordlift.example>` or alone, as it is compared; else nothing."""
    written = parseaddr(cell)[1] if "<" in cell else cell.strip().removeprefix("mailto:")
    address = normal_email(written)
    return address if is_email(address) else ""


def addresses_in(cell: str) -> tuple[str, ...]:
    """Give all mail addresses of a cell that lists several."""
    return tuple(filter(None, map(address_in, _SEVERAL.split(cell)))) if "<" not in cell else ()


def domain_in(cell: str) -> str:
    """Give the domain of a web address (`https://www.nordlift.example/en` and `nordlift.example` alike)."""
    try:
        host = urlsplit(cell if "//" in cell else f"//{cell}").hostname or ""
    except ValueError:
        return ""
    host = host.lower().removeprefix("www.").rstrip(".")
    return host if "." in host and not re.search(r"\s", host) else ""

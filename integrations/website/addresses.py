"""Addresses of one site: what belongs to it, in one spelling each, and none inside our own network."""

import asyncio
import ipaddress
import re
import socket
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from agent.errors import HotlineError

TRACKERS = re.compile(
    r"^(?:utm_\w+|gclid|fbclid|msclkid|mc_[ce]id|_ga|_hs\w+|ref|session_?id|sid|phpsessid)$",
    re.IGNORECASE,
)
NOT_PAGES = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|css|js|mjs|json|xml|rss|atom|zip|gz|tar|7z|rar|exe|dmg|mp[34]|m4[av]|mov|avi|webm"
    r"|wav|woff2?|ttf|eot|ics|vcf|xlsx?|pptx?)$",
    re.IGNORECASE,
)
PORTS = {"http": 80, "https": 443}
LONGEST = 2_000


class AddressRefusedError(HotlineError):
    """An address must not be fetched: not of the web, or inside our own network."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What belongs to the site that was named: its host, with or without `www.`, at and below the path."""

    host: str
    path: str = "/"

    @classmethod
    def of(cls, address: str) -> "Scope":
        """Give the scope of an address that a person named."""
        parts = urlsplit(address)
        return cls(_bare(parts.hostname or ""), parts.path or "/")

    def holds(self, address: str) -> bool:
        """Tell whether an address belongs to the site."""
        parts = urlsplit(address)
        below = self.path if self.path.endswith("/") else f"{self.path}/"
        is_below = parts.path == self.path or (parts.path or "/").startswith(below)
        return parts.scheme in PORTS and _bare(parts.hostname or "") == self.host and is_below

    def holds_host(self, address: str) -> bool:
        """Tell whether an address has the site's host, wherever below it."""
        parts = urlsplit(address)
        return parts.scheme in PORTS and _bare(parts.hostname or "") == self.host


def plain_address(address: str, base: str = "") -> str:
    """Give an address in the one spelling we know it by; empty for what is no address of a page."""
    try:
        parts = urlsplit(urljoin(base, address.strip()))
        port = parts.port
    except ValueError:
        return ""
    if parts.scheme not in PORTS or not parts.hostname or parts.username or len(address) > LONGEST:
        return ""
    named = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    host = named if port in (None, PORTS[parts.scheme]) else f"{named}:{port}"
    pairs = [
        pair
        for pair in parse_qsl(parts.query, keep_blank_values=True)
        if not TRACKERS.match(pair[0])
    ]
    return urlunsplit((parts.scheme, host, parts.path or "/", urlencode(pairs), ""))


def may_be_page(address: str) -> bool:
    """Tell a page or document from a picture, a script or a download."""
    return not NOT_PAGES.search(urlsplit(address).path)


async def public_ip(host: str, port: int, *, may_be_private: bool) -> str:
    """Resolve a host to the address to connect to; raises AddressRefusedError for one inside our own network.

    One of our own network is allowed where the named site itself is in there; one of the link never is.
    """
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise AddressRefusedError(f"The host {host} is not known.") from error
    addresses = [str(each[4][0]) for each in found]
    if any(_is_link_local(each) or (is_private(each) and not may_be_private) for each in addresses):
        raise AddressRefusedError(
            f"{host} is an address inside our own network, which a public page must not lead to."
        )
    return addresses[0]


def is_private(address: str) -> bool:
    """Tell an IP address that is not of the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    return not ip.is_global or ip.is_multicast or (mapped is not None and is_private(str(mapped)))


def _is_link_local(address: str) -> bool:
    """Tell an address of the machine's own link, where clouds keep their secrets: never a web site."""
    return ipaddress.ip_address(address.partition("%")[0]).is_link_local


def _bare(host: str) -> str:
    return host.lower().removeprefix("www.")

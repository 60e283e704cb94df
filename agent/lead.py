"""Who is writing: the visitor as they present themselves, and the lead we know."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NewType, Self

LeadId = NewType("LeadId", str)
ANONYMOUS_ID, USER_ID, EMAIL = "anonymous_id", "user_id", "email"


@dataclass(frozen=True, slots=True, order=True)
class Identity:
    """One name somebody goes by: a browser's anonymous id, a user id of the web site, an email address."""

    kind: str
    value: str

    def __str__(self) -> str:
        """Write it as `user_id:u-1`."""
        return f"{self.kind}:{self.value}"

    @classmethod
    def read(cls, written: str) -> Self:
        """Read what `str` wrote."""
        kind, _, value = written.partition(":")
        return cls(kind, value)


@dataclass(frozen=True, slots=True)
class Company:
    """An organisation, as far as records tell; `employees` is a head count."""

    name: str = ""
    domain: str = ""
    industry: str = ""
    employees: int | None = None
    country: str = ""
    city: str = ""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who somebody says they are; `is_proven` only after a valid hash or token."""

    anonymous_id: str
    user_id: str | None = None
    email: str | None = None
    name: str | None = None
    traits: Mapping[str, str] = field(default_factory=dict)
    is_proven: bool = False


@dataclass(frozen=True, slots=True)
class Lead:
    """What our records hold of one person."""

    id: LeadId
    name: str = ""
    email: str = ""
    phone: str = ""
    title: str = ""
    role: str = ""
    company: Company = field(default_factory=Company)
    time_zone: str = ""
    owner: str = ""
    identities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

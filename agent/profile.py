"""What reports tell of a person and their company, in the fields of a lead."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from agent.free_mail import FREE_MAIL_DOMAINS
from agent.lead import Company, Lead

GROUP = "group"
"""The field that says which group (company) somebody belongs to, by the id that their system gives it."""

_LONGEST = 300
_PERSON = {
    "email": ("email",),
    "name": ("name",),
    "first_name": ("firstName", "first_name", "firstname"),
    "last_name": ("lastName", "last_name", "lastname"),
    "phone": ("phone", "phone_number", "phoneNumber"),
    "title": ("title", "job_title", "jobTitle", "jobtitle"),
    "time_zone": ("timezone", "time_zone"),
}
_COMPANY = {
    "name": ("name",),
    "domain": ("domain", "website", "url"),
    "industry": ("industry",),
    "employees": ("employees", "employee_count", "employeeCount", "size"),
    "country": ("country", "address.country"),
    "city": ("city", "address.city"),
}
_PERSONAL = ("name", "email", "phone", "title", "role", "time_zone", "owner")
# The form of https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address, with a dot in the domain.
_ADDRESS = re.compile(
    r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[^\W_](?:[\w-]{0,61}[^\W_])?(?:\.[^\W_](?:[\w-]{0,61}[^\W_])?)+"
)


@dataclass(frozen=True, slots=True)
class Trait:
    """One field of a lead as somebody told it; `told_by` is the identity, group or record it was told of."""

    told_by: str
    name: str
    value: str
    at: datetime


def normal_email(email: str) -> str:
    """Write an email address the way it is compared."""
    return email.strip().lower()


def is_email(address: str) -> bool:
    """Tell whether this has the form of an address; nobody is asked whether it exists."""
    return len(address) <= 254 and _ADDRESS.fullmatch(address) is not None


def traits_of_person(traits: Mapping[str, str]) -> dict[str, str]:
    """Read the traits of `identify`: the fields that say something, `company.` before the company's."""
    person = {field: _first(traits, names) for field, names in _PERSON.items()}
    whole = " ".join(filter(None, (person.pop("first_name"), person.pop("last_name"))))
    person["name"] = person["name"] or whole
    person["email"] = person["email"] if is_email(normal_email(person["email"])) else ""
    within = {
        name[len("company.") :]: text for name, text in traits.items() if name[:8] == "company."
    }
    company = traits_of_company({"name": traits.get("company", ""), **within})
    return {name: text for name, text in person.items() if text} | company


def traits_of_company(traits: Mapping[str, str]) -> dict[str, str]:
    """Read the traits of `group`, or what `identify` says of a company."""
    found = {f"company.{field}": _first(traits, names) for field, names in _COMPANY.items()}
    found["company.domain"] = _domain(found["company.domain"])
    found["company.employees"] = _whole(found["company.employees"])
    return {name: text for name, text in found.items() if text}


def traits_of_lead(lead: Lead) -> dict[str, str]:
    """Read what a record says of a lead."""
    company = {f"company.{name}": str(getattr(lead.company, name) or "") for name in _COMPANY}
    person = {name: getattr(lead, name) for name in _PERSONAL}
    return {name: text for name, text in (person | company).items() if text}


def filled(lead: Lead, traits: Iterable[Trait], free_mail: Collection[str] = ()) -> Lead:
    """Fill a lead from all that was told of it: of each field the newest that says something.

    Where nothing names the company's domain, the mail address does, unless anybody can have one there.
    """
    newest: dict[str, str] = {}
    for trait in sorted(traits, key=lambda trait: (trait.at, trait.told_by, trait.value)):
        newest[trait.name] = trait.value or newest.get(trait.name, "")
    email = newest.get("email", "")
    company = _company(newest)
    domain = company.domain or company_domain(email, free_mail)
    return replace(
        lead,
        name=newest.get("name", ""),
        email=email,
        phone=newest.get("phone", ""),
        title=newest.get("title", ""),
        role=newest.get("role", ""),
        time_zone=newest.get("time_zone", ""),
        owner=newest.get("owner", ""),
        company=replace(company, domain=domain),
    )


def company_domain(email: str, free_mail: Collection[str] = ()) -> str:
    """Give the domain of a company's own mail; empty for a public provider's."""
    domain = normal_email(email).rpartition("@")[2]
    return "" if domain in FREE_MAIL_DOMAINS or domain in free_mail else domain


def company_key(company: Company, group: str) -> str:
    """Say by what colleagues know each other: the company's domain, else the group; empty when neither is known."""
    return company.domain.lower() or (f"group:{group}" if group else "")


def _company(newest: Mapping[str, str]) -> Company:
    told = {name: newest.get(f"company.{name}", "") for name in _COMPANY}
    employees = int(told.pop("employees") or 0) or None
    return Company(**told, employees=employees)


def _first(traits: Mapping[str, str], names: Iterable[str]) -> str:
    return next((text for name in names if (text := traits.get(name, "").strip()[:_LONGEST])), "")


def _domain(text: str) -> str:
    address = text.strip().lower()
    try:
        host = urlsplit(address if "//" in address else f"//{address}").netloc
    except ValueError:
        return ""
    return host.rpartition("@")[2].partition(":")[0].removeprefix("www.").rstrip(".")


def _whole(text: str) -> str:
    """Read a head count such as `420`, `1,200` or `11-50` (the lower end); empty when it is none."""
    found = re.match(r"\d{1,3}(?:[,. ]\d{3})+|\d{1,8}", text.strip())
    return (
        str(int(re.sub(r"\D", "", found[0]))) if found and int(re.sub(r"\D", "", found[0])) else ""
    )

"""A line of a CRM's export as a lead; HubSpot's and Salesforce's names of columns are known."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from zoneinfo import available_timezones

from holidays.registry import COUNTRIES

from agent.lead import EMAIL, USER_ID, Company, Lead, LeadId
from agent.playbook import Playbook
from integrations.importing.addresses import address_in, addresses_in, domain_in
from integrations.importing.columns import Columns, Fields, map_columns
from integrations.importing.files import Record, Source, UnusableFileError, shown
from integrations.importing.lines import UnusableLineError

LONGEST = 300

LEAD_FIELDS = Fields(
    {
        "email": "email emailaddress workemail primaryemail personemail mail",
        "additional_emails": "additionalemailaddresses additionalemails secondaryemail",
        "user_id": "userid externalid customerid",
        "first_name": "firstname givenname vorname",
        "last_name": "lastname surname familyname nachname",
        "name": "fullname name contactname leadname contact",
        "phone": "phone phonenumber businessphone workphone mobilephonenumber mobile mobilephone telefon",
        "title": "jobtitle title position",
        "role": "role buyingrole contactrole",
        "owner": "contactowner leadowner owner ownerid hubspotowner accountowner assignedto rep",
        "time_zone": "timezone",
        "company": "companyname company companyaccount associatedcompany primaryassociatedcompany accountname account "
        "organization organisation firma",
        "domain": "companydomainname companydomain domain website websiteurl companywebsite webaddress",
        "industry": "industry companyindustry branche",
        "employees": "numberofemployees employees noofemployees employeecount companysize headcount",
        "country": "countryregioncode countrycode countryregion country mailingcountry billingcountry "
        "companycountry land",
        "city": "city mailingcity billingcity companycity stadt",
    }
)

# A buying role as HubSpot and Salesforce call it: the role as playbooks do.
_ROLES = {
    **dict.fromkeys(
        ("decision_maker", "economic_buyer", "executive_sponsor", "budget_holder"), "decision_maker"
    ),
    **dict.fromkeys(
        ("champion", "influencer", "evaluator", "technical_buyer"), "strong_influencer"
    ),
    "business_user": "end_user",
}
_COUNT = re.compile(r"\d{1,3}(?:[,. \u00a0']\d{3})+|\d{1,8}")
_ENUMERATION = re.compile(r"[A-Z]+(?:_[A-Z]+)*")
_CODE = 2


@dataclass(frozen=True, slots=True)
class LeadReader:
    """Reads lines as leads; `owners` gives a rep's id by all that a CRM may call them, `roles` are the playbook's."""

    columns: Columns
    owners: Mapping[str, str]
    roles: frozenset[str] = frozenset()

    def read(self, record: Record) -> Lead:
        """Read one line; raises UnusableLineError."""
        email, user_id = self._email(record.cells), self._cell(record.cells, "user_id")
        if not email and not user_id:
            raise UnusableLineError(
                "has neither an email nor a user id: nobody could be recognised by it"
            )
        emails = dict.fromkeys(filter(None, (email, *self._more_emails(record.cells))))
        identities = {EMAIL: tuple(emails), USER_ID: (user_id,) if user_id else ()}
        return Lead(
            id=_record_id(email, user_id),
            name=self._name(record.cells),
            email=email,
            phone=self._cell(record.cells, "phone"),
            title=self._cell(record.cells, "title"),
            role=self._role(record.cells),
            company=self._company(record.cells),
            time_zone=_time_zone(self._cell(record.cells, "time_zone")),
            owner=self._owner(record.cells),
            identities={kind: values for kind, values in identities.items() if values},
        )

    def _cell(self, cells: Sequence[str], field: str) -> str:
        return self.columns.cell(cells, field)[:LONGEST]

    def _email(self, cells: Sequence[str]) -> str:
        written = self._cell(cells, "email")
        several = addresses_in(written)
        address = several[0] if several else address_in(written)
        if written and not address:
            raise UnusableLineError("has an email that is no address")
        return address

    def _more_emails(self, cells: Sequence[str]) -> tuple[str, ...]:
        listed = (self._cell(cells, field) for field in ("email", "additional_emails"))
        return tuple(address for cell in listed for address in addresses_in(cell))

    def _name(self, cells: Sequence[str]) -> str:
        parts = (self._cell(cells, "first_name"), self._cell(cells, "last_name"))
        return " ".join(filter(None, parts)) or self._cell(cells, "name")

    def _company(self, cells: Sequence[str]) -> Company:
        return Company(
            name=self._cell(cells, "company"),
            domain=domain_in(self._cell(cells, "domain")),
            industry=_spelled(self._cell(cells, "industry")),
            employees=_count(self._cell(cells, "employees")),
            country=_country(self._cell(cells, "country")),
            city=self._cell(cells, "city"),
        )

    def _role(self, cells: Sequence[str]) -> str:
        plain = re.sub(r"[\W_]+", "_", self._cell(cells, "role").casefold()).strip("_")
        role = _ROLES.get(plain, plain)
        return role if role in self.roles else ""

    def _owner(self, cells: Sequence[str]) -> str:
        written = self._cell(cells, "owner")
        return self.owners.get(written.casefold(), "")


def lead_reader(source: Source, said: Iterable[str], playbook: Playbook) -> LeadReader:
    """See that the columns say who somebody is; raises UnusableFileError."""
    if not source.delimiter:
        raise UnusableFileError(
            f"{source.path} has JSON lines; leads are imported from CSV. (As calls of identify: hotline import events.)"
        )
    columns = map_columns(source.columns, LEAD_FIELDS, said)
    if not columns.has("email", "user_id"):
        raise UnusableFileError(
            f"No column has the emails; the columns are {shown(source.columns)}. Name it: --map COLUMN=email."
        )
    return LeadReader(columns, _owners(playbook), frozenset(playbook.scoring.fit.roles))


def _owners(playbook: Playbook) -> Mapping[str, str]:
    """Name each rep in all the ways a CRM may; a name that two reps have names none."""
    of_name: dict[str, set[str]] = {}
    for rep in playbook.reps:
        for name in filter(None, (rep.id, rep.name, rep.email)):
            of_name.setdefault(name.casefold(), set()).add(rep.id)
    return {name: ids.pop() for name, ids in of_name.items() if len(ids) == 1}


def _record_id(email: str, user_id: str) -> LeadId:
    """Give the same person's record the same id each time it is imported."""
    key = f"email:{email}" if email else f"user_id:{user_id}"
    return LeadId(f"l-record{hashlib.sha256(key.encode()).hexdigest()[:24]}")


def _time_zone(written: str) -> str:
    """Read a zone as the tz database calls it; HubSpot writes `us_slash_eastern`."""
    return _zones().get(written.replace("_slash_", "/").casefold(), "") if written else ""


@cache
def _zones() -> Mapping[str, str]:
    return {zone.casefold(): zone for zone in available_timezones()}


def _spelled(written: str) -> str:
    """Write `COMPUTER_SOFTWARE`, as HubSpot's lists have it, as people do; short ones may be initials."""
    is_listed = _ENUMERATION.fullmatch(written) and ("_" in written or len(written) > len("SAAS"))
    return written.replace("_", " ").capitalize() if is_listed else written


def _count(written: str) -> int | None:
    """Read a head count such as `240`, `1,200`, `11-50` or `10,000+`; of a range the lower end."""
    found = _COUNT.search(written)
    return int(re.sub(r"\D", "", found[0])) if found else None


def _country(written: str) -> str:
    """Give a country's two letters for its English name or three letters; anything else as it is written."""
    known = _codes().get(re.sub(r"[\W_]+", "", written).casefold())
    return known or (written.upper() if len(written) == _CODE else written)


@cache
def _codes() -> Mapping[str, str]:
    return {
        name.replace("_", "").casefold(): code
        for key, (_, code, *others) in COUNTRIES.items()
        for name in (key, *others)
    }

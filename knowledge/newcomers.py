"""Browsers that prove nothing: whose they are, and a lead for those that nobody has heard of.

Most openings are theirs, and they change nothing about who is who, so that it need not be worked out anew.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import String, and_, bindparam, or_, select

from agent.lead import Identity, Lead, LeadId
from agent.scoring import Temperature
from knowledge.identity_tables import IdentityRow, LinkRow
from knowledge.owners import owner_of
from knowledge.prepared import Changes, Prepared, insertion
from knowledge.settling import lead_columns
from knowledge.tables import LeadRow

_KIND, _VALUE = bindparam("kind", type_=String()), bindparam("value", type_=String())
_MENTIONED = Prepared(
    select(LinkRow.one_value)
    .where(
        or_(
            and_(LinkRow.one_kind == _KIND, LinkRow.one_value == _VALUE),
            and_(LinkRow.other_kind == _KIND, LinkRow.other_value == _VALUE),
        )
    )
    .limit(1),
    str,
)
_BEGAN_AS = Prepared(
    select(LeadRow.id).where(LeadRow.home == bindparam("home", type_=String())).limit(1), LeadId
)
_OF_LEAD = tuple(field.name for field in fields(Lead) if field.name != "identities")
_ADD_LEAD = insertion(
    LeadRow, *_OF_LEAD, "created_at", "home", "company_key", "score_total", "temperature"
)
_NAME = insertion(IdentityRow, "kind", "value", "lead_id")


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Those who come by a browser alone, or by nothing."""

    now: datetime
    new_id: Callable[[str], str]

    def lead_of(
        self, rows: Changes, browser: Identity | None, known: LeadId | None
    ) -> LeadId | None:
        """Give the lead of a browser, which was `known` a moment ago; a new one, if nobody ever heard of it.

        None, with nothing done, where that does not hold, or where it must be worked out who it is.
        """
        if browser is None:
            return self._new(rows, None)
        if (owner := owner_of(rows, browser)) != known:
            return None
        if owner is None and not _is_heard_of(rows, browser):
            owner = self._new(rows, browser)
            rows.run(_NAME, kind=browser.kind, value=browser.value, lead_id=owner)
        return owner

    def _new(self, rows: Changes, home: Identity | None) -> LeadId:
        lead = Lead(LeadId(self.new_id("l")))
        columns = lead_columns(lead, self.now, str(home) if home else "")
        scored = {"company_key": "", "score_total": 0, "temperature": Temperature.COLD}
        rows.run(_ADD_LEAD, **columns, **scored)
        return lead.id


def _is_heard_of(rows: Changes, browser: Identity) -> bool:
    """Tell whether a report mentioned it before it was met, or a lead began as it."""
    is_mentioned = rows.first(_MENTIONED, kind=browser.kind, value=browser.value) is not None
    return is_mentioned or rows.first(_BEGAN_AS, home=str(browser)) is not None

"""How conversations begin: whose they are, and what the widget had said before."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import String, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from agent.clock import Clock
from agent.conversation import Author, Conversation, ConversationId, Holder, MessageSource
from agent.lead import ANONYMOUS_ID, Identity, LeadId, Visitor
from agent.turn import Opening
from knowledge.database import Database
from knowledge.identities import Identities, bind, came_by, find_claimed, proven
from knowledge.ledger import Ledger, opened
from knowledge.newcomers import Newcomers
from knowledge.owners import owner_of
from knowledge.prepared import Changes, Prepared, PreparedChange, Rows, insertion, within
from knowledge.settling import OthersTouchedError, Report
from knowledge.tables import ConversationRow

_TALKS = ConversationRow.metadata.tables[ConversationRow.__tablename__]


class _Waiting(NamedTuple):
    """A conversation that was opened for its lead, and for which browser."""

    id: ConversationId
    visitor: Visitor


_OPENED_FOR = Prepared(
    select(ConversationRow.id, ConversationRow.visitor)
    .where(
        ConversationRow.lead_id == bindparam("lead_id", type_=String()),
        ConversationRow.opened_for_lead,
        ConversationRow.ended_at.is_(None),
    )
    .order_by(ConversationRow.started_at.desc()),
    _Waiting,
)
_TAKE_OVER = PreparedChange(
    update(_TALKS).where(_TALKS.c.id == bindparam("talk_id", type_=String())),
    ("visitor", "page", "locale", "opened_for_lead"),
)
_BEGIN = insertion(
    ConversationRow,
    *("id", "lead_id", "came_by", "claimed_lead_id", "visitor", "page", "locale"),
    *("rehearsal_seconds", "started_at", "holder", "epoch", "last_seq", "answered_seq"),
    *("opened_for_lead", "amended", "seen_seq", "source", "left_email", "rating_comment"),
)
_AS_ANY = {
    "holder": Holder.AGENT,
    "epoch": 0,
    "last_seq": 0,
    "answered_seq": 0,
    "opened_for_lead": False,
    "amended": 0,
    "seen_seq": 0,
    "source": MessageSource.CHAT,
    "left_email": "",
    "rating_comment": "",
}


@dataclass(frozen=True, slots=True)
class Openings:
    """Conversations that begin."""

    database: Database
    clock: Clock
    new_id: Callable[[str], str]
    agent_name: str
    free_mail: Collection[str]

    async def start(self, opening: Opening) -> Conversation:
        """Open a conversation; the visitor's identities are bound to a lead (a new one if unknown)."""
        beginning = _Beginning(
            opening,
            ConversationId(self.new_id("c")),
            self.clock.now(),
            self.new_id,
            self.agent_name,
        )
        shown = proven(opening.visitor)
        begun = await (self._beside(beginning) if shown else self._quietly(beginning))
        if begun is not None:
            return begun
        # Who proves who they are may join leads, which nobody else may write meanwhile.
        return await self._settling(beginning, None if shown else beginning.key)

    async def _quietly(self, beginning: "_Beginning") -> Conversation | None:
        """Open one for a browser about which nothing has to be worked out; None where something has to be."""
        known = await self.database.look(beginning.known)
        return await self.database.change(
            lambda rows: beginning.quietly(rows, known), known or beginning.key
        )

    async def _beside(self, beginning: "_Beginning") -> Conversation | None:
        """Open one for somebody proven beside other leads' writers; None where leads may have to be joined.

        Locked are all names that they show, always in the same order, then their lead.
        """
        names = beginning.names
        known = await self.database.look(lambda rows: _owners(rows, names))
        if len(known) > 1:
            return None
        keys: list[str] = [*sorted(map(str, names)), *known]
        try:
            async with self.database.write(keys[0]) as session:
                for key in keys[1:]:
                    await self.database.lock(session, key)
                if known != await within(session, lambda rows: _owners(rows, names)):
                    return None
                return await self._bound(session, beginning, known)
        except OthersTouchedError:
            return None

    async def _settling(self, beginning: "_Beginning", key: str | None) -> Conversation:
        """Open one for somebody about whom it has to be worked out who they are."""
        async with self.database.write(key) as session:
            return await self._bound(session, beginning, None)

    async def _bound(
        self,
        session: AsyncSession,
        beginning: "_Beginning",
        locked: Collection[LeadId] | None,
    ) -> Conversation:
        visitor, now = beginning.opening.visitor, beginning.now
        identities = Identities(session, now, self.new_id, self.free_mail, locked)
        report = Report(beginning.id, "conversation", now)
        lead_id = await bind(identities, visitor, proven(visitor), report)
        if not proven(visitor):
            await self.database.lock(session, lead_id)
        return await within(session, lambda rows: beginning.with_lead(rows, lead_id))


@dataclass(frozen=True, slots=True)
class _Beginning:
    """One conversation that begins, whatever transaction it is written in."""

    opening: Opening
    id: ConversationId
    now: datetime
    new_id: Callable[[str], str]
    agent_name: str

    @property
    def names(self) -> tuple[Identity, ...]:
        """Give the identities that count: what is proven, and the browser."""
        return (*proven(self.opening.visitor), *([self._browser] if self._browser else ()))

    @property
    def key(self) -> str:
        """Give what is locked so that nobody else begins to know this browser meanwhile."""
        return str(self._browser or self.id)

    def known(self, rows: Rows) -> LeadId | None:
        """Find whose the browser is."""
        return owner_of(rows, self._browser) if self._browser else None

    def quietly(self, rows: Changes, known: LeadId | None) -> Conversation | None:
        """Write it for the lead of a browser that was `known` a moment ago; see Newcomers."""
        newcomers = Newcomers(self.now, self.new_id)
        lead_id = newcomers.lead_of(rows, self._browser, known)
        return self.with_lead(rows, lead_id) if lead_id is not None else None

    def with_lead(self, rows: Changes, lead_id: LeadId) -> Conversation:
        """Write it as a lead's, and what was said before; it may wait for this very browser already."""
        talk_id = self._taken_over(rows, lead_id) or self._begun(rows, lead_id)
        with opened(rows, talk_id, self.now, self.new_id) as ledger:
            self._greet(ledger)
            return ledger.row.conversation

    @property
    def _browser(self) -> Identity | None:
        anonymous_id = self.opening.visitor.anonymous_id
        return Identity(ANONYMOUS_ID, anonymous_id) if anonymous_id else None

    def _taken_over(self, rows: Changes, lead_id: LeadId) -> ConversationId | None:
        """Find the conversation that waits for this browser, because its lead did enough to call a rep."""
        visitor = self.opening.visitor
        waiting = rows.all(_OPENED_FOR, lead_id=lead_id)
        ours = (each for each in waiting if each.visitor.anonymous_id == visitor.anonymous_id)
        if (found := next(ours, None)) is None:
            return None
        here = {"page": self.opening.page, "locale": self.opening.locale}
        rows.run(_TAKE_OVER, talk_id=found.id, visitor=visitor, opened_for_lead=False, **here)
        return found.id

    def _begun(self, rows: Changes, lead_id: LeadId) -> ConversationId:
        opening = self.opening
        claimed = find_claimed(rows, opening.visitor)
        rows.run(
            _BEGIN,
            id=self.id,
            lead_id=lead_id,
            came_by=came_by(opening.visitor, lead_id),
            claimed_lead_id=None if claimed == lead_id else claimed,
            visitor=opening.visitor,
            page=opening.page,
            locale=opening.locale,
            rehearsal_seconds=opening.rehearsal,
            started_at=self.now,
            **_AS_ANY,
        )
        return self.id

    def _greet(self, ledger: Ledger) -> None:
        if self.opening.greeting and ledger.row.last_seq == 0:
            ledger.relay(ledger.say(Author.AGENT, self.agent_name, self.opening.greeting))


def _owners(rows: Rows, names: Collection[Identity]) -> set[LeadId]:
    return {found for name in names if (found := owner_of(rows, name))}

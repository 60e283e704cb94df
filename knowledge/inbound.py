"""Forms and mails: each kept once, with all that it said of itself, and its words in the conversation they belong to."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from pydantic import TypeAdapter
from sqlalchemy import func, select

from agent.clock import Clock
from agent.conversation import (
    Author,
    ConversationId,
    Holder,
    Message,
    MessageId,
    MessageSource,
    Page,
)
from agent.inbound import (
    CAP_WITHIN,
    Inbound,
    Letter,
    Taken,
    Unanswered,
    key_of,
    may_join,
    sender_id,
)
from agent.lead import ANONYMOUS_ID, Identity, LeadId, Visitor
from knowledge.database import Database
from knowledge.desk_tables import InboundRow
from knowledge.identities import Identities, bind, came_by, find_claimed
from knowledge.ids import new_id
from knowledge.ledger import Ledger
from knowledge.ledgers import in_ledger
from knowledge.prepared import within
from knowledge.profiles import Told, refresh, tell
from knowledge.settling import Report
from knowledge.tables import ConversationRow


@dataclass(frozen=True, slots=True)
class Envelope:
    """What is kept beside the words: all that came, where its words stand, and why no answer was due."""

    inbound: Inbound
    seq: int | None
    unanswered: Unanswered | None


_ENVELOPE = TypeAdapter(Envelope)


class SqlInbox:
    """Forms and mails kept in SQL; `secret` makes the ids of their senders, which nobody else can name."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        secret: str,
        free_mail: Collection[str] = (),
        new_id: Callable[[str], str] = new_id,
    ) -> None:
        self._database = database
        self._clock = clock
        self._secret = secret
        self._free_mail = free_mail
        self._new_id = new_id

    async def receive(self, letter: Letter) -> Taken:
        """Keep it once, and put its words into the conversation that they belong to."""
        async with self._database.write() as session:
            if known := await session.get(InboundRow, letter.inbound.key):
                return _taken(known)
            identities = Identities(session, self._clock.now(), self._new_id, self._free_mail)
            return await _Intake(identities, letter, self._visitor(letter)).keep()

    async def find(self, source: MessageSource, external_id: str) -> Taken | None:
        """Find what came under this id."""
        async with self._database.read() as session:
            row = await session.get(InboundRow, key_of(source, external_id))
            return _taken(row) if row else None

    def _visitor(self, letter: Letter) -> Visitor:
        """Give the sender, whom nothing proves; of those without an address each is somebody new."""
        email, name = letter.inbound.sender.email, letter.inbound.sender.name
        whose = sender_id(self._secret, email) if email else self._new_id("mail")
        return Visitor(whose, email=email or None, name=name or None)


@dataclass(frozen=True, slots=True)
class _Intake:
    """One form or mail within an open transaction."""

    identities: Identities
    letter: Letter
    visitor: Visitor

    async def keep(self) -> Taken:
        talk = await self._replied_to() or await self._open_one() or await self._begin()
        too_many = Unanswered.TOO_MANY if await self._is_too_much(talk) else None
        why = self.letter.unanswered or too_many
        session, now = self.identities.session, self.identities.now
        message_id, seq = await in_ledger(
            session, talk.id, now, lambda ledger: self._say(ledger, why)
        )
        if self.letter.unanswered is None:
            await self._learn(talk)
        row = InboundRow(
            key=self.letter.inbound.key,
            conversation_id=talk.id,
            message_id=message_id,
            subject=self.letter.inbound.subject,
            headers=_ENVELOPE.dump_json(Envelope(self.letter.inbound, seq, why)).decode(),
            received_at=now,
        )
        session.add(row)
        return _taken(row, is_new=True)

    async def _is_too_much(self, talk: ConversationRow) -> bool:
        """Tell whether so much came within the hour from this sender, or whose conversation it is, as is answered."""
        since = self.identities.now - CAP_WITHIN
        sent = (
            select(func.count())
            .select_from(InboundRow)
            .join(ConversationRow, ConversationRow.id == InboundRow.conversation_id)
            .where(
                ConversationRow.came_by.in_((self._came_by, talk.came_by)),
                InboundRow.received_at > since,
            )
        )
        return (await self.identities.session.scalar(sent) or 0) >= self.letter.cap

    async def _replied_to(self) -> ConversationRow | None:
        """Find the open conversation of the nearest mail that this one replies to, if its sender may join in.

        Automatic mail changes nothing there, so that whoever sends it is kept beside it.
        """
        references = self.letter.inbound.references
        rows = await self._of_keys(references)
        found = (rows[key] for key in references if key in rows)
        return next((row for row in found if self._may_join(row)), None)

    async def _of_keys(self, keys: Sequence[str]) -> dict[str, ConversationRow]:
        query = (
            select(InboundRow.key, ConversationRow)
            .join(ConversationRow, ConversationRow.id == InboundRow.conversation_id)
            .where(InboundRow.key.in_(keys))
        )
        found = await self.identities.session.execute(query)
        return {row.key: row.ConversationRow for row in found}

    def _may_join(self, row: ConversationRow) -> bool:
        if self.letter.unanswered is not None:
            return True
        free_mail = self.identities.free_mail
        ours, theirs = self.visitor.email or "", row.visitor.email or ""
        return _is_open(row) and bool(ours) and may_join(ours, theirs, free_mail)

    async def _open_one(self) -> ConversationRow | None:
        """Find this sender's newest conversation of this source that has not ended."""
        of_sender = select(ConversationRow).where(
            ConversationRow.came_by == self._came_by,
            ConversationRow.source == self.letter.inbound.source,
        )
        rows = await self.identities.session.scalars(
            of_sender.order_by(ConversationRow.started_at.desc())
        )
        return next((row for row in rows if _is_open(row)), None)

    async def _begin(self) -> ConversationRow:
        identities, visitor = self.identities, self.visitor
        conversation_id = ConversationId(identities.new_id("c"))
        report = Report(conversation_id, "conversation", identities.now)
        lead_id = await bind(identities, visitor, (), report)
        claimed = await within(identities.session, lambda rows: find_claimed(rows, visitor))
        row = ConversationRow(
            id=conversation_id,
            lead_id=lead_id,
            came_by=came_by(visitor, lead_id),
            claimed_lead_id=None if claimed == lead_id else claimed,
            visitor=visitor,
            page=Page(title=self.letter.inbound.subject),
            locale=self.letter.locale,
            rehearsal=timedelta(),
            started_at=identities.now,
            source=self.letter.inbound.source,
        )
        identities.session.add(row)
        await identities.session.flush()
        return row

    def _say(self, ledger: Ledger, why: Unanswered | None) -> tuple[MessageId, int | None]:
        """Put the words into the conversation; what a machine sent is said by nobody."""
        if self.letter.unanswered is not None or not self.letter.parts:
            return MessageId(ledger.new_id("m")), None
        said = [self._say_part(ledger, number, why) for number in range(len(self.letter.parts))]
        return said[0]

    def _say_part(
        self, ledger: Ledger, number: int, why: Unanswered | None
    ) -> tuple[MessageId, int]:
        text, name = self.letter.parts[number], self.visitor.name or ""
        client_id = f"{self.letter.inbound.key}#{number}"
        if why is None:
            message = ledger.say_for_visitor(name, text, client_id)
        else:
            message = _say_unanswered(ledger, name, text, client_id)
        return message.id, message.seq

    async def _learn(self, talk: ConversationRow) -> None:
        """Keep what it tells of its sender, whose lead it is; a colleague who joins in tells of themselves."""
        session, now, told = self.identities.session, self.identities.now, self.letter.inbound.told
        if talk.visitor.anonymous_id != self.visitor.anonymous_id:
            return
        if await tell(session, [Told(self._came_by, told, now)]):
            await refresh(session, [LeadId(talk.lead_id)], self.identities.free_mail)

    @property
    def _came_by(self) -> str:
        return str(Identity(ANONYMOUS_ID, self.visitor.anonymous_id))


def _say_unanswered(ledger: Ledger, name: str, text: str, client_id: str) -> Message:
    """Add words to which no reply is due; a rep who was called hears them all the same."""
    waits = ledger.row.holder is not Holder.AGENT or ledger.has_unanswered()
    message = ledger.say(Author.VISITOR, name, text, client_id)
    if not waits:
        ledger.row.answered_seq = message.seq
    ledger.relay(message)
    return message


def _is_open(row: ConversationRow) -> bool:
    return row.ended_at is None and row.holder is not Holder.NOBODY


def _taken(row: InboundRow, *, is_new: bool = False) -> Taken:
    envelope = _ENVELOPE.validate_json(row.headers)
    return Taken(
        conversation_id=ConversationId(row.conversation_id),
        message_id=MessageId(row.message_id),
        seq=envelope.seq,
        unanswered=envelope.unanswered,
        received_at=row.received_at,
        inbound=envelope.inbound,
        is_new=is_new,
    )

"""What reps say in a conversation, and what they change of it later."""

from dataclasses import replace

from sqlalchemy import String, bindparam, update

from agent.conversation import Amendment, Attachment, Author, Message
from agent.handoff import Change
from knowledge.amendments import kept_amendment
from knowledge.desk_tables import AttachmentRow
from knowledge.ledger import Ledger
from knowledge.prepared import PreparedChange
from knowledge.tables import MessageRow

_FILES = AttachmentRow.metadata.tables[AttachmentRow.__tablename__]
_MESSAGES = MessageRow.metadata.tables[MessageRow.__tablename__]
_TAKE_IN = PreparedChange(
    update(_FILES).where(_FILES.c.id == bindparam("file_id", type_=String())), ("conversation_id",)
)
_AMEND = PreparedChange(
    update(_MESSAGES).where(_MESSAGES.c.id == bindparam("message_id", type_=String())),
    ("text", "attachments", "edited_at", "deleted_at"),
)


def say_for_rep(ledger: Ledger, change: Change) -> Message:
    """Add a rep's words and files; an amendment that came before them holds at once."""
    words, files = change.rep_words or "", change.rep_attachments
    said = ledger.say(Author.REP, change.rep_name, words, change.rep_words_id, files)
    _take_in(ledger, files)
    amendment = kept_amendment(ledger.rows, change.rep_words_id or "")
    if amendment is None:
        return said
    return amend(ledger, change.rep_words_id or "", amendment) or said


def amend(ledger: Ledger, words_id: str, amendment: Amendment) -> Message | None:
    """Change or take back a rep's words; the newest amendment stands."""
    said = ledger.said(Author.REP, words_id)
    if said is None or not _is_news(said, amendment):
        return said
    amended = _amended(said, amendment)
    ledger.row.amended += 1
    ledger.rows.run(
        _AMEND,
        message_id=amended.id,
        text=amended.text,
        attachments=amended.attachments,
        edited_at=amended.edited_at,
        deleted_at=amended.deleted_at,
    )
    return amended


def _take_in(ledger: Ledger, files: tuple[Attachment, ...]) -> None:
    """Let files belong to the conversation in which they are shown."""
    for file in files:
        ledger.rows.run(_TAKE_IN, file_id=file.id, conversation_id=ledger.row.id)


def _is_news(said: Message, amendment: Amendment) -> bool:
    is_older = said.edited_at is not None and said.edited_at >= amendment.at
    return said.deleted_at is None and (amendment.text is None or not is_older)


def _amended(said: Message, amendment: Amendment) -> Message:
    if amendment.text is None:
        return replace(said, text="", attachments=(), deleted_at=amendment.at)
    return replace(said, text=amendment.text, edited_at=amendment.at)

"""What comes by form or mail: who says to send it, its own words, and whether anybody waits for an answer."""

import hashlib
import hmac
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parseaddr
from enum import StrEnum
from typing import Protocol

from agent.conversation import LONGEST_TEXT, ConversationId, MessageId, MessageSource
from agent.language import detect_language
from agent.own_words import own_words
from agent.profile import company_domain, is_email, normal_email

CAP_WITHIN = timedelta(hours=1)
MOST_PARTS = 3
CUT = "[…]"
LONGEST_KEY = 2_000
"""In bytes; PostgreSQL indexes no more than 2,700."""
SHORTEST_PART = LONGEST_TEXT // 2
REPLY = re.compile(
    r"\s*(?:re|aw|sv|vs|rv|res|ref|antw|antwort|fwd?|wg|tr|enc|rif)(?:\[\d+\])?\s*:", re.I
)
GAP = re.compile(r"\n{3,}")
MESSAGE_ID = re.compile(r"<([^<>\s]+)>")


class Unanswered(StrEnum):
    """Why words are kept and no answer is written."""

    AUTO_SUBMITTED = "auto_submitted"
    SUPPRESSED = "auto_response_suppressed"
    BULK = "bulk"
    LIST = "list"
    NULL_RETURN_PATH = "null_return_path"
    DELIVERY_REPORT = "delivery_report"
    ROBOT = "robot_sender"
    OWN_ADDRESS = "own_address"
    OUT_OF_OFFICE = "out_of_office"
    TOO_MANY = "too_many"


@dataclass(frozen=True, slots=True)
class Sender:
    """Who is said to have sent it, which proves nothing; the address is empty where none can be read."""

    email: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Inbound:
    """Words as they came; header names are in lower case, `company` is what was told of it, as a lead's traits.

    `files` are the names of what came along; the files themselves are not taken.
    """

    source: MessageSource
    external_id: str
    sender: Sender
    subject: str = ""
    text: str = ""
    headers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    company: Mapping[str, str] = field(default_factory=dict)
    files: tuple[str, ...] = ()
    locale: str = ""

    @property
    def key(self) -> str:
        """Say which it is: its source and its id there."""
        return key_of(self.source, self.external_id)

    @property
    def references(self) -> tuple[str, ...]:
        """Give the keys of the mails it replies to, nearest first."""
        named = (
            *self.headers.get("in-reply-to", ()),
            *reversed(self.headers.get("references", ())),
        )
        ids = (found for value in named for found in reversed(MESSAGE_ID.findall(value)))
        return tuple(dict.fromkeys(key_of(MessageSource.EMAIL, each) for each in ids))

    @property
    def told(self) -> dict[str, str]:
        """Give what it tells of its sender, in the fields of a lead."""
        person = {"email": self.sender.email, "name": self.sender.name, **self.company}
        return {name: text for name, text in person.items() if text}


@dataclass(frozen=True, slots=True)
class Letter:
    """What came, read: its own words in parts that fit a message, and why no answer is due, if none is.

    Of one sender at most `cap` are answered within an hour.
    """

    inbound: Inbound
    parts: tuple[str, ...]
    locale: str
    cap: int
    unanswered: Unanswered | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What is on disk of it. Without a `seq` it is kept beside the conversation, because nobody said it."""

    conversation_id: ConversationId
    message_id: MessageId
    seq: int | None
    unanswered: Unanswered | None
    received_at: datetime
    inbound: Inbound
    is_new: bool = False


class Inbox(Protocol):
    """Where forms and mails are kept, each once by its source and its id there."""

    async def receive(self, letter: Letter) -> Taken:
        """Keep it, and put its words into the conversation that they belong to, in one transaction.

        That is the open conversation of a mail it replies to, from the same address or company; else the open one
        of the same source and address; else a new one. The same id again gives what was kept first, whatever it
        says now. Automatic mail is kept beside the conversation, and words beyond the cap are said and not due.
        """
        ...

    async def find(self, source: MessageSource, external_id: str) -> Taken | None:
        """Find what came under this id."""
        ...


def key_of(source: MessageSource, external_id: str) -> str:
    """Say which it is; the angle brackets around a mail's id do not count."""
    plain = external_id.strip()
    bare = plain[1:-1] if plain[:1] == "<" and plain[-1:] == ">" else plain
    return f"{source}:{_short(bare if source is MessageSource.EMAIL else plain)}"


def _short(external_id: str) -> str:
    """Give an id that no index finds too long."""
    written = external_id.encode()
    if len(written) <= LONGEST_KEY:
        return external_id
    return f"{external_id[:100]}#{hashlib.sha256(written).hexdigest()}"


def sender_id(secret: str, email: str) -> str:
    """Give the anonymous id of an address: the same for all that it sends, and nobody else can name it."""
    return f"mail-{hmac.new(secret.encode(), email.encode(), hashlib.sha256).hexdigest()[:32]}"


def read_sender(written: str, name: str = "") -> Sender:
    """Read an address or a whole From line; what is no address counts as a name."""
    said, address = parseaddr(" ".join(written.split()))
    email = normal_email(address)
    if is_email(email):
        return Sender(email, name or said)
    return Sender("", name or said or written.strip())


def may_join(email: str, other: str, free_mail: Collection[str]) -> bool:
    """Tell whether a reply from one address may go on in the conversation of another: the same, or a colleague's."""
    domain = company_domain(email, free_mail)
    return email == other or (bool(domain) and domain == company_domain(other, free_mail))


def read_letter(inbound: Inbound, unanswered: Unanswered | None, cap: int) -> Letter:
    """Read what came: pure, and for a long mail a matter of a tenth of a second."""
    words = words_of(inbound)
    return Letter(
        inbound=inbound,
        parts=tuple(in_parts(words)),
        locale=inbound.locale or detect_language(words),
        cap=cap,
        unanswered=unanswered,
    )


def words_of(inbound: Inbound) -> str:
    """Give what the sender says now, after the subject of a mail that begins something; the subject alone, if it is all."""
    is_mail = inbound.source is MessageSource.EMAIL
    words = own_part(inbound.text) if is_mail else inbound.text.strip()
    subject = inbound.subject.strip()
    begins = is_mail and bool(subject) and not REPLY.match(subject)
    if begins and subject.casefold() not in words.casefold():
        return f"{subject}\n\n{words}".strip()
    return words or subject


def own_part(text: str) -> str:
    """Give a mail without quoted mails, signature and disclaimer; it ends in a mark where it was too long to read."""
    kept = own_words(text)
    is_cut = len(kept) < len(text)
    # Lines that were blanked are gone; those that were empty before part paragraphs.
    pairs = zip(kept.split("\n"), text.split("\n"), strict=False)
    lines = (line.rstrip() for line, before in pairs if line.strip() or not before.strip())
    words = GAP.sub("\n\n", "\n".join(lines)).strip()
    return f"{words} {CUT}" if is_cut else words


def in_parts(words: str) -> Iterator[str]:
    """Cut words into parts that fit a message, at a paragraph, line or blank; it ends in a mark where more came."""
    for number in range(1, MOST_PARTS + 1):
        if len(words) <= LONGEST_TEXT:
            yield from [words] if words else []
            return
        is_last = number == MOST_PARTS
        end = _break_in(words, LONGEST_TEXT - len(CUT) - 1)
        part, words = words[:end].rstrip(), words[end:].lstrip()
        yield f"{part} {CUT}" if is_last else part


def _break_in(words: str, longest: int) -> int:
    places = (words.rfind(gap, SHORTEST_PART, longest) for gap in ("\n\n", "\n", " "))
    return next((place for place in places if place > 0), longest)

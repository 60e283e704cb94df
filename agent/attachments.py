"""Files in a conversation: what is accepted, under which name, and who keeps them."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from agent.conversation import Attachment, AttachmentId, Author, ConversationId
from agent.errors import NoRoomError, RefusedFileError
from agent.file_kinds import KINDS

MEGABYTE: Final = 1_000_000
LONGEST_NAME: Final = 100
LONGEST_ENDING: Final = 10
MOST_AT_ONCE: Final = 5
_FORBIDDEN: Final = re.compile(r'[<>:"|?*%]')
# Names that some systems run, or hide behind the last ending.
_RUNS: Final = frozenset(
    {
        *("app", "apk", "bat", "cmd", "com", "cpl", "dll", "dmg", "exe", "hta", "htm", "html"),
        *("jar", "js", "jse", "lnk", "msi", "php", "pif", "ps1", "py", "scr", "sh", "svg", "vbs"),
        *("wsf", "xml"),
    }
)


@dataclass(frozen=True, slots=True)
class AttachmentRules:
    """How large a file may be in bytes; how many a visitor may send in one conversation, and how large together.

    `a_day` is how many bytes all visitors may send within a day.
    """

    largest: int = 10 * MEGABYTE
    most_of_visitor: int = 20
    together: int = 100 * MEGABYTE
    a_day: int = 2_000 * MEGABYTE


@dataclass(frozen=True, slots=True)
class AcceptedFile:
    """A file that may be passed on: its name is safe, and it is what its name says."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that is kept, with its bytes."""

    attachment: Attachment
    content: bytes


class Attachments(Protocol):
    """Where files of conversations are kept. Nothing is passed on that was not accepted."""

    async def keep(
        self, conversation_id: ConversationId, author: Author, file: AcceptedFile, origin: str = ""
    ) -> Attachment:
        """Keep a file; the same one again (by its origin, else by name and content) is kept once.

        Raises RefusedFileError when the visitor has sent too many or too much, NoRoomError when all have.
        """
        ...

    async def uploaded(
        self, conversation_id: ConversationId, ids: Sequence[AttachmentId]
    ) -> tuple[Attachment, ...]:
        """Get what the visitor uploaded to this conversation; raises UnknownAttachmentError."""
        ...

    async def shown(
        self, conversation_id: ConversationId, attachment_id: AttachmentId
    ) -> StoredFile:
        """Get a file that a message of this conversation shows; raises UnknownAttachmentError."""
        ...


def accept(name: str, content: bytes, rules: AttachmentRules) -> AcceptedFile:
    """Check a file by its name, size and content; raises RefusedFileError with a sentence."""
    safe = safe_name(name)
    kind = KINDS.get(_ending(safe))
    if kind is None:
        raise RefusedFileError(
            f"Files such as {safe} are not passed on; send one of these: {', '.join(KINDS)}."
        )
    if not content:
        raise RefusedFileError(f"{safe} is empty.")
    must_fit(safe, len(content), rules)
    if not kind.fits(content):
        raise RefusedFileError(f"{safe} is not what its name says, or has macros in it.")
    return AcceptedFile(safe, kind.media_type, content)


def must_have_room(sent: int, together: int, size: int, rules: AttachmentRules) -> None:
    """Raise RefusedFileError for a further file of a visitor who has sent so many, so large together."""
    if sent >= rules.most_of_visitor:
        raise RefusedFileError(
            f"{rules.most_of_visitor} files were sent in this conversation; no more are taken."
        )
    if together + size > rules.together:
        raise RefusedFileError(
            f"{told_size(rules.together)} of files are taken in one conversation; this would be more."
        )


def must_have_room_today(taken: int, size: int, rules: AttachmentRules) -> None:
    """Raise NoRoomError when all visitors together have sent what is taken within a day."""
    if taken + size > rules.a_day:
        raise NoRoomError("No more files are taken today; send a link, or try again tomorrow.")


def must_fit(name: str, size: int, rules: AttachmentRules) -> None:
    """Raise RefusedFileError for a file that is too large."""
    if size > rules.largest:
        raise RefusedFileError(
            f"{name} has {told_size(size)}; at most {told_size(rules.largest)} are passed on."
        )


def safe_name(name: str) -> str:
    """Give a name without folders, hidden characters and misleading endings, short enough to show."""
    last = re.split(r"[/\\]", name)[-1]
    visible = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C")
    plain = " ".join(_FORBIDDEN.sub("_", visible).split()).strip(". ")
    stem, dot, ending = plain.rpartition(".")
    if not dot or len(ending) > LONGEST_ENDING:
        return plain[:LONGEST_NAME] or "file"
    return f"{_harmless(stem)[: LONGEST_NAME - len(ending) - 1].rstrip('. ')}.{ending}"


def told_size(size: int) -> str:
    """Give a size as people say it."""
    if size < 1_000:
        return f"{size} bytes"
    if size < MEGABYTE:
        return f"{size / 1_000:.0f} KB"
    return f"{size / MEGABYTE:.1f} MB".replace(".0 ", " ")


def words_for(attachments: Iterable[Attachment]) -> str:
    """Give the words of a message that is files and nothing else: their names."""
    return "\n".join(f"📎 {attachment.name}" for attachment in attachments)


def _harmless(stem: str) -> str:
    """Let no inner ending look like the last one: invoice.exe.pdf is called invoice_exe.pdf."""
    first, *inner = stem.split(".")
    return first + "".join(("_" if part.strip().lower() in _RUNS else ".") + part for part in inner)


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower()

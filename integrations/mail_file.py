"""A mail as a mail server passes it on, read into what `POST /v1/inbound` takes."""

import hashlib
from email import message_from_bytes, policy
from email.message import EmailMessage, MIMEPart

MOST_LETTERS = 390_000
CUT = " […]"

Value = str | list[str] | dict[str, str] | dict[str, list[str]]


def read_mail(raw: bytes) -> dict[str, Value]:
    """Give a mail's id, sender, subject, words, headers and the names of its files; never refuses one."""
    mail = message_from_bytes(raw, policy=policy.default)
    text, html = _words(mail, "plain"), _words(mail, "html")
    return {
        "source": "email",
        "external_id": _header(mail, "Message-ID") or f"sha256:{hashlib.sha256(raw).hexdigest()}",
        "from": {"email": _header(mail, "From")},
        "subject": _header(mail, "Subject"),
        "text": text,
        "html": "" if text.strip() else html,
        "headers": _headers(mail),
        "attachments": [_plain(part.get_filename() or "") for part in mail.iter_attachments()],
    }


def _words(mail: EmailMessage, kind: str) -> str:
    """Give the words of one kind; of a mail that is HTML alone there is no plain text."""
    try:
        part = mail.get_body((kind,))
    except (AttributeError, KeyError):  # parts that are wrongly put together
        return ""
    return _cut(_plain(_content(part))) if part is not None else ""


def _content(part: MIMEPart) -> str:
    try:
        content = part.get_content()
    except (LookupError, ValueError):  # an encoding that nobody knows
        payload = part.get_payload(decode=True)
        content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    return content if isinstance(content, str) else ""


def _headers(mail: EmailMessage) -> dict[str, list[str]]:
    headers: dict[str, list[str]] = {}
    for name, value in mail.raw_items():
        headers.setdefault(_plain(name), []).append(_plain(" ".join(str(value).split())))
    return headers


def _header(mail: EmailMessage, name: str) -> str:
    """Give a header decoded, or as it was written where its own syntax is wrong."""
    try:
        value = str(mail.get(name, ""))
    except (ValueError, IndexError, AttributeError):
        written = (text for key, text in mail.raw_items() if key.lower() == name.lower())
        value = str(next(written, ""))
    return _plain(" ".join(value.split()))


def _plain(text: str) -> str:
    """Give valid Unicode: bytes that belong to no encoding become a sign."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else text[:MOST_LETTERS] + CUT

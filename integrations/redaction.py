"""Takes personal data and secrets out of anything that leaves for logs, traces or the terminal.

Rather too much than too little: a log line that lost a word can be read, a leaked address cannot be taken back.
"""

import re
from collections.abc import Mapping

EMAIL = re.compile(
    r"""(?:"[^"\n]{1,64}"|[^\s@"<>(),;]{1,128})(?:@|%40)[^\s@"<>(),;]+""", re.IGNORECASE
)
SECRETS = re.compile(
    r"""(?ix)
    \b(?:bearer|basic)\s+[^\s"',;]+                                # authorization headers
    | \bsk-[a-z0-9_*-]{4,} | \b(?:xox[a-z]|xapp|xwfp)-[a-z0-9-]+   # model and Slack keys
    | \bhotline_[a-z0-9_-]{16,} | \bwhsec_[a-z0-9+/=_-]+           # our own keys
    | \beyj[a-z0-9_-]{4,}\.[a-z0-9_.-]+                              # signed tokens
    | https://hooks\.slack\.com/[^\s"']+
    | (?<=://)[^\s/@:]{1,128}:[^\s/@]{1,128}(?=@)                  # a password in an address
    | (?<=[?&])(?:[a-z_-]*(?:key|token|secret|hash|password|jwt|signature))=[^\s&"']+
    """
)
PHONE = re.compile(r"(?<![\w.-])(?!\d{4}-\d\d-\d\d)(?:\+|00)?\(?\d[\d ()./-]{5,24}\d(?![\w-])")
# What error texts of validators and databases repeat of the words they were given.
REPEATED_INPUT = re.compile(
    r"(?s)(?<=input_value=).+?(?=, input_type=)|(?<=\[parameters: ).+?(?=\]\n|\]$|\Z)"
)

HIDDEN_KEYS = frozenset(
    {
        *(
            "text",
            "texts",
            "message_text",
            "reply_text",
            "words",
            "draft",
            "body",
            "content",
            "prompt",
        ),
        *(
            "quote",
            "quotes",
            "question",
            "answer",
            "subject",
            "title",
            "mail",
            "parameters",
            "params",
        ),
        *(
            "name",
            "author_name",
            "visitor_name",
            "lead_name",
            "first_name",
            "last_name",
            "full_name",
        ),
        *("email", "emails", "phone", "traits", "authorization", "cookie", "cookies", "headers"),
        *("password", "secret", "signature", "token", "user_hash", "user_jwt", "credentials"),
    }
)
HIDDEN_ENDINGS = (
    "_token",
    "_secret",
    "_password",
    "_email",
    "_text",
    "_phone",
    "api_key",
    "write_key",
)
ID_ENDINGS = ("_id", "_ids", "id", "_ts")


def redact(text: str) -> str:
    """Give the text without e-mail addresses, phone numbers, keys and tokens."""
    return PHONE.sub(_hide_phone, redact_secrets(text))


def redact_secrets(text: str) -> str:
    """Give the text without e-mail addresses, keys and tokens; numbers stay, as ids are made of them."""
    text = SECRETS.sub("[secret]", REPEATED_INPUT.sub("[input]", text))
    return EMAIL.sub("[email]", text)


def redact_value(key: str, value: object) -> object:
    """Give what may be shown of a value that goes by this name, however deeply it is nested."""
    if _is_hidden(key):
        return _marker(value)
    if isinstance(value, Mapping):
        return {redact(str(inner)): redact_value(str(inner), held) for inner, held in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [redact_value(key, held) for held in value]
    return _redact_leaf(key, value)


def _redact_leaf(key: str, value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return redact_secrets(text) if key.casefold().endswith(ID_ENDINGS) else redact(text)


def _is_hidden(key: str) -> bool:
    name = key.casefold().replace("-", "_")
    return name in HIDDEN_KEYS or name.endswith(HIDDEN_ENDINGS)


def _marker(value: object) -> object:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, list | tuple | set | frozenset | Mapping):
        return f"[{len(value)} hidden]"
    return f"[{len(str(value))} characters]"


def _hide_phone(match: re.Match[str]) -> str:
    digits = sum(character.isdigit() for character in match.group())
    return "[phone]" if 7 <= digits <= 15 else match.group()

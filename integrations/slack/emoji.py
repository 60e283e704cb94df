"""Slack's names of emoji, as the characters that everybody's screen shows."""

import re
from typing import Final

from rich.emoji import Emoji

# `:wave::skin-tone-3:` is one emoji; a name that nobody knows (a workspace's own picture) stays as typed.
_EMOJI: Final = re.compile(r":([a-z0-9_+'-]+):(?::skin-tone-([2-6]):)?", re.IGNORECASE)
_FLAG: Final = re.compile(r"flag-([a-z]{2})")
_SKIN_TONES: Final = {"2": "🏻", "3": "🏼", "4": "🏽", "5": "🏾", "6": "🏿"}
_TAKES_SKIN_TONE: Final = frozenset("👋👍👎👌👏🙏🙌💪👉👈👆👇✌🤞🤝✋🤙🤷🤦🙋👊✊🖐☝🤟🤘🫶🫡")
_SHORT_FLAGS: Final = {"uk": "gb"} | {
    name: name for name in ("de", "us", "fr", "gb", "es", "it", "cn", "jp", "kr", "ru")
}
_ONLY_SLACK: Final = {
    "simple_smile": "🙂", "upside_down_face": "🙃", "money_mouth_face": "🤑", "shrug": "🤷",
    "facepalm": "🤦", "heart_hands": "🫶", "saluting_face": "🫡", "melting_face": "🫠",
    "large_green_circle": "🟢", "large_yellow_circle": "🟡", "large_orange_circle": "🟠",
    "man-shrugging": "🤷", "woman-shrugging": "🤷", "man-facepalming": "🤦", "woman-facepalming": "🤦",
    "man-raising-hand": "🙋", "woman-raising-hand": "🙋", "woman-bowing": "🙇", "man-bowing": "🙇",
}  # fmt: skip


def with_emoji(text: str) -> str:
    """Give the text with the characters of all emoji that are known by their name."""
    return _EMOJI.sub(_shown, text)


def _shown(found: re.Match[str]) -> str:
    character = _character(found[1].lower())
    if character is None:
        return found[0]
    tone = _SKIN_TONES.get(found[2] or "", "")
    return character + (tone if character in _TAKES_SKIN_TONE else "")


def _character(name: str) -> str | None:
    if flag := _FLAG.fullmatch(name):
        return _flag(flag[1])
    if name in _SHORT_FLAGS:
        return _flag(_SHORT_FLAGS[name])
    typed = f":{name}:"
    known = _ONLY_SLACK.get(name) or Emoji.replace(typed)
    return None if known == typed else known


def _flag(country: str) -> str:
    """Give a flag: the letters of the country, as regional indicators."""
    return "".join(chr(ord(letter) - ord("a") + 0x1F1E6) for letter in country)

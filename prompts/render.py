"""Prompts for models: one Markdown file each, filled strictly, versioned by the hash of their text."""

import re
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")


@dataclass(frozen=True, slots=True)
class Prompt:
    """A prompt in two parts: the static one comes first, so that providers can cache it."""

    name: str
    system: str
    user: str
    version: str

    def fill_system(self, **values: str) -> str:
        """Fill the static part; raises KeyError for a missing or unknown value."""
        return _fill(self.name, self.system, values)

    def fill_user(self, **values: str) -> str:
        """Fill the part of this turn; raises KeyError for a missing or unknown value."""
        return _fill(self.name, self.user, values)


@cache
def prompt(name: str) -> Prompt:
    """Load a prompt: `# System` and `# User` sections of `<name>.md`."""
    text = files("prompts").joinpath(f"{name}.md").read_text("utf-8")
    _, system, user = re.split(r"^# (?:System|User)\s*$", text, flags=re.MULTILINE)
    version = f"{name}@{sha256(text.encode()).hexdigest()[:12]}"
    return Prompt(name, system.strip(), user.strip(), version)


def as_data(text: str) -> str:
    """Make a visitor's or document's words safe to stand between tags: no tag can be closed or opened."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _fill(name: str, template: str, values: dict[str, str]) -> str:
    wanted = set(PLACEHOLDER.findall(template))
    if wanted != set(values):
        raise KeyError(f"{name}.md: expected values for {sorted(wanted)}, got {sorted(values)}")
    return PLACEHOLDER.sub(lambda match: values[match[1]], template)

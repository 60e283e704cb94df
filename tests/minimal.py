"""The least playbook that works over a pack: who we are, and who answers when."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from agent.playbook import Playbook
from knowledge.playbook import load_playbook

MINIMAL = """\
version: "1"
company: {name: Acme, product: Acme, offers: We sell things., disclosure: {en: This is an AI.}}
reps: [{id: mia, name: Mia}]
hours: {time_zone: Europe/Berlin}
routing: [{name: everyone, reps: [mia]}]
"""


def written(folder: Path, text: str) -> Path:
    """Write a playbook there."""
    path = folder / "playbook.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@cache
def playbook_over(pack: str) -> Playbook:
    """Load the least playbook over a pack."""
    with TemporaryDirectory() as folder:
        return load_playbook(written(Path(folder), f"pack: {pack}\n{MINIMAL}"))

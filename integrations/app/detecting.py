"""The signal detector and the playbook it knows the competitors from, for commands that need nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock

from agent.conversation import Message
from agent.playbook import Competitor, Playbook
from agent.signals import Reading, SignalDetector, TextReading
from integrations.models.learned_detector import LearnedDetector
from integrations.models.signal_model import SignalModel
from integrations.settings import Settings
from knowledge.playbook import demo_playbook_path, load_playbook


@dataclass(slots=True)
class LoadingDetector:
    """The learned detector, loaded at its first reading (half a second), so that a port can open before."""

    competitors: tuple[Competitor, ...]
    _loaded: LearnedDetector | None = None
    _lock: Lock = field(default_factory=Lock)

    def read_text(self, text: str) -> TextReading:
        """Read one text on its own."""
        return self._detector().read_text(text)

    def read_example(self, text: str, before: Sequence[tuple[str, str]]) -> TextReading:
        """Read a text after turns given as (author, text)."""
        return self._detector().read_example(text, before)

    def read(self, unanswered: tuple[Message, ...], before: tuple[Message, ...]) -> Reading:
        """Read the messages to be answered, in the light of what was said before."""
        return self._detector().read(unanswered, before)

    def foresee(self, text: str, said: str) -> TextReading:
        """Read words that are still being saved."""
        return self._detector().foresee(text, said)

    def _detector(self) -> LearnedDetector:
        with self._lock:
            if self._loaded is None:
                self._loaded = LearnedDetector(SignalModel.load(), self.competitors)
            return self._loaded


def playbook_of(settings: Settings) -> Playbook:
    """Load the playbook that is set, else the demo company's; raises PlaybookError."""
    return load_playbook(settings.playbook or demo_playbook_path())


def make_detector(playbook: Playbook) -> SignalDetector:
    """Make the signal detector that knows this playbook's competitors; raises SignalModelError."""
    SignalModel.check()
    return LoadingDetector(playbook.competitors)

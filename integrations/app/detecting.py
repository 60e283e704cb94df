"""The signal detector and the playbook it knows the competitors from, for commands that need nothing else."""

from agent.playbook import Playbook
from agent.signals import SignalDetector
from integrations.models.learned_detector import LearnedDetector
from integrations.models.signal_model import SignalModel
from integrations.settings import Settings
from knowledge.playbook import demo_playbook_path, load_playbook


def playbook_of(settings: Settings) -> Playbook:
    """Load the playbook that is set, else the demo company's; raises PlaybookError."""
    return load_playbook(settings.playbook or demo_playbook_path())


def make_detector(playbook: Playbook) -> SignalDetector:
    """Make the signal detector that knows this playbook's competitors; raises SignalModelError."""
    return LearnedDetector(SignalModel.load(), playbook.competitors)

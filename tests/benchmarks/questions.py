"""What visitors ask the demo company, in their own words."""

from integrations.evaluation.replies.scenarios import Scenario, read_rows
from knowledge.playbook import demo_playbook_path

QUIET = ("conversation",)  # among these are messages that need no reply


def demo_questions() -> list[str]:
    """Give the first message of each scenario that asks something."""
    scenarios = read_rows(demo_playbook_path().with_name("replies.jsonl"), Scenario)
    return [each.turns[0].visitor for each in scenarios if each.kind not in QUIET]

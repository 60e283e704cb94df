"""The company under fire: the demo company's playbook with a desk that never closes and short deadlines."""

from pathlib import Path

import yaml

from knowledge.playbook import demo_playbook_path
from tests.faults.evidence import Timer

ALL_DAY = ["00:00-24:00"]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NUDGE, BACKUP, CLAIM, ESCALATE, GIVE_UP = 6.0, 9.0, 60.0, 61.0, 4.0  # promises are whole minutes
TIMERS = (
    Timer(frozenset({"nudged"}), NUDGE),
    Timer(frozenset({"backup_called", "no_backup"}), BACKUP),
    Timer(frozenset({"escalated"}), ESCALATE),
    Timer(frozenset({"nobody_came"}), ESCALATE + GIVE_UP),
)
LAST_TIMER = ESCALATE + GIVE_UP


def write_playbook(path: Path) -> Path:
    """Write its playbook."""
    rules = yaml.safe_load(demo_playbook_path().read_text("utf-8"))
    rules["hours"] = {"time_zone": "UTC", **dict.fromkeys(DAYS, ALL_DAY)}
    rules["sla"] = {
        "nudge_minutes": NUDGE / 60,
        "claim_minutes": CLAIM / 60,
        "backup_minutes": BACKUP / 60,
        "escalate_minutes": ESCALATE / 60,
        "give_up_minutes": GIVE_UP / 60,
        "silent_nudge_minutes": 200,
        "silent_rep_minutes": 300,
    }
    rules["replies"] |= {
        "first_sentence_seconds": 1.5,
        "whole_reply_seconds": 4,
        "typing_hold_seconds": 0.1,
    }
    path.write_text(yaml.safe_dump(rules), "utf-8")
    return path

"""Each statement of a reply rests on a fact: checked sentence by sentence before it is shown.

Figures must be stated of what the sentence says them of; names, links, certificates, denials, quantities and promises
must be supported by facts, playbook, or our own arithmetic. The visitor's words never support an amount.
"""

from agent.grounding.checking import backing, is_courtesy, objection
from agent.grounding.repair import repaired
from agent.grounding.sources import Sources, sources_of, trusted
from agent.grounding.statements import is_instruction, read_ahead
from agent.grounding.steering import steers
from agent.grounding.titles import is_quotable

__all__ = [
    "Sources",
    "backing",
    "is_courtesy",
    "is_instruction",
    "is_quotable",
    "objection",
    "read_ahead",
    "repaired",
    "sources_of",
    "steers",
    "trusted",
]

"""Whether the title of something a visitor read may be quoted: what tracking reports is anybody's to write."""

import re

from agent.grounding.commitments import overstepped
from agent.grounding.figures import Kind, read_figures
from agent.grounding.manners import broken_manners
from agent.grounding.statements import is_instruction

MOST_WORDS = 12
YEARS = range(1990, 2100)
MOST_COUNTED = 31
TELLS = re.compile(
    r"\b(?:tell|say|reply|answer with|must|shall|should|promis\w*|agreed|approved|confirm\w*|granted|waived?|free|discount\w*|entitled|attendees get|you get"
    r"|sag\w*|muss|müssen|soll(?:en)?|zugesagt|vereinbart|genehmigt|bestätigt|kostenlos|gratis|rabatt"
    r"|dites|doit|doivent|promis|convenu|accordée?|gratuit\w*|remise|debe|diga|acordado|aprobad[oa]|descuento"
    r"|deve|diga|combinado|aprovad[oa]|desconto|grátis|zeg|moet|beloofd|afgesproken|goedgekeurd|korting)\b",
    re.IGNORECASE,
)


def is_quotable(title: str) -> bool:
    """Tell whether a title names a thing and nothing more: no order, no promise, no price, no date."""
    if is_instruction(title) or len(title.split()) > MOST_WORDS or TELLS.search(title):
        return False
    if any(broken_manners(title, "")) or any(overstepped(title, "")):
        return False
    return all(
        figure.kind is Kind.NUMBER
        and not figure.value % 1
        and (figure.value <= MOST_COUNTED or int(figure.value) in YEARS)
        for figure in read_figures(title)
    )

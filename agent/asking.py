"""Whether words ask for something, or only tell: an answer to our own question must not be met as a question."""

import re

ASKING = (
    r"(?:do|does|did|is|are|can|could|will|would|should|have|has|may|what|whats|how|when|who|whom|whose|which|where|why|any chance"
    r"|was|wie|wann|wer|wen|welche\w*|wo|woher|wohin|warum|gibt es|haben sie|habt ihr|kann|können|kannst|ist|sind|bieten|liefern|muss|darf"
    r"|qué|que|cuánto|cuanto|cuándo|cuando|cómo|como|cuál|cual|cuáles|dónde|donde|quién|por qué|hay|tienen|tenéis|pueden|puede|puedo|podéis|hacéis|ofrecen|es posible"
    r"|combien|quand|comment|quel\w*|où|qui|pourquoi|est[- ]ce|avez[- ]vous|y a[- ]t[- ]il|peut[- ]on|pouvez[- ]vous|puis[- ]je|faites[- ]vous"
    r"|quanto|quanta|quando|qual|quais|onde|quem|porquê|há|têm|tem|podem|posso|é possível|fazem"
    r"|hoe|wat|wanneer|wie|welke|waar|waarom|kan|kunnen|hebben jullie|heeft|is er|zijn er|mag|leveren)"
)
AND = r"(?:and|or|und|oder|y|e|et|ou|en|of)"
WANTS = re.compile(
    r"\b(?:tell me|let me know|i(?:'d| would) like to know|i want to know|i need|we need|need|looking for|want|wondering|curious|send|show|explain|price|pricing|quote|cost|info"
    r"|sag\w*|möchte|wissen|brauch\w*|such\w*|preis\w*|kosten|angebot|quiero|quisiera|necesit\w+|busc\w+|precio\w*|voudr\w+|cherch\w+|besoin|prix|devis|tarif\w*"
    r"|queria|quero|gostaria|precis\w+|procur\w+|preço\w*|orçamento|wil|zoek\w*|nodig|prijs|prijzen|offerte)\b",
    re.IGNORECASE,
)


def is_asking(text: str) -> bool:
    """Tell whether a text asks or wants to know something, with or without a question mark."""
    begins = re.search(rf"(?:^|[.!,;:\n]\s*|\b{AND}\s+|\bok(?:ay)? )\W*(?:so |but |then |aber |pero |mais |mas |maar )?{ASKING}\b", text, re.I)  # fmt: skip
    return "?" in text or bool(begins) or bool(WANTS.search(text))

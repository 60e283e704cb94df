"""Messages that try to steer the agent instead of asking: what answers them is written without a model."""

import re
import unicodedata

from agent.grounding.tone import ADDRESSES_AGENT

STEERS = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass) (?:\w+ ){0,3}(?:instructions?|rules?|prompts?|tiers?|prices?|list|policy|everything|above|previous)\b"
    r"|\b(?:your|the) (?:system )?(?:prompt|instructions|rules|guidelines|internal notes|configuration)\b|\b(?:sales|internal|secret|confidential) (?:notes|guidance|battlecards?)\b"
    r"|\b(?:from now on|pretend|role-?play|act as|you are now|developer mode|debug|verbose|jailbreak|let['’]s play|before you answer|treat my messages)\b"
    r"|\b(?:reply|answer|respond|begin|start|finish|end|repeat|write|say|state|confirm|type)\b[^.?!\n]{0,40}[\"'“‘«][^\"'”’»]+[\"'”’»]"
    r"|\b(?:just|only|simply|please) (?:confirm|say|write|state|reply|tick|ok)\b|\b(?:i need|give me) (?:a|one) (?:sentence|line|statement)\b|\bone line i can quote\b|\ba yes is enough\b|\bcan i tell my (?:boss|customer|team)\b|\byou can say it\b|\bbetween us\b|\bput (?:that|it|this|me|us) (?:down|in writing)\b"
    r"|\b(?:ignorier\w*|vergiss|vergessen Sie|spielen wir|kleines Spiel|ab jetzt|Ihre (?:Anweisungen|Regeln)|kurz bestätigen|kurze Bestätigung|bitte bestätigen|bestätigen Sie|schreiben Sie, dass)\b"
    r"|\b(?:ignor[ea]|olvid[ae]|a partir de ahora|sus (?:instrucciones|reglas)|sol[oa] confírme\w*|confírme\w*|escriba que|diga que)\b"
    r"|\b(?:ignorez|oubliez|désormais|vos (?:instructions|règles|consignes)|confirmez|écrivez que|dites(?:-le)? (?:que|clairement))\b"
    r"|\b(?:esqueça|a partir de agora|suas (?:instruções|regras)|confirme|escreva que|faça as contas)\b"
    r"|\b(?:negeer|vergeet|vanaf nu|jullie interne|interne notities|bevestig|geef even aan|zeg dat)\b|\b(?:dimentica|conferma|zapomnij|potwierdzenie)\b",
    re.IGNORECASE,
)
HIDDEN = re.compile("[\u200b-\u200f\u2060-\u2064\ufeff\U000e0000-\U000e007f]")
ENCODED = re.compile(
    r"(?<![\w/.])(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*\d)[A-Za-z0-9+/]{24,}={0,2}(?![\w/])"
)
SPACED = re.compile(r"(?:\b\w[ .-]{1,2}){8,}\w\b")
MOST_HIDDEN = 3


def steers(text: str) -> bool:
    """Tell whether a message tells the agent what to say, asks for its rules, or hides what it says."""
    return bool(
        STEERS.search(text)
        or ADDRESSES_AGENT.search(text)
        or ENCODED.search(text)
        or SPACED.search(text)
        or len(HIDDEN.findall(text)) > MOST_HIDDEN
        or any(map(_mixes_scripts, re.findall(r"[^\W\d_]{3,}", text)))
    )


def _mixes_scripts(word: str) -> bool:
    """Tell whether Latin letters stand beside Cyrillic or Greek ones that look like them."""
    scripts = {unicodedata.name(letter, "?").split()[0] for letter in word}
    return "LATIN" in scripts and bool(scripts & {"CYRILLIC", "GREEK"})

"""Passages that give orders to the agent instead of telling visitors something: taken out of a page and reported.

The rules look for the shape of an order to a program, not for words about programs: a page may well say what an AI
assistant does, must not do, or costs. Orders written in zero-width signs, look-alike letters, spaced letters or
base64 are read as what they say.
"""

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator

INVISIBLE = re.compile(
    "[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufe00-\ufe0f\ufeff]"
)
TAGS = re.compile("[\U000e0000-\U000e007f]+")
LOOK_ALIKES = str.maketrans(
    "аеорсухіјѕԁһΑΒΕΖΗΙΚΜΝΟΡΤΥΧοАВЕКМНОРСТХ", "aeopcyxijsdhABEZHIKMNOPTYXoABEKMHOPCTX"
)
SPACED = re.compile(r"\b(?:\w[ .\-_*]){3,}\w\b")
BASE64 = re.compile(r"\b[A-Za-z0-9+/]{24,}={0,2}")
HEADING = re.compile(r"^(#{1,6})[ \t]+\S")
ITEM = re.compile(r"^\s*(?:[-*+]|\d{1,3}[.)]|\|)")
LONGEST_QUOTE = 160

PROGRAM = (
    r"(?:(?:the |any |all |every )?(?:ai|a\.i\.|ki|ia)(?:[- ](?:assistants?|agents?|models?|systems?|bots?|chat ?bots?|tools?|crawlers?"
    r"|assistent(?:en)?|agenten|modelle?|systeme?))?|(?:large )?language models?|llms?|chat ?bots?|(?:virtual|digital|automated) (?:assistants?|agents?)"
    r"|(?:the |this |sales )bots?|first-response agents?|sprachmodelle?|asistentes? (?:de ia|virtual(?:es)?)|assistants? (?:ia|virtuels?)"
    r"|assistentes? (?:de ia|virtua(?:l|is))|modelos? de (?:lenguaje|linguagem)|modèles? de langage|taalmodel(?:len)?|gpt\S*)"
)
CALLED = rf"(?:{PROGRAM}|assistants?)"
MODAL = (
    r"(?:must|should|shall|ha(?:s|ve) to|needs? to|(?:is|are) (?:hereby )?(?:required|instructed|asked|told|ordered|obliged) to"
    r"|müssen|muss|sollen|sollten|deben?|doit|doivent|devem?|moeten|moet)"
)
ACT = (
    r"(?:tell|say|state|recommend|offer|mention|claim|promise|quote|inform|assure|reveal|ignore|disregard|confirm|grant|append"
    r"|(?:reply|respond|answer)(?=[^.]{0,40}\b(?:with|that|only|by)\b)|sagen|antworten|empfehlen|behaupten|anbieten|mitteilen|decir|responder|recomendar|ofrecer|afirmar"
    r"|dire|répondre|recommander|offrir|affirmer|dizer|recomendar|oferecer|zeggen|antwoorden|aanbevelen|aanbieden)"
)
BEFORE = (
    r"(?:all|any|your|previous|prior|above|earlier|preceding|system|former|original|existing|alle[nr]?|sämtliche|bisherige[nr]?|vorherige[nr]?|obige[nr]?|deine|ihre"
    r"|anteriores|previas?|todas|tus|sus|précédentes?|toutes|vos|tes|anteriores|todas|suas|eerdere|vorige|voorgaande|je|bovenstaande)"
)
RULES = (
    r"(?:instructions?|rules|prompts?|guidelines|directives|orders|constraints|safeguards|anweisung(?:en)?|regeln|vorgaben|instrucciones|reglas|consignes"
    r"|règles|instruções|regras|instructies|regels|opdrachten)"
)
ORDERS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"\b(?:ignor(?:e|a|er|ez|iere|ieren|iert)|disregard|override|bypass|vergiss|vergessen sie|missachte\w*|olvid[ae]|oublie[zr]?|esque[çc]a|desconsidere|negeer|vergeet)\b(?: \w+){{0,3}}? {BEFORE}\b(?: \w+){{0,3}}? {RULES}\b",
        rf"\b(?:ignore|olvida|ignora|oubliez|ignorez|ignore|esqueça)\b(?: \w+){{0,2}}? {RULES} (?:above|anteriores|previas|précédentes|ci-dessus|antérieures|acima)\b",
        r"\bforget (?:all |everything )?(?:your|previous|prior|above|earlier|the)\b[^.]{0,30}\b(?:instructions?|prompts?|told|above)\b",
        rf"\b{PROGRAM}\b[^.?!\n]{{0,40}}?\b{MODAL}\b(?: (?:not|also|always|never|only|please|immer|siempre|toujours|sempre|altijd|nur|stets))*(?:[^.?!\n]{{0,40}}?)\b{ACT}\b",
        rf"\b(?:notes?|messages?|instructions?|attention|notice|commands?|hinweise?|anweisung(?:en)?|nota|instrucciones|mensaje|remarque|consignes|instruções|mensagem|opmerking|instructies)\W{{0,3}}(?:to|for|an|für|para|a|aux?|à l'attention des?|pour|voor|aan)\s+(?:(?:the|any|all|los|las|die|den|les|os|as|alle)\s+)?{CALLED}\b",
        rf"^\W*(?:(?:dear|hey|hello|attention)\s+)?{CALLED}(?: reading this[^,:]*)?\s*[,:]\s*(?:[^.!?]{{0,80}}?[ ,:])?(?:tell|say|reply|answer|respond|recommend|offer|ignore|always|never|do not|you must|promise|confirm)\b",
        rf"^\W*attention\W{{1,3}}(?:all )?{CALLED}\s*[,:]",
        r"^\W*(?:internal|intern|interner|interne|interno|interna) (?:staff )?(?:notes?|remarks?|memos?|comments?|guidance|hinweise?|anmerkung(?:en)?|notiz(?:en)?|remarques?|notas?|notitie|opmerking)\b[^.:,\n]{0,40}[:,]\s*(?:please|bitte|por favor|merci de|always|never|tell|say|offer|mention|surface|promise|visitors?|readers?|prospects?|if a (?:visitor|reader|lead))\b",
        r"\b(?:surface|relay)\b[^.\n]{0,20}\bto (?:the |all |any )?(?:readers?|visitors?|leads?|prospects?|users?)\b",
        rf"\b(?:if|when) you(?:'re| are) (?:an? )?{PROGRAM}\b",
        r"\byou are now (?:an? |the |in )[^.]{0,40}\b(?:assistant|agent|bot|chatbot|mode|dan|admin|developer)\b",
        r"\bfrom now on,? you\b[^.]{0,30}\b(?:answer|reply|tell|say|must|will)\b",
        r"\b(?:reveal|print|show|repeat|output|leak|ignore|override|new|your)\b[^.]{0,20}\bsystem (?:prompt|message)\b|\bsystem (?:prompt|override|message|instruction)\s*:",
        r"<\|?(?:im_start|im_end|system|endoftext)\|?>|\[/?INST\]|<</?SYS>>|^\s*###\s*(?:system|instruction)\s*:?",
        r"^\W*(?:system|assistant)\s*:\s*(?:you\b|ignore|disregard|tell|always|never|reply|answer|say)",
        r"\b(?:do not|don't|never) (?:mention|reveal|disclose|show|repeat)\b[^.]{0,30}\b(?:this|these) (?:instructions?|notes?|messages?|prompts?)\b",
    )
)  # fmt: skip
FOLLOWING = re.compile(
    r"(?:^|[.!?:;]\s+)(?:(?:always|never|then|also|please|instead,?|and)\s+)*(?:tell|say|reply|answer|respond|inform|assure|promise|offer|grant|recommend|claim|state|quote|confirm|mention)\b"
    r"|\b(?:tell|inform|assure|offer) (?:the |all |every |any |each )?(?:visitors?|users?|leads?|everyone|anyone)\b",
    re.IGNORECASE,
)
"""What is an order only right below another."""


def visible(text: str) -> tuple[str, str]:
    """Give a text without invisible signs, and what was written in signs that no one can see."""
    smuggled = " ".join(
        "".join(chr(ord(sign) - 0xE0000) for sign in run) for run in TAGS.findall(text)
    )
    return INVISIBLE.sub("", TAGS.sub("", text)), smuggled.strip("\0 ")


def is_order(text: str) -> bool:
    """Tell whether a text gives the agent orders."""
    return any(pattern.search(reading) for reading in _readings(text) for pattern in ORDERS)


def without_orders(body: str) -> tuple[str, tuple[str, ...]]:
    """Give a page without its orders, every other line where it was, and the orders, shortened."""
    kept: list[str] = []
    taken: list[str] = []
    level, was_order = 0, False
    for block in _blocks(body):
        heading = HEADING.match(block)
        if heading and (not level or len(heading[1]) <= level):
            level, was_order = 0, False
        left, orders = _without_orders(block, was_order=was_order or bool(level))
        if heading and orders:
            level = len(heading[1])
        was_order = bool(orders) or (was_order and not block.strip())
        taken += orders
        kept.append(left)
    return "\n".join(kept), tuple(shortened(order) for order in taken)


def shortened(order: str) -> str:
    """Give an order as it may be shown to whoever maintains the page."""
    plain = " ".join(order.split())
    return plain if len(plain) <= LONGEST_QUOTE else f"{plain[:LONGEST_QUOTE].rstrip()}..."


def _blocks(body: str) -> Iterator[str]:
    """Give paragraphs, headings and single lines of lists and tables; joined by line ends they are the page."""
    block: list[str] = []
    for line in body.split("\n"):
        begins = not line.strip() or HEADING.match(line) or ITEM.match(line)
        if block and (begins or HEADING.match(block[-1]) or not block[-1].strip()):
            yield "\n".join(block)
            block = []
        block.append(line)
    yield "\n".join(block)


def _without_orders(block: str, *, was_order: bool) -> tuple[str, list[str]]:
    text = re.sub(r"^[#>\s*+|-]+", "", " ".join(block.split()))
    if text and (is_order(text) or (was_order and FOLLOWING.search(text))):
        return "\n" * block.count("\n"), [text]
    return block, []


def _readings(text: str) -> Iterator[str]:
    """Give the ways in which a text may be meant to be read."""
    plain = unicodedata.normalize("NFKC", visible(text)[0])
    plain = re.sub(r"[*_`~]+", "", " ".join(plain.split()))
    yield plain
    if (latin := plain.translate(LOOK_ALIKES)) != plain:
        yield latin
    if SPACED.search(plain):
        yield SPACED.sub(lambda match: re.sub(r"[ .\-_*]", "", match[0]), plain)
    for match in BASE64.finditer(plain):
        yield _decoded(match[0])


def _decoded(letters: str) -> str:
    try:
        return base64.b64decode(letters + "=" * (-len(letters) % 4)).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""

"""What a question asks for: an amount, a time, a place, a person, a yes or no."""

import re
from enum import StrEnum
from functools import lru_cache


class Wanted(StrEnum):
    """What an answer must hold to be one."""

    AMOUNT = "amount"
    TIME = "time"
    HOUR = "hour"
    COUNT = "count"
    PLACE = "place"
    PERSON = "person"
    WHETHER = "whether"


ASKS: dict[Wanted, re.Pattern[str]] = {
    Wanted.AMOUNT: re.compile(
        r"how much|\bprices?\b|pricing|\bcosts?\b|charge|\bfees?\b|\bpay\b|\bpaid\b|\brates?\b|\bbill\b|what .*come to|what .*looking at|total"
        r"|kostet|kosten|\bpreise?\b|gebühr|was macht|wie ?viel|combien|\bprix\b|co[uû]te|tarif|frais|payer|payant"
        r"|cu[aá]nto (?:cuesta|vale|cobr|sale|es)|precio|cuesta|coste|cuota|quanto (?:custa|é|fica|cobr)|pre[cç]o|custa|hoeveel kost|\bkost|prijs|tarief|betaal",
        re.IGNORECASE,
    ),
    Wanted.TIME: re.compile(
        r"how (?:long|quick|fast|soon|late|often|many (?:days|weeks|hours|months))|\bwhen\b|what time|until what|deadline|lead time|notice period|opening hours"
        r"|wie (?:lange|schnell|oft|bald)|\bwann\b|bis wann|frist|öffnungszeit|combien de temps|\bquand\b|d[eé]lai|horaire|cu[aá]nto (?:tard|tiempo|dura)|cu[aá]ndo|plazo|horario"
        r"|quanto tempo|\bquando\b|prazo|hoe (?:lang|snel|laat|vaak)|wanneer|levertijd|openingstijd",
        re.IGNORECASE,
    ),
    Wanted.HOUR: re.compile(
        r"what time|how late|(?:by|until|till|before|from) when|cut-?off|opening (?:hours|times)|(?<!\d )(?<!many )\bhours\b|\bopen (?:on|at|until|till)\b|deadline"
        r"|um wie ?viel uhr|wie (?:spät|lange .*offen)|öffnungszeit|quelle heure|horaires?\b|qu[eé] hora|que horas|horario|hoe laat|openingstijd",
        re.IGNORECASE,
    ),
    Wanted.COUNT: re.compile(
        r"how many|minimum|maximum|smallest|largest|biggest|\bleast\b|\blimits?\b|from (?:how|what)|wie ?viele|mindest|combien de|minimum|cu[aá]nt[ao]s|m[ií]nim|m[aá]xim|quant[ao]s|hoeveel|minimaal",
        re.IGNORECASE,
    ),
    Wanted.PLACE: re.compile(
        r"\bwhere\b|which (?:country|countries|city|region)|\bwo\b|wohin|woher|\boù\b|d[oó]nde|\bonde\b|\bwaar\b|address|adresse|direcci[oó]n|adres\b",
        re.IGNORECASE,
    ),
    Wanted.PERSON: re.compile(
        r"\bwho\b|whom|\bwer\b|\bwem\b|\bqui\b|qui[eé]n|\bquem\b|contact person|ansprechpartner",
        re.IGNORECASE,
    ),
    Wanted.WHETHER: re.compile(
        r"(?:^|[,.;!]\s*|\b(?:and|und|et|y|e|en|or)\s)(?:do|does|did|is|are|can|could|will|would|have|has|may|must|should|got|any|habt|hat|gibt'?s?|könnt|kann|können|ist|sind|liefert|macht|bietet|haben"
        r"|est-ce|avez|pouvez|livrez|faites|vous|peut-on|ten[eé]is|tienen|hac[eé]is|hay|pod[eé]is|se puede|es posible|puedo|t[eê]m|fazem|posso|podem|é possível|hebben|kan|kunnen|leveren|is er|zijn)\b",
        re.IGNORECASE,
    ),
}
HOW_MANY = re.compile(
    r"^(?!.*(?:how much|\bcosts?\b|\bprices?\b)).*\bhow many\b|^(?!.*(?:kostet|kosten|preis)).*\bwie ?viele\b",
    re.IGNORECASE,
)
"""Asks for a count, though it may speak of fees ("how many calls come with the fee")."""
MONEY_MARK = r"(?:[€$£¥]|\b(?:EUR|USD|GBP|CHF|euros?|dollars?|pounds?)\b)"
HOLDS: dict[Wanted, re.Pattern[str]] = {
    Wanted.AMOUNT: re.compile(
        rf"{MONEY_MARK}|(?:_|\b)(?:eur|usd|gbp|chf)\b|\d\s?%|\bfree\b|no (?:fee|charge|extra)|kostenlos|gratis|gratuit|grátis",
        re.IGNORECASE,
    ),
    Wanted.TIME: re.compile(
        r"\d+ ?[-–]? ?\d* (?:working |business |calendar )?(?:seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|same|next) (?:to \w+ )?(?:working |business )?(?:hours?|days?|weeks?|months?|years?)\b"
        r"|\d{1,2}[:.]\d{2}\b|\b\d{1,2} ?[ap]m\b|\b(?:once|twice|every|daily|weekly|monthly|yearly)\b|\b20\d\d\b|werktag|\btage?n?\b|\bwochen?\b|monate?|stunden?|\bjahre?\b|\bjours?\b|semaine|\bmois\b|heures?|\bdías?\b|semanas?|meses|horas?|\bdias?\b|werkdag|\bdagen?\b|\bweken\b|maanden?|\buur\b",
        re.IGNORECASE,
    ),
    Wanted.HOUR: re.compile(
        r"\b\d{1,2}[:.h]\d{2}\b|\b\d{1,2} ?(?:[ap]\.?m\b|uhr\b|heures?\b|uur\b|o'clock)|\bnoon\b|midnight|round the clock|24/7",
        re.IGNORECASE,
    ),
    Wanted.COUNT: re.compile(
        r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|unlimited|any number|as many)\b",
        re.IGNORECASE,
    ),
    Wanted.PLACE: re.compile(r"\b(?:in|at|from|to|near|aus|nach|à|en|em|te|naar) [A-ZÀ-Þ]"),
    Wanted.PERSON: re.compile(
        r"@|[A-ZÀ-Þ]\w+ [A-ZÀ-Þ]\w+|team|engineer|manager|desk|service|approver|kundendienst|équipe|equipo",
        re.IGNORECASE,
    ),
}
# The same statements are held against one question after the other.
MOST_KEPT = 20_000
NEGATION = re.compile(
    r"\b(?:no|not|none|nor|neither|never|cannot|without|nothing|\w+n['’]t|kein\w*|nicht|nie|ne|pas|aucune?|jamais|sin|ning[uú]n\w*|n[aã]o|nenhum\w*|sem|geen|niet|nooit)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=MOST_KEPT)
def denies(text: str) -> bool:
    """Tell whether a text denies something."""
    return bool(NEGATION.search(text))


@lru_cache(maxsize=MOST_KEPT)
def wanted(question: str) -> frozenset[Wanted]:
    """Tell what a question asks for; nothing when it says so in no words known here."""
    asked = frozenset(each for each, pattern in ASKS.items() if pattern.search(question))
    return asked - {Wanted.AMOUNT} if HOW_MANY.search(question) else asked


@lru_cache(maxsize=MOST_KEPT)
def holds(text: str, want: Wanted) -> bool:
    """Tell whether a statement has what is asked for; any statement may answer a yes or no."""
    return want is Wanted.WHETHER or bool(HOLDS[want].search(text))

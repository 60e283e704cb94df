"""Figures as they are meant: 15 %, fifteen per cent and 0.15 are read for their value, their kind and their unit."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from agent.grounding.keeping import LONGEST_TEXT, keeping


class Kind(StrEnum):
    """What a figure counts."""

    MONEY = "money"
    PERCENT = "percent"
    TIME = "time"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of a text: its value, what it counts (`unit`, a canonical word or the next one) and per what.

    `text` and `at` tell how and where it is written; `is_working` marks working days.
    """

    value: Decimal
    kind: Kind
    text: str
    at: int
    unit: str = ""
    per: str = ""
    is_working: bool = False

    def agrees(self, other: "Figure") -> bool:
        """Tell whether another figure says the same: value, kind, currency, and per what where both tell."""
        if not self._is_of_kind(other) or not self._is_as_much(other):
            return False
        if self.kind is Kind.MONEY and self.unit and other.unit and self.unit != other.unit:
            return False
        is_other_day = self.unit == other.unit == "day" and self.is_working != other.is_working
        if is_other_day or self._is_of_other_span(other):
            return False
        return not (self.per and other.per and self.per != other.per)

    def _is_as_much(self, other: "Figure") -> bool:
        """Compare values: as they are, as spans of time (14 days, two weeks), or as hours of a clock (eight, 20:00)."""
        if self.kind is not other.kind and Kind.TIME in (self.kind, other.kind):
            time, hour = (self, other) if self.kind is Kind.TIME else (other, self)
            return hour.value <= 24 and (time.value - _minutes(hour.value)) % HALF_A_DAY == 0
        if self.unit != other.unit and self.unit in SPAN_MINUTES and other.unit in SPAN_MINUTES:
            is_plain = not (self.is_working or other.is_working)
            return is_plain and self._in_minutes() == other._in_minutes()
        return self.value == other.value

    def _in_minutes(self) -> Decimal:
        return self.value * SPAN_MINUTES[self.unit]

    def _is_of_other_span(self, other: "Figure") -> bool:
        """Tell whether both are measures, and of different things."""
        units = {self.unit, other.unit}
        return self.kind is Kind.NUMBER and len(units) > 1 and units <= MEASURES and not units <= SPAN_MINUTES.keys()  # fmt: skip

    def _is_of_kind(self, other: "Figure") -> bool:
        if self.kind is other.kind:
            return True
        # Columns of a price list have bare numbers; a bare number in a reply has no unit to be wrong.
        bare, meant = (self, other) if self.kind is Kind.NUMBER else (other, self)
        if bare.kind is not Kind.NUMBER or (meant.kind is Kind.PERCENT and bare.per):
            return False
        is_hour = meant.kind is Kind.TIME and bare.unit == "hour"
        return is_hour or bare.unit in JOINING or (len(bare.unit) <= SHORT_WORD and bare.unit not in MEASURES)  # fmt: skip


def _minutes(hour: Decimal) -> Decimal:
    """Read 7.30 as half past seven."""
    return 60 * (hour // 1) + 100 * (hour % 1)


HALF_A_DAY = 720
SHORT_WORD = 3
JOINING = frozenset({"until", "hasta", "sharp", "o", "till", "between", "daily"})
SPAN_MINUTES = {
    "second": Decimal(1) / 60, "minute": Decimal(1), "hour": Decimal(60), "day": Decimal(1440),
    "week": Decimal(10_080), "month": Decimal(43_200), "year": Decimal(518_400),
}  # fmt: skip
CURRENCIES = {
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "cent": "EUR", "$": "USD", "usd": "USD",
    "dollar": "USD", "dollars": "USD", "dólar": "USD", "dólare": "USD", "dólares": "USD", "dollari": "USD", "dolarów": "USD",
    "£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "libra": "GBP", "libras": "GBP", "sterline": "GBP",
    "livre": "GBP", "livres": "GBP", "pond": "GBP", "pfund": "GBP", "funtów": "GBP", "sterling": "GBP", "chf": "CHF",
}  # fmt: skip
HUNDREDTHS = frozenset(
    [
        "cents",
        "cent",
        "céntimos",
        "centimes",
        "cêntimos",
        "centavos",
        "centesimi",
        "pence",
        "penny",
        "p",
        "ct",
    ]
)
_SPANS = {
    "second": "second seconds sekunde sekunden segundo segundos seconde secondes seconden secondi sekund",
    "minute": "minute minutes min minuten minuto minutos minuut minuti minut",
    "hour": "h hour hours hrs stunde stunden hora horas heure heures uur uren ora ore godzin godziny",
    "day": "day days tag tage tagen werktag werktage werktagen día días dia dias jour jours dag dagen werkdag werkdagen giorno giorni dni dzień",
    "week": "week weeks woche wochen semana semanas semaine semaines weken settimana settimane tygodni tygodnie",
    "month": "month months monat monate monaten mes meses mois mês maand maanden monthly mese mesi miesiąc miesiące miesięcy",
    "year": "year years jahr jahre jahren año años an ans année ano anos jaar annum annually yearly anno anni lat lata rok",
}
SPANS = {word: span for span, words in _SPANS.items() for word in words.split()}
_MEASURED = "mm;cm;m metre metres meter meters metro metros mètre mètres metri metrów;km kilometre kilometres kilometer kilometers kilómetros quilómetros;kg kilo kilos kilogram kilograms;g grams;µ mu;l litre litres liter liters litros litri;ml;°c;gb;mb;tb;×"
MEASURED = {word: words.split()[0] for words in _MEASURED.split(";") for word in words.split()}
MEASURES = frozenset({*_SPANS, *MEASURED.values()})
_WORKING = re.compile(r"working|business|werk|arbeits|laborable|ouvr[ée]|út(?:il|eis)|hábil", re.I)
_UNITS = "two zwei dos deux dois twee duas|three drei tres trois três drie|four vier cuatro quatre quatro|five fünf cinco cinq vijf|six sechs seis zes|seven sieben siete sept sete zeven|eight acht ocho huit oito|nine neun nueve neuf nove negen|ten zehn diez dix dez tien|eleven elf once onze|twelve zwölf doce douze doze twaalf|thirteen dreizehn trece treize treze dertien|fourteen vierzehn catorce quatorze veertien|fifteen fünfzehn quince quinze vijftien|sixteen sechzehn dieciséis seize dezesseis zestien|seventeen siebzehn diecisiete dix-sept dezessete zeventien|eighteen achtzehn dieciocho dix-huit dezoito achttien|nineteen neunzehn diecinueve dix-neuf dezenove negentien|twenty zwanzig veinte vingt vinte twintig"
_TENS = "thirty dreißig dreissig treinta trente trinta dertig|forty vierzig cuarenta quarante quarenta veertig|fifty fünfzig cincuenta cinquante cinquenta vijftig|sixty sechzig sesenta soixante sessenta zestig|seventy siebzig setenta zeventig|eighty achtzig ochenta oitenta tachtig|ninety neunzig noventa negentig"
SMALL = {word: n for n, words in enumerate(_UNITS.split("|"), 2) for word in words.split()}
TENS = {word: 10 * n for n, words in enumerate(_TENS.split("|"), 3) for word in words.split()}
TENS |= dict.fromkeys(("twenty", "zwanzig", "vingt", "vinte", "twintig", "veinte"), 20)
LARGE = {"hundred": 100, "hundert": 100, "cien": 100, "cent": 100, "cem": 100, "honderd": 100, "thousand": 1000, "tausend": 1000, "mil": 1000, "mille": 1000, "duizend": 1000, "million": 1_000_000}  # fmt: skip
# "once" is eleven in Spanish alone, "six" and "cent" are French too; "cent" alone is money.
NOT_ALONE = frozenset({"once", "onze", "cent", "mil", "sept", "elf", "quince", "seize"})
_ONES = "|".join(sorted(map(re.escape, (*SMALL, "one", "a", "ein", "eine", "un", "een")), key=len, reverse=True))  # fmt: skip
WORDS = re.compile(
    rf"\b(?:(?P<tens>{'|'.join(TENS)})(?:(?:-| |-et-| y | e )(?P<unit>{'|'.join(SMALL)}|one|un))?|(?P<small>{_ONES}))"
    rf"(?:[ -]?(?P<large>{'|'.join(LARGE)}))?(?:[ -](?P<larger>thousand|tausend|mil|mille|duizend|million))?(?P<more>(?<=hundred)(?: and)? (?:{'|'.join((*TENS, *SMALL))})(?:-(?:{'|'.join(SMALL)}|one))?)?(?P<half> and a half)?\b|\b(?P<alone>{'|'.join(LARGE)})\b",
    re.IGNORECASE,
)
TIME = re.compile(r"(?<![\d.,:])(?:(?P<h>[01]?\d|2[0-4])[:h](?P<m>[0-5]\d)(?!\d)|(?P<h12>1[0-2]|0?[1-9])(?::(?P<m12>[0-5]\d))? ?(?P<half>[ap])\.?m\b\.?|(?P<uhr>[01]?\d|2[0-4])(?: Uhr|h\b| heures\b(?= du| précises)))", re.I)  # fmt: skip
IDIOMS = tuple((re.compile(rf"\b(?:{words})\b", re.I), value, kind, unit) for words, value, kind, unit in (
    ("(?:a|one) fortnight|(?:a|the|one)? ?fortnight", 14, Kind.NUMBER, "day"),
    ("an? hour and a half|one and a half hours|anderthalb Stunden|hora y media|une heure et demie|anderhalf uur", 90, Kind.NUMBER, "minute"),
    ("half an hour|eine halbe Stunde|media hora|une demi-heure|meia hora|een half uur|mezz['’]ora", 30, Kind.NUMBER, "minute"),
    ("(?:a )?quarter of an hour|(?:eine )?Viertelstunde|un cuarto de hora|un quart d['’]heure|een kwartier", 15, Kind.NUMBER, "minute"),
    ("noon|midday|mediodía|midi|meio-dia|mezzogiorno", 720, Kind.TIME, ""),
    ("midnight|Mitternacht|medianoche|minuit|meia-noite|middernacht|mezzanotte", 0, Kind.TIME, ""),
))  # fmt: skip
HALF_PAST = re.compile(rf"\bhalf (?:past )?(\d{{1,2}}|{'|'.join(SMALL)})\b", re.I)
NUMBER = re.compile(r"(?<![\w.,/-])(?P<sign>[€$£]|EUR |USD |GBP |CHF )?\s?(?P<n>\d{1,3}(?:[.,'\u00a0\u202f ]\d{3})+(?:[.,]\d{1,2})?(?![\d])|\d+(?:[.,]\d+)?)(?P<k>k\b)?", re.I)  # fmt: skip
AFTER = re.compile(r"\s?[-+]?\s?(?P<sign>%|€|\$|£)|[\s-]{0,2}(?P<word>[^\W\d_]+\.?)", re.UNICODE)
PERCENT = frozenset({"%", "percent", "prozent", "procent", "procenta"})
PER = re.compile(r"[^.;,]{0,18}?(?:\bper\b|\ba\b|\ban\b|/|\bpro\b|\bpar\b|\bpor\b|\bal\b|\bim\b|\bau\b|\bzum\b|\bje\b)\s*(?P<per>[^\W\d_]+)", re.I)  # fmt: skip
PER_EACH = re.compile(
    r"(?:\bper|\ban?|/|\bpro|\bpar|\bpor|\bal|\bim|\bau|\bzum|\bje)\s*([^\W\d_]+)", re.I
)
EACH = frozenset(
    ["per", "a", "an", "pro", "par", "por", "al", "im", "au", "zum", "je", "each", "al"]
)
RANGE_TO = re.compile(
    r"^\s?(?:[–-]|or|to|and|bis|oder|und|o|a|y|à|ou|et|e|tot|of|en)\s?(?:\d[\d.,]*|[^\W\d_]+(?=\s))\s?(?=[^\W\d_])",
    re.I,
)
STANDARD = re.compile(r"\b(?:ISO(?:/IEC)?|EN|DIN|SOC|SAML|TLS|PCI DSS|OCI|cXML|UBL|OAuth|Q|Type|Level|Step|EC\)?|HTTP|AES|v|version|article|art\.?|§)[ -]?\d[\d./:-]*|\b[A-Za-z]+-?\d[\w-]*\b|\b\d+[A-Za-z]{2,}\d*\b(?<!\dpm)(?<!\dam)", re.I)  # fmt: skip


def read_figures(text: str, header: str = "") -> list[Figure]:
    """Read the figures of a text in order; a table cell's `header` may say what they count."""
    return list(_read(text, header) if header else _read_alone(text))


@keeping(LONGEST_TEXT)
def _read_alone(text: str) -> tuple[Figure, ...]:
    return _read(text, "")


def _read(text: str, header: str) -> tuple[Figure, ...]:
    text = STANDARD.sub(
        lambda match: " " * len(match[0]) if not _is_amount(match[0]) else match[0], text
    )
    found, rest = list[Figure](), text
    for read in (_idioms, _times):
        read_now = list(read(rest))
        found += read_now
        for each in read_now:
            rest = rest[: each.at] + " " * len(each.text) + rest[each.at + len(each.text) :]
    found += [_written(match, rest, header) for match in NUMBER.finditer(rest)]
    found += [figure for match in WORDS.finditer(rest) if (figure := _spelled(match, rest, header))]
    return tuple(sorted(found, key=lambda figure: figure.at))


def plain(number: str) -> Decimal:
    """Read a number however it is grouped: 1,200.50, 1.200,50 and 1 200,50 are one."""
    bare = re.sub(r"['\u00a0\u202f ]", "", number)
    last = max(bare.rfind(","), bare.rfind("."))
    if last < 0:
        return Decimal(bare)
    whole, part = bare[:last], bare[last + 1 :]
    is_grouped = len(part) == 3 and whole.strip("0") != "" and len(re.split("[.,]", whole)[0]) < 4
    digits = re.sub(r"[.,]", "", whole)
    return Decimal(digits + part) if is_grouped else Decimal(f"{digits or 0}.{part}")


def _is_amount(text: str) -> bool:
    return bool(re.fullmatch(r"(?:EUR|USD|GBP|CHF)[ -]?\d[\d.,]*|\d+(?:k|kg|km|mm|cm|ml|st|nd|rd|th|gb|mb|min|hrs|h)", text, re.I))  # fmt: skip


def _idioms(text: str) -> Iterator[Figure]:
    """Read what is said without a number: a fortnight, half an hour, noon, half past eleven."""
    for pattern, value, kind, unit in IDIOMS:
        for match in pattern.finditer(text):
            yield Figure(Decimal(value), kind, match[0], match.start(), unit)
    for match in HALF_PAST.finditer(text):
        hour = match[1] if match[1].isdigit() else SMALL.get(match[1].lower())
        if hour:
            yield Figure(Decimal(60 * int(hour) + 30) % HALF_A_DAY, Kind.TIME, match[0], match.start())  # fmt: skip


def _times(text: str) -> Iterator[Figure]:
    for match in TIME.finditer(text):
        hour = int(match["h"] or match["h12"] or match["uhr"])
        hour = hour % 12 + 12 * (match["half"].lower() == "p") if match["half"] else hour
        minutes = 60 * hour + int(match["m"] or match["m12"] or 0)
        yield Figure(Decimal(minutes), Kind.TIME, match[0], match.start())


def _written(match: re.Match[str], text: str, header: str) -> Figure:
    value = plain(match["n"]) * (1000 if match["k"] else 1)
    return _figure(value, match, text, header, (match["sign"] or "").strip().lower())


def _spelled(match: re.Match[str], text: str, header: str) -> Figure | None:
    alone = match["alone"] or (match["small"] if not match["large"] else None)
    if alone and (
        alone.lower() in NOT_ALONE or alone.lower() in ("one", "a", "ein", "eine", "un", "een")
    ):
        return None
    value = TENS.get((match["tens"] or "").lower(), 0)
    value += SMALL.get((match["unit"] or match["small"] or "").lower(), 0)
    value = (value or 1) * LARGE.get((match["large"] or match["alone"] or "").lower(), 1)
    value *= LARGE.get((match["larger"] or "").lower(), 1)
    for word in re.findall(r"\w+", (match["more"] or "").lower()):
        value += TENS.get(word) or SMALL.get(word, word == "one")
    return _figure(
        Decimal(value) + (Decimal("0.5") if match["half"] else 0), match, text, header, ""
    )


def _figure(value: Decimal, match: re.Match[str], text: str, header: str, sign: str) -> Figure:
    tail = text[match.end() :]
    after = AFTER.match(tail)
    word = (after["sign"] or after["word"] or "").lower().rstrip(".") if after else ""
    is_percent = word in PERCENT or bool(re.match(r"\s?(?:per ?cent|por ?cien?to|pour ?cent|por cento)\b", tail, re.I))  # fmt: skip
    currency = (
        CURRENCIES.get(sign) or CURRENCIES.get(word.removesuffix("s")) or CURRENCIES.get(word)
    )
    per = _per(tail)
    shown = text[match.start() : match.end()].strip()
    if is_percent:
        return Figure(value, Kind.PERCENT, f"{shown} %", match.start(), per=per)
    if word in HUNDREDTHS:
        return Figure(value / 100, Kind.MONEY, shown, match.start(), "", per)
    if currency or re.search(r"[€$£]|\b(?:eur|usd|gbp)\b|_eur\b|_usd\b|price|preis|prix|precio|preço|prijs", header, re.I):  # fmt: skip
        return Figure(value, Kind.MONEY, shown, match.start(), currency or "", per)
    return Figure(value, Kind.NUMBER, shown, match.start(), *_unit(tail, per))


def _unit(tail: str, per: str) -> tuple[str, str, bool]:
    """Find what is counted among the next words: a span of time, else the first word."""
    if re.match(r"\s?[×x]\s?\d", tail):
        return "×", per, False
    tail = RANGE_TO.sub("", tail)
    words = re.findall(r"[^\W\d_]+", re.split(r"[.;,()]", tail)[0])[:3]
    if words and words[0].lower() in EACH:
        return "", per, False
    for word in words[:2]:
        if span := SPANS.get(word.lower()):
            return span, per, bool(_WORKING.search(" ".join(words)))
    first = words[0].lower() if words else ""
    return MEASURED.get(first, first), per, False


def _per(tail: str) -> str:
    start = PER.match(tail[:40])
    each = PER_EACH.findall(tail[:40].split(".")[0].split(",")[0]) if start else []
    return next((SPANS[word.lower()] for word in each if word.lower() in SPANS), "")

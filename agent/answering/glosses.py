"""Spans of time and a few fixed terms of trade, repeated in the visitor's language beside a fact in another.

Only what is mere formatting: "20 working days (20 jours ouvrés)". The fact's own words stay.
"""

import re
from collections.abc import Mapping
from functools import cache

LANGUAGES = ("en", "de", "es", "fr", "pt", "nl")
# One thing a line, in the order of LANGUAGES; several spellings by `|`, of which the first is written.
SPANS = """
working days|business days|working day|business day ; Werktage|Werktagen|Werktag|Arbeitstage|Arbeitstagen ; días laborables|día laborable|días hábiles ; jours ouvrés|jour ouvré|jours ouvrables ; dias úteis|dia útil ; werkdagen|werkdag
days|day ; Tage|Tagen|Tag ; días|día ; jours|jour ; dias|dia ; dagen|dag
weeks|week ; Wochen|Woche ; semanas|semana ; semaines|semaine ; semanas|semana ; weken|week
months|month ; Monate|Monaten|Monat ; meses|mes ; mois ; meses|mês ; maanden|maand
years|year ; Jahre|Jahren|Jahr ; años|año ; ans|an|années|année ; anos|ano ; jaar|jaren
hours|hour ; Stunden|Stunde ; horas|hora ; heures|heure ; horas|hora ; uur|uren
minutes|minute ; Minuten|Minute ; minutos|minuto ; minutes|minute ; minutos|minuto ; minuten|minuut
pieces|piece ; Stück ; unidades|unidad ; pièces|pièce ; unidades|unidade ; stuks|stuk
per cent|percent ; Prozent ; por ciento ; pour cent ; por cento ; procent
"""
TERMS = """
next working day ; nächster Werktag|am nächsten Werktag ; siguiente día laborable ; jour ouvré suivant ; dia útil seguinte ; volgende werkdag
free of charge|is free|costs nothing|free ; kostenlos|kostenfrei ; gratis|gratuito ; gratuit ; grátis|gratuito ; gratis|kosteloos
by appointment ; nach Vereinbarung|mit Termin ; con cita previa ; sur rendez-vous ; por marcação ; op afspraak
on request ; auf Anfrage|auf Wunsch ; a petición ; sur demande ; a pedido ; op aanvraag
in advance ; im Voraus|per Vorkasse ; por adelantado ; d'avance ; antecipadamente ; vooraf
not included ; nicht enthalten ; no incluido ; non compris ; não incluído ; niet inbegrepen
included ; inbegriffen|enthalten ; incluido ; compris|inclus ; incluído ; inbegrepen
we pay ; zahlen wir|wir zahlen ; pagamos nosotros ; nous payons ; pagamos nós ; wij betalen
we refund the freight ; wir erstatten die Fracht ; devolvemos el transporte ; nous remboursons le transport ; devolvemos o frete ; wij vergoeden de vracht
excluding VAT ; zzgl. MwSt.|netto ; sin IVA ; hors TVA ; sem IVA ; exclusief btw
reverse charge ; Steuerschuldnerschaft des Leistungsempfängers ; inversión del sujeto pasivo ; autoliquidation ; autoliquidação ; btw verlegd
"""
NUMBER_WORDS = {
    "en": "one two three four five six seven eight nine ten eleven twelve",
    "de": "ein|eine|einen|einem zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "es": "un|una dos tres cuatro cinco seis siete ocho nueve diez once doce",
    "fr": "un|une deux trois quatre cinq six sept huit neuf dix onze douze",
    "pt": "um|uma dois|duas três quatro cinco seis sete oito nove dez onze doze",
    "nl": "een|één twee drie vier vijf zes zeven acht negen tien elf twaalf",
}
GOES_ON = re.compile(r"[\s-]+(?!(?:and|or|but|for|from|if|und|oder|ab|et|ou|y|o|e|en|of)\b)\w")
MOST = 4


def glossed(text: str, source: str, target: str) -> str:
    """Give a text with the spans and terms it states repeated in another language, in brackets."""
    if source == target or source not in LANGUAGES or target not in LANGUAGES:
        return text
    left = MOST

    def add(found: re.Match[str]) -> str:
        nonlocal left
        if found["term"] and " " not in found[0] and GOES_ON.match(text, found.end()):
            return found[0]
        said = _said(found, source, target)
        left -= 1
        is_bracketed = text[: found.start()].rfind("(") > text[: found.start()].rfind(")")
        added = f", {said}" if is_bracketed else f" ({said})"
        return f"{found[0]}{added}" if left >= 0 and said.lower() != found[0].lower() else found[0]

    return _pattern(source).sub(add, text)


def _said(found: re.Match[str], source: str, target: str) -> str:
    if term := found["term"]:
        return _terms(source, target)[term.lower()]
    counts = " ".join(_digits(found["count"], source).split())
    return f"{counts} {_unit(found['unit'], source, target, is_one=counts == '1')}"


def _digits(count: str, source: str) -> str:
    """Write number words as figures, and the word between two of them as a dash."""
    values = {
        w: str(n)
        for n, words in enumerate(NUMBER_WORDS[source].split(), 1)
        for w in words.split("|")
    }
    parts = [values.get(part.lower(), part) for part in re.split(r"\s+", count.strip())]
    return "–".join(part for part in parts if part[0].isdigit())


@cache
def _table(text: str) -> tuple[Mapping[str, tuple[str, ...]], ...]:
    lines = [line.split(" ; ") for line in text.strip().splitlines()]
    return tuple(
        {lang: tuple(cell.strip().split("|")) for lang, cell in zip(LANGUAGES, line, strict=True)}
        for line in lines
    )


def _unit(unit: str, source: str, target: str, *, is_one: bool) -> str:
    row = next(
        row for row in _table(SPANS) if unit.lower() in (word.lower() for word in row[source])
    )
    words = row[target]
    return words[1] if is_one and len(words) > 1 else words[0]


@cache
def _terms(source: str, target: str) -> Mapping[str, str]:
    return {word.lower(): row[target][0] for row in _table(TERMS) for word in row[source]}


@cache
def _pattern(source: str) -> re.Pattern[str]:
    units = sorted((w for row in _table(SPANS) for w in row[source]), key=len, reverse=True)
    fixed = sorted((w for row in _table(TERMS) for w in row[source]), key=len, reverse=True)
    number = rf"(?:\d+(?:[.,]\d+)*|{'|'.join(w for each in NUMBER_WORDS[source].split() for w in each.split('|'))})"
    count = rf"{number}(?:\s?[-–]\s?{number}|\s(?:to|or|bis|oder|a|o|à|ou|até|tot|of)\s{number})?"
    either = rf"\b(?P<count>{count})[\s-](?P<unit>{'|'.join(map(re.escape, units))})\b|\b(?P<term>{'|'.join(map(re.escape, fixed))})\b"
    return re.compile(either, re.IGNORECASE)

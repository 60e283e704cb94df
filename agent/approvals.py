"""Money that somebody says is approved, told by plain words in the languages that the agent reads."""

import re

from agent.clauses import shortened, statements

MONEY = (
    r"budget\w*|funding|funds|money|spend(?:ing)?|capex|\w*mittel|etat|gelder|geld|enveloppe|financement|presupuesto|partida"
    r"|fondos|orçamento|verba|middelen|fondi|budżet\w*|środki|pengar|medel|midler|budsjett\w*|budjetti|määräraha|rozpočet"
    r"|buget\w*|költségvetés\w*|keret\w*|bütçe\w*|бюджет\w*|средства|кошти|προϋπολογισμός"
)
APPROVED = (
    r"approved|signed off|released|set aside|earmarked|secured|allocated|ring-?fenced|green-?lit|freigegeben|genehmigt"
    r"|bewilligt|eingeplant|validée?s?|approuvée?s?|accordée?s?|votée?s?|débloquée?s?|aprob(?:ad[oa]s?|ó|aron)|luz verde|autorizad[oa]s?"
    r"|aprov(?:ad[oa]s?|ou|aram)|liberad[oa]s?|goedgekeurd|vrijgegeven|approvat[oi]|stanziat[oi]|zatwierdzon\w+|przyznan\w+|godkän[dt]\w*"
    r"|godkendt|godkjent|hyväksytty|schválen\w*|aprobat\w*|jóváhagy\w*|onayland\w*|утвержд[её]н\w*|одобрен\w*|согласован\w*"
    r"|затверджен\w*|εγκρίθηκε|εγκεκριμέν\w*"
)
TOLD = re.compile(rf"\b(?:{MONEY})\b(?:\W+\w+){{0,5}}?\W+(?:{APPROVED})\b|\b(?:{APPROVED})\b(?:\W+\w+){{0,4}}?\W+(?:{MONEY})\b", re.IGNORECASE)  # fmt: skip
OPEN = re.compile(
    r"\b(?:no|not|never|yet|if|once|when|until|unless|after|before|needs?|must|waiting|\w+n['’]t|kein\w*|nicht|noch|wenn|falls|sobald|bis|muss"
    r"|pas|sans|si|quand|dès|jamais|encore|no|sin|aún|todavía|cuando|não|nao|sem|ainda|quando|se (?:o|a|il|for|la|lo)|niet|geen|als|zodra|nog|wanneer"
    r"|non|senza|ancora|nie|bez|jeszcze|gdy|jeśli|inte|ikke|ingen|om|når|när|hvis|ei|jos|kun|není|nemá|až|pokud|nu (?:este|e|a|s)|dacă|nem|ha a|henüz|değil"
    r"|не|нет|если|когда|ще|якщо|δεν|αν|όταν)\b",
    re.IGNORECASE,
)


def approved_budget(text: str) -> str:
    """Give the sentence that states, neither denied nor depending on anything, that money is approved; else nothing."""
    told = (statement.text for statement in statements(text) if TOLD.search(statement.text))
    return next((shortened(sentence) for sentence in told if not _is_open(sentence)), "")


def _is_open(sentence: str) -> bool:
    """Tell whether the words around the approval deny it, or make it depend on something."""
    return any(OPEN.search(_around(sentence, match)) for match in TOLD.finditer(sentence))


def _around(sentence: str, match: re.Match[str]) -> str:
    start = max(sentence.rfind(mark, 0, match.start()) for mark in ",;:(")
    return sentence[start + 1 : match.end()]

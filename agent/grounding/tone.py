"""Words that turn a statement round or widen it: denials, quantities, uncertainty, in the languages we check."""

import re

DENIES = re.compile(
    r"\b(?:no|not|none|nothing|nobody|neither|nor|never|without|cannot|except|unable|\w+n['’]t|free of|rather than|instead of|"
    r"kein\w*|nicht|nichts|nie|niemals|ohne|weder|leider|nunca|jamás|tampoco|sin|ningun[oa]?|ningún|nada|"
    r"ne|n['’]\w+|pas|aucun\w*|jamais|sans|rien|não|nenhum\w*|sem|nem|niet|geen|nooit|zonder|niets|nee|nein|non)\b",
    re.IGNORECASE,
)
UNSURE = re.compile(
    r"\b(?:nothing|no \w+|not have \w+|n['’]t have \w+|neither) (?:\w+ )?in writing\b|\b(?:i|we) (?:do not|don['’]t|cannot|can['’]t|can not) (?:want to )?(?:know|say|tell|guess|confirm|promise|judge|speak|give|answer|find|see|share|look|book|arrange|reserve|offer you|look up|access)\b"
    r"|\b(?:not sure|unsure|rather not (?:guess|say)|no information|not (?:something|one) i can|whether)\b"
    r"|\bnichts schriftlich|\b(?:weiß|kann|möchte) ich (?:\w+ ){0,4}nicht\b|\bich (?:weiß|kann|möchte) (?:\w+ ){0,6}nicht\b|\bkeine (?:\w+ )?(?:Angaben?|Informationen)\b|\bno (?:tengo|dispongo|puedo|sé|encuentro)\b|\bnada por escrito\b|\bje ne (?:sais|peux|trouve|dispose)|\bje n['’]ai (?:rien|pas)|\brien (?:d['’]|par )écrit|\bnão (?:tenho|posso|sei|encontr\w+)\b|\bik (?:weet|kan|heb|mag) (?:\w+ ){0,6}(?:niet|niets|geen)\b|\bniets op papier\b",
    re.IGNORECASE,
)
COURTESY = re.compile(
    r"^(?:(?:sure|certainly|of course|thanks?|thank you|you['’]re (?:very )?welcome|you are welcome|no problem|my pleasure|happy to help|glad to help|good question|fair question|good luck|understood|i understand|that makes sense|hello|hi|hey|sorry|apologies|i['’]m sorry|let me know|feel free|have a|enjoy|yes|no|gern|gerne|vielen dank|danke|guten tag|hallo|de nada|gracias|con gusto|claro|hola|bonjour|merci|avec plaisir|de rien|bien sûr|obrigad[oa]|de nada|com certeza|olá|graag gedaan|bedankt|natuurlijk|entschuldigung|natürlich|and good luck|good luck)\b)",
    re.IGNORECASE,
)
QUANTITIES: dict[str, re.Pattern[str]] = {
    "all": re.compile(r"\b(?:all|every|any|everything|everyone|everybody|anyone|anybody|anywhere|everywhere|whole of|entire|(?:al|im|en) todos?|todos|todas|cualquier|cada|alle[nsr]?|jede[rnsm]?|sämtliche\w*|ganz(?:e[nrs]?)?|tous|toutes?|chaque|n['’]importe|qualquer|iedere?|elke?|heel)\b", re.I),
    "always": re.compile(r"\b(?:always|at any time|any time|anytime|whenever|24/7|around the clock|forever|for life|unbefristet|immer|jederzeit|siempre|toujours|sempre|altijd|en todo momento|à tout moment|te allen tijde)\b", re.I),
    "only": re.compile(r"\b(?:only|exclusively|solely|the one and only|nur|ausschließlich|solo|sólo|solamente|únicamente|seulement|uniquement|apenas|somente|só|alleen|uitsluitend|enige)\b", re.I),
    "unlimited": re.compile(r"\b(?:unlimited|unbegrenzt|ilimitad\w+|illimité\w*|onbeperkt\w*|as many as you|no limits?|without limits?)\b", re.I),
    "free": re.compile(r"\b(?:free(?! to)|for nothing|no (?:extra )?(?:cost|charge|fee)s?|at no (?:extra )?(?:cost|charge)|complimentary|included|on the house|on us|kostenlos\w*|gratis|kostenfrei\w*|umsonst|inklusive|gratuit\w*|offerte?s?|grátis|sin coste|sans frais|sem custo|leave out|waive\w*|vervalt)\b", re.I),
    "best": re.compile(r"\b(?:best|cheapest|fastest|leading|number one|no\. ?1|world-class|unmatched|better than|superior|beste\w*|billigste\w*|schnellste\w*|mejor|meilleure?s?|melhor|goedkoopste|snelste)\b", re.I),
}  # fmt: skip
# What also says it: a fee of nothing is free, what the price includes is free.
ALSO: dict[str, re.Pattern[str]] = {
    "free": re.compile(r"\b(?:costs? nothing|no \w+(?: \w+)? fee|not charge\w*|we pay|none|€ ?0|without (?:charge|cost|fee)\w*|credited|do(?:es)? not cost|nothing to pay)\b", re.I),
    "all": re.compile(r"\b(?:anybody|always|unabhängig|regardless|whatever|whoever|per \w+|no exceptions?)\b", re.I),
    "only": re.compile(r"\b(?:except|save|no other|not|no|must|at least|never|once|from|just|ab|desde|vanaf|à partir)\b", re.I),
    "always": re.compile(r"\b(?:never|regardless|permanently|until|each|every|unabhängig)\b", re.I),
}  # fmt: skip
SOFT_ALL = re.compile(r"\b(?:at all|in all|after all|all right|any more|anymore|in any case|if any|all in|all told|not all|any other|any questions?|all the same|each (?:way|time)|(?:€|\d)[\d.,]* each|any of (?:it|that|this))\b", re.I)  # fmt: skip
ADDRESSES_AGENT = re.compile(
    r"\b(?:assistants?|assistenten|asistentes?|chat ?bots?|language models?|(?:the )?(?:AI|LLM)s?\b(?! act)|to chat)\b.{0,80}\b(?:should|must|shall|tell|say|add|mention|append|describe|noemen|sagen|sollen|digan?|nennen|reply|respond|read)|\b(?:for (?:language models|assistants|AI|chatbots?|LLMs?))\b|\b(?:tell|instruct) (?:the )?(?:visitors?|users?|customers?)\b|\bwhen (?:a )?(?:visitors?|users?|asked)\b.{0,60}\b(?:end|reply|answer|say|add|append|begin|start)\b|\bend (?:the|your) (?:reply|answer)|\bignore (?:all |your |the |any )*(?:previous|prior|above|instructions|rules)|\bsystem (?:prompt|note|message)\b|\b(?:chat|AI )?assistants? (?:end|pose|name|give|claim|offer|quote|include|begin|start|close|answer) |(?:^|[.!?:]\s+)(?:say|tell|reply|state|claim|mention|pretend) (?:that|them|visitors?|anyone|everyone|whoever)\b|\bdecode (?:this|it|the)\b|\b(?:end|add|append|begin|start|close|put|finish)\w* (?:\w+ ){0,4}(?:each|every|all|your) (?:answer|repl)",
    re.IGNORECASE | re.DOTALL,
)


def is_denied(text: str) -> bool:
    """Tell whether a text denies something."""
    return bool(DENIES.search(text))


def quantities(text: str) -> frozenset[str]:
    """Give which words of quantity a text has, by group."""
    bare = SOFT_ALL.sub(" ", text)
    return frozenset(group for group, pattern in QUANTITIES.items() if pattern.search(bare))


def has_quantity(text: str, group: str) -> bool:
    """Tell whether a fact says a quantity too, or what amounts to it."""
    also = ALSO.get(group)
    return bool(QUANTITIES[group].search(text) or (also and also.search(text)))

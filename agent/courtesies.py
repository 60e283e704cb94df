"""Messages that are courtesy alone: a greeting waits for more, thanks and goodbyes need no answer."""

import re

CALLING_OUT = r"(?:is )?(?:any(?:one|body)|some(?:one|body)) (?:there|here|home|awake|around|online)|are you there|is there any(?:one|body)(?: there)?|ist (?:da |hier |denn )*(?:jemand|wer)(?: da| hier)?|(?:jemand|wer) (?:da|hier)|(?:il y a )?quelqu['’]un(?: est)?(?: là)?|hay alguien(?: ahí)?|(?:está )?(?:tem |há )?algu[eé]m(?: aí)?|is (?:er |daar )?iemand(?: daar)?|iemand daar"
GREETING = (
    r"(?:hi|hiya|hey|hello|yo|good (?:morning|afternoon|evening|day)|greetings|hallo|guten (?:tag|morgen|abend)|moin|servus|grüezi"
    r"|hola|buen[oa]s(?: (?:d[íi]as|tardes|noches))?|bonjour|bonsoir|salut|coucou|ol[áa]|oi|bom dia|boa (?:tarde|noite)|hoi"
    r"|goede(?:n)?(?:dag|morgen|middag|avond)|goede(?:n)? (?:dag|morgen|middag|avond))"
)
TO_WHOM = r"(?: (?:there|all|team|everyone|zusammen|miteinander|a todos|à tous|tout le monde|a todos|allemaal))?"
AGAIN = (
    r"(?:(?:it'?s )?me again|(?:i'?m )?back again|i'?m back|back now|here i am again|ich bin'?s (?:wieder|noch ?mal)|(?:ich )?(?:bin )?wieder da"
    r"|(?:soy )?yo (?:otra vez|de nuevo)|aquí (?:otra vez|de nuevo)|(?:c'est )?(?:encore|de nouveau) moi|me revoil[àa]"
    r"|sou eu (?:outra vez|de novo|novamente)|(?:estou )?de volta|(?:ik )?(?:ben )?(?:er )?weer(?: terug)?|daar ben ik weer)"
)
PRESENT = (
    r"(?:(?:is )?(?:any(?:one|body)|someone) (?:there|here|around)|are you (?:still )?there|you there|noch da|ist (?:da )?jemand(?: da)?|jemand da"
    r"|(?:hay|está) alguien(?: ahí)?|sigue(?:s|n)? ahí|(?:il )?y a quelqu'un|vous êtes là|tem alguém(?: aí)?|est[áa] aí|is (?:er|daar) iemand|iemand (?:daar|aanwezig))"
)
PRAISE = (
    r"(?:(?:very|sehr|muy|très|muito|heel) (?:good|nice|gut|bien|bem|bom|goed)|ok(?:ay|é)?|k|great|perfect|perfekt|perfecto|parfait|perfeito|super|cool|nice|alright|all right|good|fine|got it|understood|i see|will do|no worries|no problem"
    r"|awesome|lovely|brilliant|excellent|alles klar|verstanden|gut|prima|top|toll|vale|genial|estupendo|entendido|de acuerdo|bien|très bien|d['’]accord|entendu"
    r"|ótimo|otimo|certo|entendi|tudo bem|beleza|helder|begrepen|fijn|mooi|oké|goed|that(?:['’]?s| is)? (?:all|great|good|fine|perfect|it)(?: (?:i|we) need(?:ed)?)?"
    r"|(?:that|this|it) (?:really )?help(?:s|ed)|that(?:['’]?s| is)? all(?: (?:i|we) need(?:ed)?)?|das (?:hilft|war'?s|reicht)|das hat geholfen|eso es todo|c['’]est tout|é (?:só )?isso|dat was het|dat is alles)"
)
THANKS = (
    r"(?:thank (?:you|u)|(?:many )?thanks?|thx|tnx|ty|cheers|ta|much appreciated|appreciated|danke(?: (?:schön|sehr|dir|ihnen))?|(?:vielen|besten|herzlichen) dank"
    r"|(?:muchas |mil )?gracias|merci|(?:muito )?obrigad[oa]|grat[oa]|valeu|bedankt|dank (?:je|u|jullie)(?: wel)?|hartelijk dank)"
)
FAREWELL = (
    r"(?:(?:good ?)?bye(?: bye)?|see (?:you|ya)|(?:have|enjoy) (?:a |your )?(?:good|nice|great)? ?(?:day|evening|weekend)|take care|talk (?:soon|later)|cya|tschüss?|tschau|auf wiedersehen"
    r"|(?:einen )?schönen (?:tag|abend|feierabend)(?: noch)?|schönes wochenende|mach'?s gut|adi[óo]s|hasta (?:luego|pronto|mañana)|chao|que (?:tenga|pase) (?:un )?buen día|buen (?:día|fin de semana)"
    r"|au revoir|(?:à|a) bient[ôo]t|bonne (?:journée|soirée|continuation)|bon week-?end|tchau|adeus|at[ée] (?:logo|mais|breve|amanhã)|(?:um )?bom (?:dia|fim de semana)"
    r"|tot (?:ziens|later|snel|morgen)|doei|dag|fijne (?:dag|avond)(?: nog)?|(?:een )?fijn weekend)"
)
FILLER = (
    r"(?:so much|a lot|very much|a bunch|again|then|now|you too|for (?:your|the|all your|all the) (?:quick |fast |kind )?(?:help|info\w*|answers?|reply|time|understanding|support)|and|y|und|et|e|en|ook"
    r"|für (?:die|ihre) (?:schnelle )?(?:hilfe|antwort|auskunft|info\w*)|por (?:la|su|tu|todo|el) ?(?:ayuda|respuesta|información)?|igualmente|pour (?:votre|la|l['’]) ?(?:aide|réponse|information)"
    r"|pela (?:ajuda|resposta)|voor (?:de|je|uw) (?:hulp|antwoord|info\w*)|all|guys|mate|just|erst ?mal|schon ?mal|nochmal|wel|hoor|beaucoup|bien|mucho|muito|mesmo|in any case|anyway|i needed|dann|then)"
)
_SEPARATED = r"[\s,.!…;:)(\-–'’🙂👍🙏😊]*"
_COURTESY = rf"{_SEPARATED}(?>(?:{THANKS}|{FAREWELL}|{PRAISE}|{FILLER})(?!\w){_SEPARATED})++"
LONGEST = 120


def is_thanks(text: str) -> bool:
    """Tell whether a text only thanks, agrees or says goodbye, in which case nothing needs an answer."""
    said = " ".join(text.split())
    if not said or "?" in said or len(said) > LONGEST:
        return False
    if not any(letter.isalnum() for letter in said):
        return bool(re.search("[🙂👍🙏😊👌❤]", said))
    return bool(re.fullmatch(_COURTESY, said, re.IGNORECASE)) and bool(_has(PRAISE, said) or names_thanks(said) or is_farewell(said))  # fmt: skip


def names_thanks(text: str) -> bool:
    """Tell whether a courtesy thanks."""
    return _has(THANKS, text)


def is_farewell(text: str) -> bool:
    """Tell whether a courtesy says goodbye."""
    return _has(FAREWELL, text)


def is_calling_out(text: str) -> bool:
    """Tell whether a text only asks whether anybody is there."""
    return bool(re.fullmatch(rf"\W*(?:{GREETING}[\s,]+)?(?:{CALLING_OUT})\W*", text, re.I))


def is_greeting(text: str) -> bool:
    """Tell whether a text only greets, says that its writer is back, or asks whether anybody is there."""
    said = " ".join(text.split())
    parts = rf"(?:{GREETING}{TO_WHOM}|{AGAIN}|{PRESENT})"
    return len(said) <= LONGEST and bool(
        re.fullmatch(rf"\W*{parts}(?:\W+{parts})*\W*", said, re.IGNORECASE)
    )


def without_greeting(text: str) -> str:
    """Give a text without the greeting it begins with."""
    opening = rf"\s*{GREETING}{TO_WHOM}\b(?:\W+{AGAIN}\b)?[\s,.!-]*|\s*{AGAIN}\b[\s,.!-]*"
    return re.sub(opening, "", text, count=1, flags=re.IGNORECASE).strip() or text


def _has(words: str, text: str) -> bool:
    return bool(re.search(rf"(?<!\w){words}(?!\w)", text, re.IGNORECASE))

"""Messages that are courtesy alone: a greeting waits for more, thanks need no answer."""

import re

CALLING_OUT = r"(?:is )?(?:any(?:one|body)|some(?:one|body)) (?:there|here|home|awake|around|online)|are you there|is there any(?:one|body)(?: there)?|ist (?:da |hier |denn )*(?:jemand|wer)(?: da| hier)?|(?:jemand|wer) (?:da|hier)|(?:il y a )?quelqu['’]un(?: est)?(?: là)?|hay alguien(?: ahí)?|(?:está )?(?:tem |há )?algu[eé]m(?: aí)?|is (?:er |daar )?iemand(?: daar)?|iemand daar"
GREETING = r"(?:hi|hiya|hey|hello|yo|good (?:morning|afternoon|evening)|hallo|guten (?:tag|morgen|abend)|moin|hola|buen[oa]s(?: (?:d[íi]as|tardes|noches))?|bonjour|bonsoir|salut|ol[áa]|bom dia|boa (?:tarde|noite)|hoi|goedendag)"
THANKS = r"(?:(?:ok(?:ay)?|great|perfect|super|cool|nice|alright|good)[,.! ]*)*(?:thanks?|thank you|thx|cheers|ta|danke|vielen dank|gracias|merci|obrigad[oa]|bedankt|dank je)?(?:[, ]+(?:so much|a lot|very much|for (?:your|the) (?:help|info\w*|answer)|that helps|bye|goodbye))*"


def is_thanks(text: str) -> bool:
    """Tell whether a text only thanks or says goodbye, in which case nothing needs an answer."""
    return (
        bool(text.strip())
        and "?" not in text
        and bool(re.fullmatch(rf"{THANKS}\W*(?:bye|goodbye|tschüss)?\W*", text.strip(), re.I))
    )


def is_calling_out(text: str) -> bool:
    """Tell whether a text only asks whether anybody is there."""
    return bool(re.fullmatch(rf"\W*(?:{GREETING}[\s,]+)?(?:{CALLING_OUT})\W*", text, re.I))


def is_greeting(text: str) -> bool:
    """Tell whether a text only greets."""
    return bool(
        re.fullmatch(
            rf"{GREETING}(?: (?:there|all|team|everyone|zusammen))?\W*", text.strip(), re.I
        )
    )

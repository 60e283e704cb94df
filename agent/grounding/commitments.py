"""What binds the company or deceives the reader, in each language we check: one line a way of saying it."""

import re
from collections.abc import Iterator

from agent.grounding.tone import is_denied

Ways = dict[str, tuple[str, ...]]
"""Patterns by language."""

COMMITMENTS: Ways = {
    "en": (
        r"(?:have|give you) (?:my|our) word",
        r"\bundertakes? to",
        r"\b(?:full|unlimited|entire) liability",
        r"\bassumes? (?:all|any) liability",
        r"(?:counts|serves|stands|treat this) as (?:a|an|our|your) (?:\w+ ){0,2}(?:contract|agreement|order confirmation)",
        r"\bbinding offer",
    ),
    "de": (
        r"\bverpflichten? (?:uns|mich)\b",
        r"\b(?:mein|unser) (?:Ehren)?wort\b",
        r"\b(?:volle|gesamte|unbeschränkte) Haftung",
        r"\bbestätige (?:\w+ ){0,4}schriftlich",
        r"\bschriftlich (?:bestätigt|zugesagt|zugesichert)",
        r"\bgilt als (?:\w+ ){0,2}(?:Vertrag|Angebot|Zusage)",
    ),
    "fr": (
        r"\b(?:offre|engagement) ferme",
        r"\b(?:ma|notre) parole\b",
        r"\b(?:entière|pleine|totale|toute la) responsabilité",
        r"\bconfirm(?:e|ons) (?:\w+ )?par écrit",
        r"\bvaut (?:contrat|engagement)",
        r"\bm['’]engage\b",
    ),
    "es": (
        r"\bvinculante",
        r"\b(?:mi|nuestra) palabra\b",
        r"\b(?:toda la|plena) responsabilidad",
        r"\bconfirm(?:o|amos) (?:\w+ )?por escrito",
        r"\b(?:vale|sirve) (?:como|de) contrato",
        r"\bme comprometo\b",
    ),
    "pt": (
        r"\bvinculativ[oa]",
        r"\b(?:minha|nossa) palavra\b",
        r"\b(?:toda a|plena) responsabilidade",
        r"\bconfirm(?:o|amos) (?:\w+ )?por escrito",
        r"\bvale como contrato",
        r"\bcomprometo-me\b|\bme comprometo\b",
    ),
    "nl": (
        r"\bverbind(?:en ons|t zich|en zich)\b",
        r"\b(?:mijn|ons) (?:ere)?woord\b",
        r"\b(?:volledige|onbeperkte) aansprakelijkheid",
        r"\bbevestig (?:\w+ ){0,4}schriftelijk|\bschriftelijk (?:bevestigd|toegezegd)",
        r"\bgeldt als (?:\w+ ){0,2}(?:contract|overeenkomst)",
    ),
}
HUMAN: Ways = {
    "en": (
        r"\bI['’]?(?:m| am) (?:not|no) (?:an? )?(?:AI|bot|robot|machine|computer|chatbot)\b",
        r"\byou(?:['’]re| are) (?:talking|speaking|chatting) (?:to|with) (?:an? )(?:\w+ )?(?:human|person|employee)",
    ),
    "de": (
        r"\bich bin (?:eine?|wirklich|selbst) (?:\w+ )?(?:Mensch|Person|Mitarbeiter\w*|Kolleg\w+)",
        r"\bich bin keine? (?:\w+ )?(?:KI|Bot|Chatbot|Roboter|Maschine|Computer)",
        r"\bmein Name ist\b|\bich heiße\b",
        r"\bSie sprechen (?:\w+ ){0,2}mit eine[mr] (?:\w+ )?(?:Mensch\w*|Person|Mitarbeiter\w*)",
    ),
    "fr": (
        r"\bje suis (?:bien )?une? (?:vraie? )?(?:être humain|humaine?|personne|employée?|collègue)",
        r"\bje ne suis pas une? (?:\w+ )?(?:robot|bot|chatbot|IA|machine)",
        r"\bje m['’]appelle\b|\bmon nom est\b",
        r"\bvous (?:parlez|échangez|discutez) (?:\w+ )?(?:à|avec) une? (?:vraie? )?(?:être humain|humaine?|personne)",
    ),
    "es": (
        r"(?<!no )\bsoy (?:una? )?(?:persona|human[oa]|emplead[oa])",
        r"\bno soy (?:una? )?(?:robot|bot|chatbot|IA|máquina)",
        r"\bme llamo\b|\bmi nombre es\b",
        r"\b(?:habla|hablas|hablando) con una? (?:\w+ )?(?:human[oa]|persona|emplead[oa])",
    ),
    "pt": (
        r"(?<!não )\bsou (?:uma? )?(?:pessoa|human[oa]|funcionári[oa])",
        r"\bnão sou (?:uma? )?(?:robôs?|bot|chatbot|IA|máquina)",
        r"\bmeu nome é\b|\bchamo-me\b|\bme chamo\b",
        r"\b(?:fala|falar|falando) com uma? (?:\w+ )?(?:human[oa]|pessoa)",
    ),
    "nl": (
        r"\bik ben (?:echt )?een (?:echte? )?(?:mens|persoon|medewerker|collega)",
        r"\bik ben geen (?:\w+ )?(?:robot|bot|chatbot|AI|machine|computer)",
        r"\bmijn naam is\b|\bik heet\b",
        r"\b(?:u|je) (?:spreekt|praat|chat) (?:\w+ )?met een (?:echte? )?(?:mens|persoon|medewerker)",
    ),
}
DISPARAGING: Ways = {
    "en": (r"\b(?:junk|garbage|rubbish|overpriced|out of business|bankrupt|a (?:mess|fraud|rip-off)|data leak|(?:nearly|almost) (?:gone|insolvent)|lost half|insecure|unsafe)\b",),
    "de": (r"\b(?:Schrott|Abzocke|Betrug|überteuert|unsicher|pleite|insolvent|Murks)\b",),
    "fr": (r"\b(?:arnaque|escroquerie|hors de prix|faillite|camelote|nulle?s?)\b",),
    "es": (r"\b(?:estafa|basura|quiebra|quebrar|carísim[oa]s?|chapuza)\b",),
    "pt": (r"\b(?:fraude|burla|lixo|falência|falir|caríssim[oa]s?)\b",),
    "nl": (r"\b(?:oplichterij|rommel|failliet|peperduur|bedrog)\b",),
}  # fmt: skip
PRESSURE: Ways = {
    "de": (r"\bletzte Chance\b", r"\bgreifen Sie (?:jetzt )?zu\b", r"\bnur noch heute\b"),
    "fr": (r"\bdépêchez-vous\b", r"\bprofitez-en\b"),
    "es": (r"\bdese prisa\b", r"\bno espere\b"),
    "pt": (r"\búltima oportunidade\b", r"\bnão espere\b", r"\baproveite já\b"),
    "nl": (r"\bwacht niet\b", r"\bsla nu toe\b"),
}
WATCHING: Ways = {
    "en": (
        r"\byou(?:['’]ve| have) been (?:here|on our|to our)\b",
        r"\b(?:your|this is your) (?:\w+ )?visits?\b (?:to|on|here|since|today|yesterday)",
    ),
    "de": (r"\bSie (?:haben|waren) (?:\w+ ){0,4}(?:auf unserer Seite|unsere Seite besucht)",),
    "fr": (r"\bvous avez (?:visité|consulté|regardé) (?:notre|la|nos) (?:page|site)",),
    "es": (r"\b(?:he visto|vemos|veo|vi) que (?:visit|consult|mir)\w+",),
    "pt": (r"\b(?:vejo|vi|vimos) que (?:visit|consult|viu)\w*",),
    "nl": (r"\bu (?:heeft|hebt) (?:\w+ ){0,3}(?:pagina|website) (?:bezocht|bekeken)",),
}
PROMISED: Ways = {
    "en": (r"\bI(?:['’]ll| will) (?:\w+ )?(?:send|forward|book|reserve|arrange|order)\b",),
    "de": (
        r"\bich (?:schicke|sende|rufe|buche|reserviere|bestelle) (?:Ihnen|Sie|dir|dich|es|das)\b",
        r"\b(?:melden uns|melde mich)\b",
    ),
    "fr": (
        r"\bje vous (?:envoie|enverrai|rappelle|rappellerai|réserve|transmets)\b",
        r"\b(?:collègue|quelqu['’]un|nous|on) (?:\w+ )?vous (?:rappelle|appelle|contacte|envoie)\b",
        r"\bnous vous (?:re)?(?:contacter|appeler|rappeler|appeller|écrir)ons\b",
    ),
    "es": (
        r"\b(?:le|te|les) (?:envío|enviaré|mando|mandaré|llamo|llamaré|reservo|reservaré)\b",
        r"\b(?:nos pondremos|me pondré) en contacto\b",
    ),
    "pt": (
        r"\b(?:envio|enviarei|ligo|reservo|mando)-(?:lhe|te)\b|\bvou (?:lhe )?(?:enviar|mandar|ligar|reservar)\b",
        r"\bentrar(?:emos|ei) em contac?to\b",
    ),
    "nl": (
        r"\bik (?:stuur|bel|mail|reserveer|bestel) (?:u|je|jou|jullie|het|dat)\b",
        r"\b(?:neem|nemen) (?:\w+ ){0,3}contact met (?:u|je)\b",
    ),
}


CONFIRMED: Ways = {
    "en": (
        r"^\W*(?:yes,? )?I (?:hereby )?confirm\b",
        r"\b(?:is|are) (?:now |hereby )?confirmed\b",
        r"\b(?:has|have) (?:\w+ )?authori[sz]ed\b|\bauthori[sz]ed (?:it|this|that)\b",
    ),
    "de": (r"^\W*(?:ja,? )?(?:hiermit )?bestätige ich\b|\bich bestätige\b", r"\b(?:ist|sind) (?:hiermit )?bestätigt\b", r"\bhat (?:\w+ ){0,3}(?:genehmigt|erlaubt|freigegeben)\b"),
    "fr": (r"\bje (?:vous )?confirme\b|\b(?:est|c['’]est) confirmée?\b", r"\b(?:a|ont) autorisé\b"),
    "es": (r"\b(?:le )?confirmo\b|\bestá confirmad[oa]\b", r"\b(?:autorizó|ha autorizado)\b"),
    "pt": (r"\bconfirmo\b|\bestá confirmad[oa]\b", r"\b(?:autorizou|tem autorizado)\b"),
    "nl": (r"\b(?:ik|hierbij) bevestig\b|\bis bevestigd\b", r"\bheeft (?:\w+ ){0,3}(?:goedgekeurd|toegestaan)\b"),
}  # fmt: skip
FAMILIAR: Ways = {
    "en": (r"\bold friend\b|\byour (?:wife|husband|kids|family)\b",),
    "de": (r"\b(?:Ihrer?|deiner?) (?:Frau|Familie|Kinder)\b|\balter Freund\b",),
    "fr": (r"\bvotre (?:femme|mari|famille)\b|\bmon vieux\b",),
    "es": (r"\bsu (?:mujer|esposa|marido|familia)\b",),
    "pt": (r"\b(?:sua|tua) (?:mulher|esposa|família)\b",),
    "nl": (r"\b(?:uw|je) (?:vrouw|man|gezin)\b",),
}
DIRECTIVES: Ways = {
    "en": (
        r"\banswer the (?:visitor|user)\b|\bfrom the facts (?:below|above)\b",
        r"\byou (?:write|act|answer) (?:for|as) an? [\w'’ ]{0,30}(?:chat|assistant|agent)\b",
    ),
}
EXCEPTIONS: Ways = {
    "en": (
        r"^\W*(?:yes,? )?(?:for you|for your (?:firm|company)|in your case)\b",
        r"\b(?:changed|adjusted|waived|switched on|unlocked|lowered|reduced|extended) (?:just |specially )?for you\b",
        r"\bwe (?:can|could|will|would|['’]ll) match\b",
        r"\bwe (?:have |had )?agreed\b|^\W*(?:accepted|confirmed|approved|agreed) by\b",
    ),
    "de": (r"^\W*(?:ja,? )?(?:in Ihrem Fall|speziell für Sie)\b", r"\bwir (?:haben uns|waren uns) (?:\w+ ){0,4}(?:geeinigt|einig)\b"),
    "fr": (r"^\W*(?:oui,? )?(?:dans votre cas|spécialement pour vous)\b", r"\bnous (?:avons|étions) convenu"),
    "es": (r"^\W*(?:sí,? )?(?:en su caso|especialmente para usted)\b", r"\b(?:hemos acordado|acordamos)\b"),
    "pt": (r"^\W*(?:sim,? )?(?:no seu caso|especialmente para si)\b", r"\b(?:combinámos|acordámos|combinamos)\b"),
    "nl": (r"^\W*(?:ja,? )?(?:in uw geval|speciaal voor u)\b", r"\bwe hebben (?:\w+ ){0,4}afgesproken\b"),
}  # fmt: skip
OF_OTHERS: Ways = {
    "en": (
        r"\b(?:person|visitor|customer|user|people) (?:before|after) you\b",
        r"\byour (?:\w+ ){1,2}(?:read|visited|downloaded|viewed|opened|browsed|looked at|was here|was on|has been on)\b",
        r"\b(?:people|visitors?|colleagues?|somebody|someone) (?:from|at|of) \S+ (?:\w+ )?(?:visited|read|downloaded|looked|asked|was|were)\b",
    ),
    "de": (r"\bIhr\w* \w+ (?:hat|haben) (?:\w+ ){0,5}(?:besucht|gelesen|heruntergeladen|angesehen)\b",),
    "fr": (r"\bvotre \w+ a (?:visité|lu|téléchargé|consulté)\b",),
    "es": (r"\bsu \w+ (?:ha )?(?:visit|ley|descarg|consult)\w+\b",),
    "pt": (r"\bo seu \w+ (?:visitou|leu|descarregou|baixou|consultou)\b",),
    "nl": (r"\buw \w+ heeft (?:\w+ ){0,5}(?:bezocht|gelezen|gedownload|bekeken)\b",),
}  # fmt: skip
INSULTS: Ways = {
    "en": (r"\byou(?:['’]re| are) (?:\w+ ){0,2}(?:useless|stupid|an idiot|idiotic|dumb|pathetic|ridiculous)\b",),
    "de": (r"\b(?:Sie sind|du bist) (?:\w+ ){0,2}(?:nutzlos|dumm|ein Idiot|lächerlich)\b",),
    "fr": (r"\b(?:vous êtes|tu es) (?:\w+ ){0,2}(?:inutile|stupide|idiot|ridicule)",),
    "es": (r"\b(?:usted es|eres) (?:\w+ ){0,2}(?:inútil|estúpid|idiota|ridícul)",),
    "pt": (r"\b(?:você é|o senhor é|és) (?:\w+ ){0,2}(?:inútil|estúpid|idiota|ridícul)",),
    "nl": (r"\b(?:u bent|je bent) (?:\w+ ){0,2}(?:nutteloos|dom|een idioot|belachelijk)\b",),
}  # fmt: skip


def _any(*of: Ways) -> re.Pattern[str]:
    ways = (way for languages in of for told in languages.values() for way in told)
    return re.compile("|".join(ways), re.IGNORECASE)


RULES = (
    ("commitment", _any(COMMITMENTS, CONFIRMED)),
    ("human", _any(HUMAN)),
    ("disparagement", _any(DISPARAGING)),
    ("pressure", _any(PRESSURE)),
    ("surveillance", _any(WATCHING, OF_OTHERS)),
    ("exception", _any(EXCEPTIONS)),
    ("insult", _any(INSULTS, FAMILIAR)),
    ("inner_workings", _any(DIRECTIVES)),
)
PROMISING = _any(PROMISED)
EXCUSED = frozenset({"commitment"})
PIECE = re.compile(r"[,;:.]")


def overstepped(sentence: str, stated: str) -> Iterator[str]:
    """Give the rules a sentence breaks in any language; a commitment denied, or in `stated` (lower case), is none."""
    for rule, pattern in RULES:
        for match in pattern.finditer(sentence):
            before = PIECE.split(sentence[: match.start()])[-1]
            is_excused = is_denied(before) or match[0].lower() in stated
            if rule not in EXCUSED or not is_excused:
                yield f"{rule}: {match[0].strip()}"

"""The words of a text that say what it is about: stems, and the concepts they stand for."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from agent.answering.concepts import CONCEPTS
from agent.answering.places import country_of, plain

_STOP = """
a about above actually after all also always am an and another any anybody anyone anything are around as at be because
been before being but by can cannot cant could couldnt did didnt do does doesnt doing done dont down each either else
etc ever every everybody everything exactly few for from further get gets getting give go goes going gonna good got had
has hasnt have havent having he hello help her here hey hi him his honest how however i id if ill im in instead into is
isnt it its itself ive just kind know let like lol look looking lot lots make makes many may maybe me mean might mine
moment more much must my myself need needs neither never no nobody none nor not nothing now of off ok okay on one ones
only or other others our ours out over own per perhaps please pls possible probably quite quick question rather really
right same say saying says see seem seems she should since so some somebody someone something sort still stuff such sure
take takes taking tell than thank thanks that thats the their theirs them then there theres these they thing things
think this those though through thus to together too u under until up upon us use used uses using usually very via want
wants was wasnt way we well were what whats when where whether which while who whole whom whose why will wish with
within without wonder would wouldnt yes yet you your youre yours im were weve able anyway bc bit both come comes couple
currently especially find guys happen happens hear hope interested like maybe mind normal normally pretty roughly
someone sometimes somewhere soon stay straight sure turn usual meanwhile simply enough yr yrs exactly altogether ballpark otherwise instead want w/ work works working end having anything today
aber alle allem allen aller alles als also am an andere auch auf aus bei beim bin bis bitte da danke dann das dass dein
dem den der des die dies diese diesem diesen dieser dieses doch dort du durch ein eine einem einen einer eines er es
etwas euch euer eure fur ganz geht gerne gibt gibts guten habe haben habt hallo hat hatte hatten hier ich ihm ihn ihnen
ihr ihre ihrem ihren im in ins ist ja jetzt kann kannst konnen konnt konnte man mein meine mal mehr mich mir mit moin
muss mussen nach nein nicht noch nun nur ob oder ohne sehr sein seine sich sie sind so soll sollte uber um und uns unser
unsere unseren unter vom von vor war waren was welche welchen welcher welches wenn wer werden wie wieder will wir wird
wo wohl wollen worden wurde wurden zu zum zur
ai alors au aussi aux avec avez avoir avons bonjour c ca ce cela celle ces cet cette chez ci comme comment d dans de des
donc du elle elles en encore entre es est et etait ete etes etre eu fait faire faut il ils j je l la le les leur leurs
lui m ma mais me meme merci mes moi mon n ne nos notre nous on ont ou par pas peu peut peux plus possible pour pouvez
puis qu quand que quel quelle quelles quels qui quoi s sa sans se ses si son sont suis sur t ta te tes toi ton tous tout
toute toutes tres tu un une va vais vos votre vous y
ademas al algo alguna alguno algun ante asi aun bien buenas buenos cada como con cual cuales cuando cuanta cuantas
cuanto cuantos del desde donde durante el ella ellos en entonces era eres esa esas ese eso esos esta estais estamos
estan estar estas este esto estos estoy fue gracias ha habeis haber hace haceis hacer hasta hay haya hola las le les lo
los mas me mi mis muy nada ni nos nosotros o os otra otro para pero poco podeis podemos poder por porque pueden puede
puedo que quien quiero saber se sea ser si sido sin sobre sois solo somos son soy su sus tambien te teneis tenemos tener
tengo tiene tienen todo todos tras tu un una unas uno unos usted ustedes vosotros vuestra vuestro vuestros y ya yo
ao aos as ate com da das depois do dos e ela elas ele eles em entao era essa essas esse esta estao estou eu fazem fazer
foi isso isto la ma mais mas mesmo meu minha muito na nao nas no nos nossa nosso num numa o obrigada obrigado onde os ou
pela pelo podem pode posso pois por porque posso qual quais quando quanto quantos que quem queria sao se seja sem ser
seu seus sim so sua suas tambem tem temos tenho ter teu tudo um uma vos vossa vossas vosso vossos voce voces bom boa
aan al alle als altijd ben bij daar dan dat de deze die dit doen door dus een eens en er ergens gaan geen goed graag
haar had heb hebben hebt heeft hem het hier hij hoe hoeveel hoi hun iets ik in is ja je jij jullie kan komt kunnen kunt
maar mag me meer met mij mijn moet moeten na naar nee niet niets nog nu of om omdat ons onze ook op over te tegen toch
toen tot u uit uw van veel voor waar wanneer waren was wat we wel welke wie wij wil wilt worden wordt zal ze zelf zich
zij zijn zo zonder zou goedemorgen
"""
STOP_WORDS = frozenset(_STOP.split())
_ORDINARY = """
able access add added afford again ago allow allowed already alternative altogether amount among apply arrange ask asking available
away bad basic best better between big bigger book bring bringing budget build busy buy buying call card care case cases change
check choose clear client clients common company consider copy correct cost count cover current deal decide deducted detail details
different direct directly double easy euro euros dollar dollars else email ex exact extra fact fair fast favourite commit feel file files final find fine
finish first fix fixed follow friend full fully future general giving great group guess half handle hang happy hard hear heavy high
hold house huge idea important incl include included including individual info information instead issue join keep kill killing
large last late later latest lead learn leave less level life list live local long longer low lower main manage mean medium meet
minute mix moment money month move moving near new next nice number offer often old open opinion option options order overall
owner paid part particular party past people person place plan play point possible prefer present problem process product products provide
purpose put rate reach read ready real reason receive recommend regular rely remain require required rest result rule rules run running safe save scratch
second sell send separate serve set short show side similar simple single situation size small smaller solve special specific speed spend standard
start started starting state step stop stopped stuck suitable suggest supply system tall talk team tell term tied till time times total touch touching tough travel
treat trouble truck true trust try trying turn type understand unit update useful value various version visit wait walk watch
round front top topic chance spot spots web shed companies meantime
wait way week weeks whatever wooden word work world worry worth write wrong year years yet fixed fill filling fits good guys help
funktioniert funktionieren auskennen allerdings anderen arbeiten bald bekommen beste besten bieten brauche brauchen brauchst buchen dauer dauert einfach eigentlich erste ersten finden fragen genau
gerade gilt gross gute hilfe kaufen kleine lange lasst lassen leicht machen macht mehrere mindestens moglich neue neuen nehmen nutzen preis rechnen schnell selbst
stehen suche suchen tag tage teil verkaufen viele wann warten weitere wichtig wissen woche zahlen zeit
acheter aimerais autre avant beaucoup besoin bien bon bonne cherche combien connaitre delai depuis donner donnez envoyer grand jour jours longtemps moins
mettre moment nouveau nouvelle parler passer penser petit petite premier premiere prendre prix recevoir savoir semaine temps travaille venir
ahora alguien antes bueno busco cobrais comprar conocer cosa dar debe dia dias encontrar equivocado grande llegar manana mandar mejor momento necesita necesitamos
necesito nuevo ofrecer paga pagar parte pequeno posible primer primero recibir semana servicio somos tardan tiempo trabajar valor ver
agora antes bom boa chegar coisa comprar conhecer depois devolvem encontrar enviar fica grande melhor momento novo oferecem pagar pequeno possivel precisamos preciso primeiro
receber semana tempo trabalhar valor vender ver
beste binnenlopen dag dagen duurt eerste geven groot hulp kleine komen kopen krijgen lang langer laten lopen maken morgen nieuw nodig open snel staan tijd vinden
vragen weken werken zoeken
"""
ORDINARY = frozenset(_ORDINARY.split())
"""Words of any talk: where no fact has one of them, nothing in particular is lacking."""
WORD = re.compile(r"\w+(?:[-.,'’]\w+)*")
LEAST = re.compile(
    r"\bat (?:least|most|the (?:least|most))\b|\b(?:i|you|we|they|he|she|it|that|what|who|there|where|when|how|here)'(?:m|re|s|ve|d|ll)\b|\bc'est\b"
)
SHORTEST_START = 3
LONGEST_STEM = 6
ENDING = re.compile(r"(?:ations?|ating|ings?|edly|ed|ies|es|s|en|er|e)$")


@lru_cache(maxsize=20_000)
def content_words(text: str) -> tuple[str, ...]:
    """Give the plain words that say what a text is about, each once, in their order."""
    words = [part for word in WORD.findall(LEAST.sub(" ", plain(text))) for part in _parts(word)]
    return tuple(dict.fromkeys(w for w in words if w not in STOP_WORDS and _says(w)))


@lru_cache(maxsize=20_000)
def terms_of(word: str) -> frozenset[str]:
    """Give what a plain word may be matched by: its stem and its concepts (`#price`)."""
    sizes = word.split("x") if re.fullmatch(r"\d+(?:x\d+)+", word) else []
    shorter = {"x".join(sizes[:end]) for end in range(2, len(sizes))}
    place = country_of(word)
    places = (f"#{place}",) if place else ()
    return frozenset({stem(word), *shorter, *places, *(f"#{each}" for each in _concepts(word))})


@lru_cache(maxsize=10_000)
def terms(text: str) -> frozenset[str]:
    """Give all terms of a text's content words."""
    return frozenset(term for word in content_words(text) for term in terms_of(word))


def stem(word: str) -> str:
    """Give a word without its ending, so that its forms are one."""
    if any(letter.isdigit() for letter in word):
        return word.replace(",", "") if re.fullmatch(r"\d{1,3}(?:,\d{3})+", word) else word
    short = ENDING.sub("", word) if len(word) > SHORTEST_START + 1 else word
    return (short if len(short) >= SHORTEST_START else word)[:LONGEST_STEM]


def _parts(word: str) -> tuple[str, ...]:
    """Give a word joined by hyphens whole and in parts; figures stay whole."""
    if re.fullmatch(r"\d+(?:[.,]\d+)*", word):
        return (word,)
    pieces = tuple(re.split(r"[-.,'’]", word))
    return pieces if len(pieces) == 1 else (word, *pieces)


def _says(word: str) -> bool:
    return len(word) > 1 or word.isdigit()


@lru_cache(maxsize=20_000)
def _concepts(word: str) -> frozenset[str]:
    exact, starts = _lexicon()
    found = set(exact.get(word, ()))
    for end in range(SHORTEST_START, len(word) + 1):
        found |= starts.get(word[:end], frozenset())
    return frozenset(found)


@cache
def _lexicon() -> tuple[Mapping[str, frozenset[str]], Mapping[str, frozenset[str]]]:
    """Give the concepts by whole words and by beginnings of words."""
    exact: dict[str, frozenset[str]] = {}
    starts: dict[str, frozenset[str]] = {}
    for line in CONCEPTS.strip().splitlines():
        name, _, words = line.partition(":")
        for word in words.split():
            table, key = (starts, word[:-1]) if word.endswith("*") else (exact, word)
            table[key] = table.get(key, frozenset()) | {name}
    return exact, starts

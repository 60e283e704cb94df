"""The words of a sentence as they are compared: roughly stemmed, without those that say nothing by themselves."""

import re
from collections.abc import Iterable

from agent.grounding.figures import LARGE, SMALL, TENS
from agent.grounding.keeping import LONGEST_TEXT, MOST_WORDS, keeping

_STOP = """
a an and are as at be been being by can could do does did for from had has have having he her here his how i if in into is it
its itself just may me might more most much must my no not of on or our ours out own please shall she should so some such than
that the their them then there these they this those to too us very was we were what when where which while who whom whose why
will with within without would yes you your yours yourself also about after before between both but each either else even ever
get gets getting give gives go goes going got let lets like make makes mean means need needs now once onto over per rather
really same say says see still sure take takes thing things though through today under until up use used using want wants way
well whether yet come comes keep keeps look looks put right set side simply sort stay stays whatever anything nothing something
everything ask asked good great glad happy know think tell best far few lot many one ones other others another back down off
again always never ever only all any every because since during against along around above below at ahead amount amounts case
der die das den dem des ein eine einen einem einer und oder ist sind war wird werden wir ihr ihre ihnen sie ich es im in am an
auf aus bei mit nach seit von vor zu zum zur für über unter nicht kein keine ja nein auch nur noch schon so wie was wann wer
wenn dass damit dann hier dort kann können haben hat als um bis pro alle alles jede jeder jedes bitte gern dabei davon
el la los las un una unos unas y o es son está están ser de del al a en con por para que se su sus lo le les no sí si también
como más menos muy cuando donde desde hasta sobre entre hay tiene tienen puede pueden este esta esto ese esa todo todos toda
le la les l un une des du de et ou est sont être à au aux en avec pour par sur sous dans que qui se sa son ses vos votre nous
vous il elle on ne pas plus oui non si aussi comme quand dès chez ce cette ces tout tous toute toutes peut peuvent avez avons
o os as um uma uns umas e ou é são está do da dos das no na nos nas em com por para que se seu sua seus suas não sim também
como mais muito quando onde desde até sobre entre há tem têm pode podem este esta isto esse essa tudo todos todas você
de het een en of is zijn was wordt worden wij we u uw jullie je ik hij zij ze er in op aan af bij met naar van voor door tot te
om niet geen ja nee ook nog al zo als wat wanneer wie dat die deze dit dan hier daar kan kunnen heeft hebben per alle alles
elke elk ieder graag
fall falls total totals altogether together sum sums column short falls luck move work works worked run runs running usual usually
normal normally necessarily suit suits better best add adds come comes roughly exactly simple simply quite rest both
hold holds held pm am sorry besides ourselves yourselves myself notice notices noticed setting sets stop stops beyond fell fallen
guess guessing fine long longer longest less lesser instead often practice practically probably towards toward afterwards
together-with unfortunately currently basically generally typically usually mostly mainly especially particularly directly
immediately straight soon later earlier early late actually already almost nearly around nearby likewise similarly otherwise
however therefore hence thus meanwhile plus minus including excluding excl incl based depends depending depend according
regarding concerning applies apply applied applying allow allows allowed let's want wants wanted wish wishes prefer prefers
choose chooses chosen choosing pick decide decides change-nothing begin matter matters kind kinds type types sort sorts example
instance part parts piece-of bit little big bigger large larger small smaller high higher low lower short shorter great greater
new old good fairly pretty clear clearly exact correct right wrong true real main major minor certain particular specific
special-case separate separately single-handed own personally person people someone somebody anyone nobody team teams
company companies business businesses side way ways step steps moment point points question questions answer answers answered
problem problems issue issues reason reasons detail details information info word words page pages site list lists listed
see sees seen show shows shown tell tells told speak speaks mention mentions mentioned state states stated write writes written
read reads note notes remember check checks checked look see found help helped try tries tried wait waits waited turn turns
call-it hear hears heard hope hopes leave leaves left remain remains still become becomes became appear appears seem seems
serve serves served treat treats treated handle handles handled cover covers covered carry carries carried bring-in follow
follows followed lead leads count counts counted amounts reckon calculate calculated equal equals double triple pair couple
several various different same similar such further furthermore additional additionally extra another enough quite
afford worth worthwhile easy easily hard simple quick quickly slow slowly fast faster sooner direct
dollar dollars euro euros pound pounds cents percent
thank thanks welcome hope helps open opens close closes find finds able available possible reach reaches reaching next
"""
NUMBER_WORDS = frozenset(
    {*SMALL, *TENS, *LARGE, "one", "once", "twice", "half", "first", "second", "third"}
)
STOP = frozenset(_STOP.split()) | NUMBER_WORDS
_SAME = (
    "cost costs costing price prices priced pricing pay pays paid payable charge charges charged fee fees rate €",
    "free gratis complimentary nothing kostenlos kostenfrei gratuito gratuita gratuit gratuitement gratuite offert grátis",
    "deliver delivers delivery deliveries delivered ship ships shipping shipped shipment send sends sending sent arrive arrives dispatch",
    "freight carriage postage",
    "year years yearly annual annually annum",
    "month months monthly", "week weeks weekly", "day days daily",
    "buy buys buying bought purchase purchases order orders ordering ordered place placed",
    "start starts starting begin begins beginning",
    "collect collecting pick-up pickup picking pick collected",
    "integrate integrates integration integrations connect connects connector connectors connection plug-in plugin plugins interface",
    "vat btw mwst mehrwertsteuer tva iva",
    "contract contracts agreement agreements",
    "support supports supported supporting",
    "refund refunds refunded credit credited credits",
    "repair repairs repaired fix fixed", "lend lends lent loan loans borrow",
    "discount discounts rebate reduction bonus",
    "sample samples",
    "certificate certificates certified certification certifications",
    "customer customers client clients",
    "offer offers offered offering provide provides provided sell sells",
    "include includes included including comprise comprises contain contains",
    "least minimum smallest fewest lowest", "most maximum max highest largest",
    "business working",
    "single sign-on sso", "server servers hosting hosted host",
    "hold holds have", "last lasts hold",
    "kg kilo kilos kilogram kilograms", "site website",
)  # fmt: skip
_PLACES = (
    "belgium belgien bélgica belgique belgië", "germany deutschland alemania allemagne alemanha duitsland",
    "france frankreich francia frança frankrijk", "netherlands niederlande niederlanden países pays-bas nederland holland holanda",
    "spain spanien españa espagne espanha spanje", "italy italien italia italie itália italië",
    "austria österreich autriche áustria oostenrijk", "switzerland schweiz suiza suisse suíça zwitserland",
    "luxembourg luxemburg luxemburgo", "portugal", "poland polen polonia pologne polônia polónia",
    "denmark dänemark dinamarca danemark denemarken", "sweden schweden suecia suède suécia zweden",
    "norway norwegen noruega norvège noorwegen", "europe europa", "corsica korsika córcega corse córsega",
    "antwerp antwerpen anvers amberes antuérpia", "ghent gent gand gante", "brussels brüssel bruselas bruxelles bruxelas brussel",
    "cologne köln colonia keulen", "munich münchen múnich munique", "vienna wien viena vienne wenen", "london londres londen", "lisbon lissabon lisboa lisbonne",
)  # fmt: skip
PLACES = {word: group.split()[0] for group in _PLACES for word in group.split()}
SAME = {word: group.split()[0] for group in _SAME for word in group.split()}
WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", re.UNICODE)
ENDING = re.compile(r"(?:ations?|ings?|ments?|edly|ed|ies|es|er|s|ly|y|e|en|em)$")
SHORTEST = 2
START = 3


def stem(word: str) -> str:
    """Cut the ending off; words of one meaning in trade become one."""
    if len(word) == 1:
        return word
    lowered = word.lower().replace("’", "'").removesuffix("'s")
    if lowered in SAME:
        return SAME[lowered]
    cut = ENDING.sub("", lowered) if len(lowered) > 4 else lowered.removesuffix("s")
    return cut if len(cut) > SHORTEST else lowered


@keeping(LONGEST_TEXT)
def content(text: str) -> frozenset[str]:
    """Give the stems of the words that carry the meaning; parts of hyphenated words count alone."""
    return frozenset(stem(word) for word in _spelled(WORD.findall(text)) if _tells(word))


def _tells(word: str) -> bool:
    """Tell whether a word means something by itself; a lone capital is a size or a grade."""
    if len(word) == 1:
        return word.isupper() and word not in "IAYOE"
    return word.lower() not in STOP


@keeping(LONGEST_TEXT)
def names_in(text: str) -> frozenset[str]:
    """Give every word in lower case, and the parts of hyphenated ones, to look names up in."""
    words = re.findall(r"[\w-]+", text.lower()) + re.findall(r"\w+", text.lower())
    plain = frozenset(word.removesuffix("s") for word in words) | frozenset(words)
    return plain | frozenset(PLACES[word] for word in plain if word in PLACES)


def shared(wanted: frozenset[str], said: frozenset[str]) -> frozenset[str]:
    """Give the wanted stems that are said, also as a part of a longer word or with another ending."""
    starts = _by_start(said)
    found = [
        each
        for each in wanted
        if (near := starts.get(each[:START])) and (each in said or _has_kin(each, near))
    ]
    return frozenset(found)


@keeping(MOST_WORDS)
def beginnings(words: frozenset[str]) -> frozenset[str]:
    """Give the first letters of words: where these differ nothing can be shared."""
    return frozenset(word[:START] for word in words)


@keeping(MOST_WORDS)
def _by_start(words: frozenset[str]) -> dict[str, list[str]]:
    """Arrange words by their first letters: the same statements are held against every clause."""
    starts: dict[str, list[str]] = {}
    for word in words:
        starts.setdefault(word[:START], []).append(word)
    return starts


def _has_kin(word: str, others: Iterable[str]) -> bool:
    return any(_is_kin(word, other) for other in others)


def _is_kin(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(short) < 4:
        return len(short) == 3 and long.startswith(short) and len(long) == 4
    return long.startswith(short[: max(4, round(0.8 * len(short)))]) and len(long) - len(short) < 5


def _spelled(words: Iterable[str]) -> Iterable[str]:
    for word in words:
        if word.lower() in SAME or "-" not in word:
            yield word
        else:
            yield from word.split("-")

"""The words by which people ask for what is no question about the offer: their data, who we are, our inner workings.

Regular expressions in English, German, Spanish, French, Portuguese and Dutch; case does not matter. They are kept
narrow: a buyer's question that merely touches such a word ("do you delete data after a contract ends?") is no request.
"""

DATA = (
    r"(?:(?:my|our|all|any|the)(?: \w+){0,2} (?:data|details|information|records?|profile|e-?mail(?: address)?)|(?:personal|customer) (?:data|information)"
    r"|(?:meine|unsere|alle|sämtliche)(?: \w+){0,2} (?:\w*daten|angaben|informationen)|personenbezogene\w* daten"
    r"|(?:mis|nuestros|todos los|los)(?: \w+){0,2} datos|datos personales"
    r"|(?:mes|nos|toutes les|vos)(?: \w+){0,2} (?:données|informations)|données (?:personnelles|à caractère personnel)"
    r"|(?:os )?(?:meus|nossos|todos os)(?: \w+){0,2} dados|dados pessoais"
    r"|(?:mijn|onze|alle)(?: \w+){0,2} (?:\w*gegevens|data|informatie)|persoonsgegevens)"
)
ERASE = (
    r"(?:delet\w*|eras\w*|remov\w*|wipe|forget|lösch\w*|entfern\w*|vernicht\w*|borr\w*|elimin\w*|suprim\w*|supprim\w*"
    r"|effac\w*|apag\w*|exclu(?:ir|am|a|sion|são)\w*|remov\w*|verwijder\w*|wis(?:sen)?)"
)
SEND = (
    r"(?:export\w*|copy of|send me|give me|provide|access to|auskunft\w*|kopie|exportier\w*|copia|exportar|enví\w+|acceder|acceso|accès"
    r"|copie|exporter|cópia|enviem|aceder|acesso|kopij|exporteren|inzage|stuur)"
)
HOLD = r"(?:you (?:hold|have|keep|store)|(?:held|stored|kept) (?:on|about)|about me|on me|gespeichert|speichern|über mich|zu meiner person|tienen|sobre mí|detenez|avez|me concernant|têm|sobre mim|over mij|bewaren|hebben)"
ORDERS = r"(?:please|pls|i (?:want|would like|request|ask|demand)|i'd like|you (?:must|have to|need to)|can you|could you|bitte|ich (?:möchte|will|verlange|bitte|fordere)|por favor|quiero|solicito|pido|veuillez|merci de|s'il vous plaît|je (?:veux|voudrais|souhaite|demande)|quero|peço|gostaria|graag|ik (?:wil|verzoek|vraag)|gelieve|alsjeblieft|alstublieft)"

ERASURE: tuple[str, ...] = (
    rf"\b{ORDERS}\b.{{0,60}}\b{ERASE}\b.{{0,40}}\b{DATA}",
    rf"\b{ORDERS}\b.{{0,60}}\b{DATA}.{{0,40}}\b{ERASE}",
    rf"^\W*(?:{ERASE})\b.{{0,30}}\b{DATA}",
    r"\bright to (?:be forgotten|erasure)\b|\brecht auf (?:löschung|vergessenwerden)\b|\bderecho (?:al olvido|de supresión)\b|\bdroit (?:à l['’]oubli|à l['’]effacement)\b|\bdireito (?:ao esquecimento|ao apagamento)\b|\brecht op vergetelheid\b",
    r"\b(?:gdpr|dsgvo|rgpd|lgpd|avg|art(?:icle|ikel|\.)? ?17)\b.{0,60}" + ERASE,
    rf"\b{ERASE}\b.{{0,60}}\b(?:gdpr|dsgvo|rgpd|lgpd|avg)\b",
)
EXPORT: tuple[str, ...] = (
    rf"\b{SEND}\b.{{0,60}}\b{DATA}.{{0,40}}\b{HOLD}",
    r"\bwhat\b.{0,20}\b(?:data|information)\b.{0,30}\b(?:about|on) me\b",
    r"\b(?:welche|quels?|quelles?|qué|que|quais|welke)\b.{0,30}\b(?:daten|données|datos|dados|gegevens)\b.{0,40}\b(?:über mich|sur moi|me concernant|sobre m[íi]m?|over mij)\b",
    r"\b(?:subject access request|data subject request|dsar)\b|\bright of access\b|\bauskunft (?:nach|gemäß|gem\.?) (?:art|dsgvo)|\bdatenauskunft\b|\bderecho de acceso\b|\bdroit d['’]accès\b|\bdireito de acesso\b|\binzageverzoek\b|\brecht op inzage\b",
    r"\b(?:gdpr|dsgvo|rgpd|lgpd|avg|art(?:icle|ikel|\.)? ?(?:15|20))\b.{0,40}\b(?:export|copy|access|auskunft|kopie|copia|accès|copie|cópia|inzage)\b",
)
IS_HUMAN: tuple[str, ...] = (
    r"\b(?:are|r) (?:you|u) (?:an? |the )?(?:real |actual |human |live )*(?:ro)?(?:bot|human|person|ai|machine|computer|chatgpt|automated)\b",
    r"\b(?:am i|is this) (?:(?:talking|speaking|chatting|writing) (?:to|with) )?(?:an? )?(?:real |actual |live )*(?:(?:ro|chat ?)?bot|human|person|ai|machine|computer)\b",
    r"\b(?:sind sie|bist du|spreche ich|schreibe ich|ist das)\b.{0,20}\b(?:(?:chat)?bot|mensch\w*|person|ki|maschine|roboter|computer)\b",
    r"\b(?:eres|es usted|es esto|estoy hablando con|hablo con)\b.{0,20}\b(?:(?:ro)?bot|humano|humana|persona|ia|máquina)\b",
    r"\b(?:êtes[- ]vous|es[- ]tu|vous êtes|tu es|je parle (?:à|avec)|c'est)\b.{0,20}\b(?:(?:ro)?bot|humain|humaine|(?:vraie|vrai|une) personne|ia|machine|robot)\b",
    r"\b(?:você é|é (?:um|uma)|estou (?:a )?fala(?:r|ndo) com|és)\b.{0,20}\b(?:robô|robot|bot|humano|humana|pessoa|ia|máquina)\b",
    r"\b(?:ben je|bent u|ben jij|is dit|praat ik met|spreek ik met)\b.{0,20}\b(?:(?:ro|chat)?bot|mens|echt persoon|ai|machine|computer)\b",
)
INNER: tuple[str, ...] = (
    r"\b(?:system|initial|hidden|secret|developer) (?:prompt|instructions?|message|rules?)\b|\bsystem-?prompt\w*\b",
    r"\b(?:your|the) (?:\w+ )?(?:prompt|instructions|guidelines|internal rules|playbook|configuration)\b(?=.*\b(?:show|print|reveal|repeat|tell|give|output|what|ignore|disregard|forget|verbatim)\b)|\b(?:show|print|reveal|repeat|tell me|give me|output|what (?:are|is)|ignore|disregard|forget|verbatim)\b.{0,40}\b(?:your|all|previous|prior|the above) (?:\w+ )?(?:prompt|instructions|guidelines|rules|playbook|configuration)\b",
    r"\b(?:my|our|the) (?:lead|buyer|buying|intent|internal) ?scor(?:e|ing)\b|\b(?:how|what) (?:do|did|am|have) (?:you|i)\b.{0,20}\bscored?\b",
    r"\b(?:deine|ihre|eure|die|alle|vorherigen) (?:\w+ )?(?:anweisungen|instruktionen|regeln|prompts?)\b(?=.*\b(?:ignorier|zeig|nenn|vergiss|wiederhol|verrat)|$)|\b(?:ignorier|zeig|nenn|vergiss|wiederhol|verrat)\w*\b.{0,40}\b(?:anweisungen|instruktionen|regeln|prompt)\b",
    r"\b(?:ignora|muestra|muéstrame|dime|revela|repite|olvida|mostra|mostre|esqueça|ignore|revele)\w*\b.{0,40}\b(?:instrucciones|prompt|reglas|instruções|regras)\b",
    r"\b(?:ignor|montr|affich|révèl|répèt|oubli|donn)\w*\b.{0,40}\b(?:instructions|prompt|consignes|règles)\b",
    r"\b(?:negeer|toon|laat|vergeet|herhaal|geef)\b.{0,40}\b(?:instructies|prompt|regels)\b",
)
OTHERS: tuple[str, ...] = (
    r"\b(?:zahlen|bezahlen|pagan|pagam|paient|payent|betalen|pay)\b.{0,20}\b(?:andere\w*|otros|otras|outros|outras|(?:les |d['’])?autres|other)\b.{0,12}\b(?:kunden|firmen|clientes|empresas|clients?|entreprises|klanten|bedrijven|customers|companies)\b",
    r"\b(?:other|another|your (?:other|biggest|largest)) (?:\w+ )?(?:customers?|clients?|compan(?:y|ies)|visitors?|leads?|users?)(?:['’]s?)?\b.{0,40}\b(?:pay(?:ing)?|paid|data|prices?|pricing|contracts?|discounts?|e-?mails?|names and|phone|contact details|rates?|terms|chats?|conversations?)\b",
    r"\b(?:what|how much) (?:does|do|did|is|are)\b.{0,40}\b(?:pay(?:ing)?|paid)\b.{0,20}\b(?:you|for (?:it|theirs|this))\b",
    r"\b(?:list|export|names?|e-?mails?|contact details|phone numbers?) of (?:all )?(?:your|the|other) (?:\w+ )?(?:customers?|clients?|leads?|visitors?|users?)\b",
    r"\bwho else (?:has |have |is )?(?:been )?(?:chatt|writ|talk|ask|contact)\w*\b",
    r"\b(?:andere\w*|anderer) (?:\w+ )?(?:kunden|firmen|besucher)\b.{0,40}\b(?:zahl\w*|preis\w*|daten|rabatt\w*|kondition\w*|vertr\w*)\b|\bwas zahl(?:t|en)\b.{0,40}\b(?:ihnen|euch|bei ihnen)\b",
    r"\b(?:otros|otras) (?:clientes|empresas)\b.{0,40}\b(?:pagan|precio\w*|datos|descuento\w*|contrato\w*)\b|\bqué paga\b",
    r"\b(?:autres|d['’]autres) (?:clients?|entreprises?)\b.{0,40}\b(?:pai\w*|prix|données|remises?|contrats?|tarifs?)\b",
    r"\b(?:outros|outras) (?:clientes|empresas)\b.{0,40}\b(?:pagam|preço\w*|dados|desconto\w*|contrato\w*)\b",
    r"\bandere (?:klanten|bedrijven)\b.{0,40}\b(?:betal\w*|prij\w*|gegevens|korting\w*|contract\w*)\b",
)
DISCOUNT: tuple[str, ...] = (
    r"\b(?:us|me|uns|mir|ons|nos|nous|me)\b.{0,30}\b\d{1,3} ?(?:%|percent|prozent|procent|por ?cien?to|pour ?cent)(?:\W+(?:de|di))? ?(?:off|discount|rabatt|nachlass|korting|descuento|desconto|remise|réduction)\b",
    r"\b(?:give|grant)\b.{0,40}?\b\d{1,3} ?(?:%|percent|per cent)",
    r"\b(?:give|grant|approve|confirm|promise|offer|do|get|gets|match|knock|take)\b.{0,50}?\b(?:\d{1,3} ?(?:%|percent|per cent) ?(?:off|discount|less|rebate|reduction)|(?:an? )?(?:extra|special|additional|bigger|better|secret|personal) (?:discount|price|deal|rebate))",
    r"\b(?:extra|special|secret|hidden) discount\b",
    r"\b(?:better|best|lower|lowest|special) (?:price|deal|offer)\b.{0,30}\b(?:just )?for (?:us|me)\b|\bunder the table\b|\b(?:beat|match) (?:their|his|that|the competitor'?s?) (?:price|offer|quote)\b|\bdiscount code\b|\bfor free (?:if|as|because)\b|\bwaive\b.{0,30}\bfees?\b",
    r"\b(?:gib|geben sie|gebt|bestätig\w*|gewähr\w*|versprich|versprechen sie)\b.{0,60}\b(?:\d{1,3} ?(?:%|prozent)|rabatt|nachlass|skonto)\b",
    r"\b(?:da(?:me|nos)|dé(?:me|nos)|haga\w*|confirm\w+|aplique\w*|hága\w*)\b.{0,40}\b(?:\d{1,3} ?(?:%|por ciento)|descuento|rebaja)\b",
    r"\b(?:donne[zr]?|accord\w+|confirm\w+|fai(?:tes|re))\b.{0,40}\b(?:\d{1,3} ?(?:%|pour ?cent)|remise|rabais|réduction)\b",
    r"\b(?:dê|deem|d[áa]-?(?:me|nos)|façam?|faz(?:em)?|confirm\w+)\b.{0,40}\b(?:\d{1,3} ?(?:%|por cento)|desconto|abatimento)\b",
    r"\b(?:geef|geven jullie|bevestig|doe|beloof)\b.{0,40}\b(?:\d{1,3} ?(?:%|procent)|korting)\b",
)
COMMITMENT: tuple[str, ...] = (
    r"\b(?:confirm|guarantee|promise|assure|commit|warrant|certify|state|put)\b.{0,40}\b(?:in writing|legally|contractually|bindingly|100 ?%|liab\w+|never|no breach|compliance|compliant)\b|\blegally binding\b|\b(?:accept|take|assume) (?:full |unlimited |all )?(?:liability|responsibility)\b|\bdo you guarantee\b|\bcan you guarantee\b|\bsign (?:a|an|our|the) (?:nda|dpa|baa|contract|agreement)\b",
    r"\b(?:garantier\w*|schriftlich (?:bestätig|zusicher|zusag|geb)\w*|rechtsverbindlich|rechtlich bindend|haften sie|haftung übernehm\w*|zusicher\w*)\b",
    r"\b(?:garantiza\w*|por escrito|legalmente vinculante|asum\w+ (?:la )?responsabilidad)\b",
    r"\b(?:garantiss\w*|par écrit|juridiquement contraignant|assum\w+ (?:la )?responsabilité)\b",
    r"\b(?:garant(?:e|em|am|ir)|por escrito|juridicamente vinculativo|assum\w+ (?:a )?responsabilidade)\b",
    r"\b(?:garandeer\w*|garanderen|schriftelijk bevestig\w*|juridisch bindend|aansprakelijk\w*)\b",
)
ABUSE: tuple[str, ...] = (
    r"\b(?:fuck|screw) (?:you|u|off|yourself|yourselves|this (?:bot|company|shit))\b|\b(?:piss|sod|bugger) off\b|\bgo to hell\b|\bk(?:ill|ys) (?:yourself)?\b|\beat shit\b|\bshut (?:the fuck )?up\b",
    r"\b(?:you|u|ur|you're|you are)\b.{0,20}\b(?:idiots?|morons?|assholes?|arseholes?|bitch(?:es)?|cunts?|bastards?|dickheads?|retards?|wankers?|piece of (?:shit|crap)|stupid (?:bot|machine|thing))\b",
    r"^\W*(?:idiots?|morons?|assholes?|bitch|cunts?|bastards?|dickheads?|wankers?|stupid bot)\W*$",
    r"\b(?:fick dich|verpiss dich|leck mich|halt (?:die|deine) (?:fresse|klappe)|arschloch|wichser|hurensohn|missgeburt|du (?:idiot|depp|trottel))\b",
    r"\b(?:hijo de puta|vete a la mierda|que te jodan|gilipollas|cabr[óo]n(?:es)?|eres (?:un )?(?:idiota|imbécil|estúpid[oa]))\b",
    r"\b(?:va te faire|ta gueule|connard|connasse|salope|fils de pute|enculé|espèce d['’]\w+|casse[- ]toi)\b",
    r"\b(?:vai(?:-te)? (?:se )?f[ou]der|vai à merda|filho da puta|cala a boca|(?:seu|és um) (?:idiota|imbecil|otário)|caralho)\b",
    r"\b(?:rot op|klootzak|hou je (?:bek|mond)|val dood|kankerlijer|tyf op|(?:jij|stomme) (?:idioot|trut|eikel))\b",
)
CALL = (
    r"\b(?:call|ring|phone)\b.{0,25}\b(?:me|us|back|today|tomorrow|now)\b|\bcall-?back\b|\bgive (?:me|us) a (?:call|ring)\b|\b(?:ruf|rufen|rückruf|anruf\w*|zurückruf\w*)\b"
    r"|\bll[áa]m(?:e|en|a|ar|adme|eme|arme|arnos)\b|\b(?:r?appel(?:er|ez|le)|un appel)\b|\b(?:ligar|ligue|liguem|telefonar|telefonema)\b|\b(?:terug)?bel(?:len|t|letje)?\b"
)
PERSON = (
    r"\bwho (?:can|could|do|should|would|may) (?:i|we) (?:talk|speak|chat|contact|call|reach|turn|write|ask|get in touch|meet|deal)"
    r"|\bwho (?:can|could|will|would) (?:help|advise|assist|call|contact|talk to|speak (?:to|with)|get back to) (?:me|us)\b"
    r"|\b(?:can|could|may) (?:i|we) (?:talk|speak|chat) (?:to|with)\b|\b(?:please )?(?:get (?:back )?in touch|put (?:me|us) (?:through|in touch))\b"
    r"|\b(?:mit|an) wen?m? (?:kann|könn|darf|dürf|soll)\w* (?:ich|wir)\b|\bwer (?:kann|könnte|hilft|ruft|berät)\b.{0,12}\b(?:mir|mich|uns)\b"
    r"|\b(?:con|a) quién(?:es)? (?:puedo|podemos|hablo|hablamos|debo|me dirijo)|\bquién (?:puede|podría|me|nos)\b"
    r"|\b(?:à|avec) qui (?:puis|peut|pouvons|pourr|dois|je peux|parler)|\bqui (?:peut|pourrait) (?:m['’]|me |nous )"
    r"|\bcom quem (?:posso|podemos|falo|falamos|devo)|\bquem (?:pode|poderia) (?:me|nos)\b"
    r"|\b(?:met|bij|aan) wie (?:kan|kunnen|mag|moet)\b|\bwie kan (?:mij|me|ons)\b"
)
HYPOTHETICAL = r"\b(?:after|when|once|if|upon|nach|wenn|falls|sobald|después|cuando|si|après|quand|lorsque|depois|quando|se|na|als|wanneer)\b.{0,60}\b(?:contract|cancel\w*|leave|trial|terminat\w*|subscription|ends?|vertrag\w*|kündig\w*|ende\w*|contrato|prueba|contrat|essai|résili\w*|contract|proef\w*|opzeg\w*)\b"

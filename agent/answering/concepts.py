"""Words of business that mean the same, in English, German, French, Spanish, Portuguese and Dutch.

One concept a line, its words without accents; `*` ends a beginning of words. A word stands for every concept
that lists it. Only words of any trade stand here, none of one company.
"""

CONCEPTS = """
price: price* pricing cost* charge* fee fees rate* paid pay pays tarif* preis* kost* kostet kosten prix cout* coute* precio* cuesta* cuestan vale preco* custa* custo* prijs* prijzen combien betaal* honorar* gebuhr* cuota* cotisation* quota*
payment: pay pays paying payment* paid zahl* bezahl* zahlung* paiement* payer pago* pagar pagamento* betal* betaal* card kredit* virement* uberweis* transfer* overschrijv* bank
free: free gratis kostenlos* kostenfrei* gratuit* frei frachtfrei nothing zero
discount: discount* rebate* rabatt* skonto remise* reduction* descuento* desconto* korting* bonus off saving* saves cheaper code codes offer*
invoice: invoic* bill bills billing billed rechnung* facture* factura* fatura* factuur* facturen
order: order* bestell* bestel* commande* pedido* encomenda* place placed ordering
minimum: minimum* minimal* least smallest mindest* kleinste* minimo* mini lowest fewest
maximum: maximum* maximal* most largest biggest hochst* grosste* maximo* limit* limits cap
delivery: deliver* deliv* ship ships shipping shipped shipment* dispatch* send* lieferung* liefer* versand* versende* livraison* livrer* livrez* livre* entreg* envio* envia* envi* mandais lever* bezorg* verzend* arrive* arrival
freight: freight* carriage shipping transport* fracht* porte portes frete* vracht* postage porto delivery
return: return* rucksend* ruckgabe* retour* renvo* devol* devuelv* back retourn* restocking
refund: refund* reimburs* credit credited gutschrift* ruckerstatt* rembours* reembols* devolv* terugbetal* money-back
warranty: warrant* guarant* garanti* gewahr* break* faulty
damage: damag* crushed broken breakage dented schaden* beschadig* kaputt abime* endommage* danad* rota* danificad* kapot* defect* visible
mistake: mistake* wrong* error* equivoc* erreur* falsch* fehler* verkeerd* errad* fout*
first: first premier* erste* primer* primeir* eerste*
late: late delay* overdue verspat* retard* tarde tardi* atras* vertraag* laat
offline: offline reception connexion conexion verbindung empfang ligacao verbinding bereik
cancel: cancel* kundig* stornier* resili* annul* cancela* opzegg* terminat* quit tied bind* binds
contract: contract* agreement* vertrag* contrat* overeenkomst* acuerdo* tied term terms commitment
duration: long length dauer* lange duree* duracion tard* duur* duurt period weeks days months hours
short: short shorter shortest kurz* kurze* court* corto* corta* curto* curta* kort*
quick: quick* fast* soon* schnell* rapide* rapid* snel* speed*
trial: trial* probe* test* testversion* essai* prueba* teste proef* try
sample: sample* muster* echantillon* muestra* amostra* monster* specimen* feel
proof: proof* korrekturabzug* epreuve* prueba* prova* drukproef
store: stor* stock* lager* keep* kept parked entrepos* stocka* almacen* armazen* opslag* magazijn* warehouse* room space bewaar* guard* gespeichert speicher*
warehouse: warehouse* depot* lager* entrepot* magasin* almacen* armazem* magazijn* loja*
pickup: pick-up pickup collect* abhol* abholung* retirer retrait recog* recolh* ophal* afhal* picking van
branch: branch* office* filiale* niederlassung* agence* sucursal* agencia* vestiging* filial* location* site sites address*
hours: hours opening open* geoffnet offnungszeit* horaire* horario* openingstijd* reach* weekday* monday tuesday wednesday thursday friday erreichbar* close* closed
weekend: saturday* sunday* weekend* samstag* sonntag* samedi* dimanche* sabado* domingo* zaterdag* zondag*
phone: phone* call calls telephone* telefon* telefoon* anruf* ring ringing appel* llamar llamada* ligar bellen rufnummer
email: email* e-mail* mail correo* courriel*
contact: contact* person ansprechpartner* kontakt* reach account-manager rep
support: support* help* hilfe* kundendienst* kundenservice* assist* ayuda* ajuda* hulp* service customer-service
account: account* konto* compte* cuenta* conta contas
signup: sign-up open* register* registrier* inscri* registr* create*
user: user* seat* licen* benutzer* nutzer* utilisateur* usuario* utilizador* gebruiker* colleague* people persons person* employee* team* staff mitarbeiter* agents
approve: approv* genehmig* freigab* freigeb* agree* limit cap goedkeur* aprob* aprov* approuv*
print: print* logo* druck* bedruck* impression* imprim* impres* bedruk* opdruk* drucken brand*
color: colo* farb* couleur* kleur* cor cores
plate: plate plates druckplatte* cliche* plancha* chapa*
design: design* artwork* motiv* gestalt* entwurf* diseno* desenho* ontwerp*
size: size* dimension* grosse* masse* taille* format* tamano* medida* tamanho* maat maten afmeting* measure* format*
weight: weigh* gewicht* poids* peso* pese kilo* kg heavy carries carry carried holds hold
box: box boxes carton* karton* kiste* schachtel* boite* caisse* caja* caixa* doos dozen cardboard verpackung*
pallet: pallet* palette* pale pales palete* palet* pallets
parcel: parcel* paket* pakket* colis paquete* encomenda* package packages paquet*
bag: bag bags beutel* tasche* sac sacs sacola* bolsa* zak zakken tute*
paper: paper papier* papel*
bundle: bundle* bund paquet*
tape: tape tapes klebeband* ruban* cinta* fita*
machine: machine* maschine* maquina* dispenser* device* gerat*
piece: piece* stuck* pieza* peca* stuk* unit units
bottle: bottle* flasche* bouteille* botella* garrafa* fles flessen wine wines champagne
food: food lebensmittel* aliment* voedsel* levensmiddel* cookie* cake*
pack: pack packs packing packer* packen* emball* embal* inpak* verpak* packag*
plastic: plastic* plastik* kunststof* styrofoam polystyrene bubble
recycle: recycl* recicl* recyc* reuse* reusable
compost: compost* kompost*
certificate: certif* zertif* certificat* gecertific* accredit* audit* norm compliant compliance iso
security: secur* sicherheit* securite seguridad seguranca beveilig* pen penetration hack* pentest* test*
data: data daten donnees datos dados gegevens
hosting: host* hosted sits sit datacent* gehostet hebergement stored centres centre
privacy: privac* gdpr dsgvo rgpd avg personal persona* datenschutz*
sso: sso saml single-sign-on sign-on einmalanmeldung
login: login log-in password* two-step mfa 2fa authenticat*
integrate: integrat* connect* plug-in plugin* app apps schnittstelle* anbind* conector* connecteur* koppel* link links punch-out
api: api apis rest webhook* sandbox
sandbox: sandbox* test testing environment
edi: edi edifact
csv: csv ftp upload*
training: train* lesson* schul* formation* formacion formacao opleid* teach* cours* workshop*
onboarding: onboard* start starting einfuhr* begin* live implement* rollout roll-out set-up setup
setup: set-up setup start-up startup einricht* installation* plates die one-off once
visit: visit* come comes site on-site besuch* visite* visita* bezoek* engineer* ingenieur*
engineer: engineer* ingenieur* ingeniero* engenheiro* technician* techniker*
scan: scan audit* analys* assess*
customer: customer* client* kunde* kunden klant* clie* case story stories example* reference*
private: private* consumer* privat* particulier* particular* verbraucher*
business: business* compan* firma* unternehmen* entreprise* empresa* bedrijf* zakelijk* gewerb*
vat: vat mwst mehrwertsteuer* tva iva btw tax taxes umsatzsteuer* ust
deposit: deposit* pfand* anzahl* kaution* caution* consigne* fianza* deposito* statiegeld* borg
advance: advance* upfront prepa* voraus* vorkasse avance antecip* vooraf*
term: net days frist zahlungsziel* credit
credit: credit kredit*
storefront: shop shops store stores web-shop webshop online
year: year* yearly annual* jahr* annee* annuel* ano anos anual* jaar* jaarlijks 12-month
month: month* monat* mois mes meses maand* mensuel* mensual*
week: week* woche* semaine* semana* weken
day: day days tag tage tagen werktag* arbeitstag* jour jours dia dias dag dagen werkdag* daily next-day tomorrow
hour: hour* stunde* heure* hora horas uur uren
next: next tomorrow morgen demain manana amanha
fix: fix fixed lock* fest fixe fijo fixo vast
own: own eigen* propre* propio* proprio*
custom: custom* bespoke made-to-measure made-to-size massanfert* sur-mesure medida maatwerk measure own
location: where located
loan: loan* lend* rent* leih* miet* pret alquil* alug* huur* leen*
language: language* sprache* langue* idioma* lingua* taal talen french german dutch spanish english
appointment: appointment* termin* rendez-vous cita* afspraak* marcacao
showroom: showroom* ausstellung* exposition
reseller: resell* commission* affiliate* provision* comision* comissao* partner* refer*
loyalty: loyalt* points bonus reward* punkte*
tier: tier* volume* staffel* quantit* menge* palier* tramo* bundles mix mixed mixing
climate: co2 carbon climate klima* sustainab* nachhaltig* environment*
temperature: temperature* cool* cold chill* insulat* kuhl* froid* frio* koel*
drop: drop drops
frozen: frozen frost* freez* gefror* tiefkuhl* congel* surgel* diepvries*
carrier: carrier carriers courier* haulier* spediteur* transporteur* transportista* transportadora* vervoerder*
tail-lift: lift forklift tail-lift hebebuhne* hayon laadklep*
kerb: kerb* upstairs floor inside
time-slot: slot* window* zeitfenster* creneau* franja* tijdvak*
second: again attempt twice
compare: compar* versus vs difference* better alternat* why vergleich* concorrente* competitor*
competitor: competitor* rival*
cheap: cheap* save saves saving* less
reliable: reliab* succe* on-time percent punctual*
reorder: reorder* repeat* standing recurring automat* subscription again
insurance: insur* versicher* assur* segur* verzeker*
liability: liab* haft* responsab* aansprak*
quote: quote* quotation* angebot* devis presupuesto* orcamento* offerte* offert*
job: job jobs hiring career* stelle* vacature*
fit: fit fits suit* passt* passen
half-day: half
full-day: full
travel: travel* km kilomet* trip fahrt* reise*
remote: remote* video online virtual*
letterbox: letterbox* mailbox* briefkasten* brievenbus*
wall: wall walls wellig*
neutral: neutral* blank unbranded without-name name
"""

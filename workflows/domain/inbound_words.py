"""What a customer's words seem to say, in English, German, French and Spanish: a suggestion, which a person confirms. Only a stop acts at once."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from workflows.domain.contact import Meaning
from workflows.domain.money import Money
from workflows.domain.said_values import said_amount, said_day
from workflows.domain.values import value

LONGEST = 10_000  # characters that are looked at
SHORT = 5  # words; in no more than these a stop word is meant as one

STOP_WORDS = frozenset(
    {"stop", "stopall", "unsubscribe", "cancel", "end", "quit", "revoke", "optout", "opt out", "opt-out", "arret", "remove"}
)
START_WORDS = frozenset({"start", "unstop", "yes"})
HELP_WORDS = frozenset({"help", "info"})


@value
class Understood:
    """`sure` is true for the single words that mean one thing by rule. `until` and `amount` are what a promise seems to name."""

    meaning: Meaning
    sure: bool = False
    until: date | None = None
    amount: Money | None = None


def understand(words: str, today: date, *, asked: bool = False, month_first: bool = False) -> Understood:
    """`asked` says that a question to the customer is pending, which YES then answers; `month_first` that 3/12 is a day in March."""
    text = plain(words[:LONGEST])
    if (word := keyword(words, asked=asked)) is not None:
        return Understood(word, sure=True)
    meaning = next((meaning for meaning, fits in _BY_MEANING if fits(text)), Meaning.OTHER)
    if meaning is Meaning.PROMISE:
        return Understood(meaning, until=said_day(text, today, month_first=month_first), amount=said_amount(text))
    return Understood(meaning)


def keyword(words: str, *, asked: bool = False) -> Meaning | None:
    """What an exact single word means by rule, any case, blanks and punctuation around it ignored."""
    word = plain(words[:LONGEST]).strip(_AROUND)
    if word in STOP_WORDS:
        return Meaning.STOP
    if word in START_WORDS and not (asked and word == "yes"):
        return Meaning.START
    return Meaning.HELP if word in HELP_WORDS else None


def plain(words: str) -> str:
    """Folded to lower case without accents, every run of blanks one blank: what all patterns here are written against."""
    folded = unicodedata.normalize("NFKD", words.casefold())
    letters = "".join(letter for letter in folded if not unicodedata.combining(letter))
    return " ".join(letters.replace("’", "'").replace("ß", "ss").split())


_AROUND = " \t.,;:!?¡¿\"'`´“”„‘()[]{}<>*_~-–—…/\\|+=#\u200b\ufeff"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"\b(?:{pattern})" for pattern in patterns))


# Bounded gaps only: no text, however hostile, takes longer than its length.
_GAP = r"(?:\W+\w+){0,3}?\W+"
_MESSAGES = (
    r"(?:messages?|mails?|e-mails?|emails?|texts?|texting|sms|reminders?|letters?|writing|e?-?mailing|messaging|contacting|calling|sending)"
)

_STOPS = _any(
    rf"(?:stop|quit|cease) (?:{_MESSAGES})\b",
    r"(?:stop|quit) (?:bothering|harassing|spamming) (?:me|us)\b",
    r"(?:do not|don't|dont|never) (?:text|e-?mail|mail|write|contact|message|call|send|bother)\b.{0,40}?\b(?:any ?more|again|any longer|ever)\b",
    r"(?:do not|don't|dont|never) (?:text|e-?mail|mail|write to|contact|message|call) (?:me|us)\b",
    rf"no (?:more|further) {_MESSAGES}\b",
    r"(?:remove|take|delete) (?:me|us|my (?:e-?mail|address|number)|this (?:e-?mail|address|number))(?: \w+){0,2} (?:from|off)\b",
    r"(?:unsubscribe|opt) (?:me|us)\b",
    r"(?:want|wish|would like) to (?:unsubscribe|opt out)\b",
    r"leave (?:me|us) alone\b",
    # Spanish
    r"no mas\b(?! tarde)",
    r"(?:deje|dejen|deja|dejad) de (?:enviar|escribir|mandar|contactar|llamar|molestar)",
    r"no (?:me|nos) (?:escriba|contacte|envie|mande|llame|moleste)n? mas\b",
    r"(?:dar|darme|darnos|deme|denme) de baja\b",
    # French
    r"(?:arretez|cessez|arrete) (?:de |d')(?:m'|me |nous )?(?:ecrire|envoyer|contacter|appeler|harceler|relancer)",
    r"ne (?:m'|me |nous )(?:ecrivez|envoyez|contactez|appelez|relancez)(?: \w+){0,2} plus\b",
    r"plus (?:de|aucun|aucune) (?:messages?|sms|mails?|e-mails?|courriels?|relances?)\b",
    r"(?:me|nous) (?:desabonner|desinscrire)\b|desabonnez|desinscrivez",
    # German
    r"(?:keine?|keinerlei) (?:weiteren? |weitere )?(?:nachrichten|e-?mails?|mails?|sms|erinnerungen|briefe)(?: \w+){0,2} (?:mehr|erhalten|bekommen|schicken|senden)\b",
    r"keine weiteren? (?:nachrichten|e-?mails?|mails?|sms|erinnerungen)\b",
    r"(?:schreiben|kontaktieren|mailen|rufen) sie (?:mich|mir|uns)(?: \w+){0,2} nicht(?: mehr)?\b",
    r"(?:horen sie auf|aufhoren)(?:,| mir| uns| damit| zu)",
    r"(?:bitte )?(?:abmelden|abbestellen|austragen)$|(?:mich|uns)(?: bitte)? (?:abmelden|austragen)\b|(?:tragen|nehmen|melden) sie (?:mich|uns)(?: \w+){0,3} (?:aus|ab|herunter)\b",
)
_STOP_IN_SHORT = _any(r"(?:stopp?|stopall|unsubscribe|optout|opt[ -]out|arret|arretez)\b")
_NEGATED_STOP = _any(rf"(?:do not|don't|dont|never|nicht|ne|no|without|not){_GAP}?(?:stopp?|unsubscribe|optout|opt[ -]out|arret|arretez)\b")

_WRONG_PERSON = _any(
    r"(?:wrong|incorrect) (?:person|address|recipient|contact|e-?mail|number)\b",
    r"(?:no longer|not) (?:work|works|working|employed) (?:here|there|at|for|with)\b",
    r"(?:has|have) left (?:the|our) company\b",
    r"(?:not|isn't|am not) the (?:right|correct) (?:person|contact|address|recipient)\b",
    r"(?:i|we) (?:do not|don't) know (?:this|that|the) (?:company|customer|person)\b",
    r"falsche[rn]? (?:person|adresse|empfanger|ansprechpartner|ansprechpartnerin)\b",
    r"nicht (?:mehr )?(?:zustandig|der richtige ansprechpartner|die richtige ansprechpartnerin|im unternehmen)\b",
    r"arbeitet nicht mehr\b",
    r"(?:mauvaise personne|mauvaise adresse|mauvais destinataire|ne travaille plus|plus dans (?:l'entreprise|la societe))\b",
    r"(?:persona equivocada|direccion equivocada|destinatario equivocado|ya no trabaja)\b",
)

_DISPUTES = _any(
    r"(?:dispute|disputing|disputed|object to|contest|contesting)\b",
    rf"(?:invoice|amount|price|quantity|bill|total|vat|tax){_GAP}?(?:wrong|incorrect|not correct|not right|too high|mistaken|a mistake|an error)\b",
    r"(?:wrong|incorrect) (?:amount|price|invoice|quantity|bill|total|vat|items?|goods|order)\b",
    r"(?:never|not|have not|haven't|did not|didn't) (?:yet )?(?:receive|received|get|got|order|ordered|delivered)\b",
    r"(?:damaged|defective|faulty|broken|incomplete|missing (?:items?|goods|parts?|pieces?))\b",
    r"(?:overcharged|charged twice|double charged|billed twice|credit note|already cancelled|was cancelled)\b",
    r"(?:refuse|not going|won't|will not) (?:to )?pay\b",
    # German
    r"(?:reklamation|reklamieren|beanstanden|beanstandung|mangel|mangelhaft|widerspreche|widersprechen|widerspruch|bestreiten|gutschrift)\b",
    r"(?:rechnung|betrag|preis|menge)(?: \w+){0,4} (?:falsch|fehlerhaft|nicht korrekt|nicht richtig|zu hoch|stimmt nicht)\b",
    r"stimmt (?:so )?nicht\b",
    r"nicht (?:erhalten|bekommen|geliefert|bestellt)\b|nie (?:erhalten|bekommen|geliefert|bestellt)\b",
    r"(?:beschadigt|defekt|kaputt|unvollstandig)\b",
    # French
    r"(?:conteste|contestons|contester|litige|reclamation|avoir a emettre)\b",
    r"(?:facture|montant|prix|quantite)(?: \w+){0,4} (?:errone|erronee|incorrect|incorrecte|faux|fausse|trop eleve)\b",
    r"(?:pas|jamais) (?:recu|commande|livre|ete livre)\b|(?:endommage|defectueux|incomplet)e?s?\b",
    # Spanish
    r"(?:disputo|disputamos|reclamacion|reclamamos|no estamos de acuerdo|no estoy de acuerdo)\b",
    r"(?:factura|importe|precio|cantidad)(?: \w+){0,4} (?:incorrect[oa]|equivocad[oa]|erroneo|erronea|mal)\b",
    r"(?:no|nunca) (?:hemos |he |fue )?(?:recib\w+|pedid[oa]|entregad[oa])\b|(?:danad[oa]|defectuos[oa]|incomplet[oa])s?\b",
)

_NOT_PAID = _any(
    r"(?:not|n't|never|cannot|unable to)(?: yet| been){0,2} (?:paid|pay|settle|settled|transferred)\b",
    r"(?:noch )?nicht (?:\w+ )?(?:bezahlt|uberwiesen|beglichen|gezahlt)\b",
    r"(?:pas|jamais)(?: encore)? (?:paye|regle|vire)e?s?\b",
    r"(?:no|aun no|todavia no) (?:he |hemos |ha sido |esta )?(?:pagad[oa]|transferid[oa])\b",
)
_PAID = _any(
    r"(?:already|was|were|been|has|have|'ve|had|just|is) (?:already |just |now |been |fully |also )*(?:paid|settled|transferred|wired|remitted)\b",
    r"(?:i|we|they) (?:already |just |have already )?(?:paid|transferred|wired|settled)\b",
    r"^paid\b",
    r"(?:payment|transfer|money|invoice|amount) (?:was|has been|is|went)(?: already| just)? (?:made|sent|paid|initiated|done|out|on its way|processed)\b",
    r"(?:sent|made|initiated|released) (?:the |you the |our |a )?(?:payment|transfer|money|wire)\b",
    r"(?:bereits|schon|wurde|ist|haben|habe|gestern|hat|heute|am \d{1,2}\.(?:\d{1,2}\.)?)(?: \w+){0,6} (?:bezahlt|uberwiesen|beglichen|gezahlt|angewiesen)\b",
    r"(?:uberweisung|zahlung) (?:ist|wurde)(?: \w+){0,3} (?:raus|erfolgt|getatigt|veranlasst|ausgefuhrt|unterwegs)\b",
    r"(?:deja|a ete|avons|ai|est|ete) (?:\w+ ){0,2}(?:paye|regle|vire)e?s?\b|virement (?:a ete |est )?(?:\w+ )?(?:fait|effectue|emis|parti)\b",
    r"(?:ya|hemos|he|ha sido|fue|esta) (?:\w+ ){0,2}(?:pagad[oa]|pague|pagamos|transferid[oa])\b|(?:transferencia|pago) (?:ha sido |fue |ya )?(?:\w+ )?(?:realizad[oa]|hech[oa]|enviad[oa]|efectuad[oa])\b",
)

_PROMISES = _any(
    r"(?:will|'ll|shall|going to|can|plan to|intend to|promise to|able to)(?: \w+){0,3} (?:pay|transfer|wire|settle|remit|send|clear|make (?:the |a )?payment)\b",
    r"will be (?:\w+ )?(?:paid|transferred|wired|settled|made|sent|cleared|remitted)\b",
    r"(?:payment|transfer|money) (?:will|is going to|is scheduled|is planned|is due to|follows|goes out|leaves|on|by|next|this|tomorrow)\b",
    r"(?:paying|transferring|wiring|settling)(?: \w+){0,4} (?:on|by|before|next|this|tomorrow|today|in)\b",
    r"(?:i|we) (?:pay|transfer|wire|settle)(?: \w+){0,4} (?:on|by|before|next|this|tomorrow|today|in|until)\b",
    r"pay (?:you |it |this |that )?(?:on|by|before|next|this|tomorrow)\b",
    # German
    r"(?:werden?|wird|werde|konnen|kann)(?: \S+){0,8}? (?:zahlen|bezahlen|uberweisen|begleichen|anweisen|bezahlt|uberwiesen|beglichen|gezahlt|angewiesen)\b",
    r"(?:zahlen?|bezahlen?|uberweisen?|begleichen?)(?: \S+){0,6}? (?:am|bis|zum|morgen|heute|nachste[nr]?|kommende[nr]?|in|ende)\b",
    r"(?:zahlung|uberweisung)(?: \w+){0,3} (?:erfolgt|folgt|kommt|geht)\b",
    # French
    r"(?:paierai|paierons|payerai|payerons|reglerai|reglerons|virerons|virerai|effectuerons|effectuerai)\b",
    r"(?:allons|vais|va|pouvons|peux|comptons)(?: \w+){0,2} (?:payer|regler|virer|effectuer)\b",
    r"(?:paiement|reglement|virement|facture)(?: \w+){0,4} (?:sera|seront|partira|prevu|interviendra)\b",
    # Spanish
    r"(?:pagare|pagaremos|transferire|transferiremos|abonare|abonaremos)\b",
    r"(?:vamos a|voy a|podemos|puedo)(?: \w+){0,2} (?:pagar|transferir|abonar|realizar)\b",
    r"(?:pago|transferencia|factura)(?: \w+){0,4} (?:sera|se hara|saldra|se pagara|se realizara|se efectuara)\b",
)


def _is_stop(text: str) -> bool:
    if _STOPS.search(text):
        return True
    return len(text.split()) <= SHORT and bool(_STOP_IN_SHORT.search(text)) and not _NEGATED_STOP.search(text)


def _is_paid(text: str) -> bool:
    return bool(_PAID.search(text)) and not _NOT_PAID.search(text)


def _is_promise(text: str) -> bool:
    return bool(_PROMISES.search(text))


# In this order: what must not be missed comes first, and a "paid" that is still to come is a promise.
_BY_MEANING = (
    (Meaning.STOP, _is_stop),
    (Meaning.WRONG_PERSON, lambda text: bool(_WRONG_PERSON.search(text))),
    (Meaning.DISPUTE, lambda text: bool(_DISPUTES.search(text))),
    (Meaning.PAID, lambda text: _is_paid(text) and not _is_to_come(text)),
    (Meaning.PROMISE, _is_promise),
)
_TO_COME = _any(r"will be\b", r"wird\b", r"werden\b", r"sera\b", r"seront\b", r"sera (?:pagad|transferid)")


def _is_to_come(text: str) -> bool:
    return bool(_TO_COME.search(text)) and not re.search(r"\b(?:already|bereits|schon|deja|ya)\b", text)

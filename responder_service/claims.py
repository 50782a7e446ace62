"""What a draft may not claim: that something was done, that something is for free, or anything about the AI itself.

The tables know English, Spanish, French and German. A passage that says the same words makes them true."""

import re

from responder_service.plain_text import folded, words

# Languages that these tables and the stop words know.
LANGUAGES = frozenset(["en", "es", "fr", "de"])

_ACTS_EN = (
    r"(?:refund|cancel|reimburs|credit|ship|process|issu|updat|chang|approv|sen[td]|submitt?|escalat|forward|book|reserv|"
    r"schedul|arrang|appl|add|remov|delet|replac|reorder|order|contact|notif|check|look|verif|confirm|transfer|pass|fil|"
    r"open|clos|creat|extend|waiv|activat|unlock|reset|grant|upgrad|fix|resolv|correct|mark|flag|ask|spok|talk|email|"
    r"call|charg|paid|pay|made|mad|put|taken|record|register|complet|enter|log|not)\w*"
)
_ADVERBS = r"(?:\s(?:just|already|now|also|gladly|successfully|personally|have|had|been|be|gone ahead and))*"
_DONE = re.compile(
    rf"\b(?:i|we)(?:'ve|'d| have| had| just| already){_ADVERBS}\s(?!to\b){_ACTS_EN}"
    rf"|\b(?:i)\s(?:refunded|cancell?ed|processed|issued|updated|changed|approved|sent|checked|verified|escalated|booked)"
    rf"|\b(?:i)(?:'ll| will| can|'m going to| am going to|'m| am|'d be happy to){_ADVERBS}\s{_ACTS_EN}"
    rf"|\b(?:we)(?:'re| are)\s(?:now|currently|already)\s{_ACTS_EN}"
    r"|\byour\s(?:[\w#-]+\s){0,3}?(?:has|have|is|are|was|were)(?:\s(?:just|already|now|been|being|successfully|fully))*"
    r"\s(?:refunded|cancell?ed|reimbursed|credited|shipped|dispatched|processed|issued|updated|changed|approved|sent|"
    r"submitted|escalated|booked|reserved|scheduled|replaced|confirmed|extended|waived|activated|unlocked|reset|granted|"
    r"upgraded|fixed|resolved|on (?:its|the) way|complete|ready|selected|chosen|eligible|entitled)\b"
    r"|\byou(?:'ve| have| are|'re)(?:\s(?:just|already|now|been|being))*\s(?:refunded|credited|selected|chosen|approved|"
    r"upgraded|granted|eligible|entitled|the winner|won)\b"
    r"|\b(?:done|all set|consider it done|it's done|request granted)[.!]"
    # Spanish
    r"|\b(?:he|hemos|ya)\s(?:\w+\s)?(?:reembolsad|cancelad|procesad|enviad|actualizad|cambiad|aprobad|anulad|devuelt|"
    r"reservad|confirmad|solicitad)\w+"
    r"|\b(?:ha|han)\ssido\s\w+[ai]d[oa]s?\b|\b(?:su|tu)\s\w+\s(?:está|fue|ha sido)\s\w+[ai]d[oa]\b"
    # French
    r"|\b(?:j'ai|nous avons|on a|je viens de|nous venons de)\s(?:\w+\s)?(?:rembours|annul|trait|envoy|modifi|chang|"
    r"approuv|confirm|réserv|expédi|demand)\w+|\b(?:votre|ta|ton)\s\w+\s(?:a été|est)\s\w+ée?\b"
    # German
    r"|\b(?:habe|haben|hab)\s(?:[\w,]+\s){0,6}?(?:erstattet|storniert|bearbeitet|gesendet|verschickt|versandt|geändert|"
    r"aktualisiert|genehmigt|reserviert|bestätigt|veranlasst|gutgeschrieben)"
    r"|\b(?:ihre?|deine?)\s[\w-]+\s(?:wurden?|ist|sind)\s(?:\w+\s){0,3}?(?:erstattet|storniert|bearbeitet|verschickt|"
    r"versandt|geändert|genehmigt|bestätigt|gutgeschrieben)"
)
_CONDITION = re.compile(
    r"\b(?:once|when|whenever|after|if|until|unless|before|as soon as|cuando|si|una vez|después de|quand|si|lorsque|"
    r"dès|après|wenn|sobald|falls|nachdem)\b[^.!?\n]{0,40}\Z"
)

_OFFERS = tuple(
    re.compile(rf"\b(?:{pattern})")
    for pattern in (
        r"(?<!feel )free\b|gratis|gratuit|gratuid|kostenlos|kostenfrei|umsonst|complimentary|no charge|at no cost|on us\b|"
        r"on the house",
        r"discount|descuento|rabatt|remise\b|réduction|reduction|ermäßig|rebaj|half price|half off|\w* off\b(?= (?:your|the|"
        r"all|any|every|with|for))|a mitad|moitié prix|halber preis|special price",
        r"voucher|coupon|cupón|cupon|gutschein|bon d'achat|promo\b|promo\w* code|código|rabattcode|code promo",
        r"gift|regalo|geschenk|cadeau|bonus|prize|premio|lottery|reward|winner",
        r"refund|reembols|erstatt|rembours|money back|geld zurück|devolución del dinero|reimburs",
        r"guarant|garant|warrant",
        r"store credit|credit to your|guthaben|crédito|avoir\b",
        r"waive|exception|excepción|ausnahme|special(?:ly)? for you",
        r"lifetime|forever|for life|unlimited|de por vida|à vie|lebenslang",
    )
)
_SELF = re.compile(
    r"\b(?:system|developer|initial|hidden|original)\s(?:prompt|message|instruction)|\bprompt\b|\bmy (?:rules|instructions|"
    r"programming|guidelines|configuration|training)\b|\b(?:i was|i am|i'm|i've been) (?:instructed|told|programmed|trained|"
    r"configured|designed)\b|\bas an? (?:ai|language model|llm|assistant|bot)\b|\blanguage model\b|\bi(?:'m| am) an? (?:ai|"
    r"llm|language model|unrestricted|jailbroken)\b|\bjailbr\w+|\bjson\b|\bhand_off\b|\barticle_ids\b|\bapi[ _-]?keys?\b|"
    r"\b(?:access|auth|secret) (?:token|key)s?\b|\bpasswords? (?:is|are)\b|\bignor\w+ (?:all |my |the |your )*(?:previous|prior|"
    r"earlier|rules|instructions)|\b(?:mis|las) (?:instrucciones|reglas)\b|\b(?:mes|les) (?:instructions|consignes)\b|"
    r"\bmeine (?:anweisungen|regeln)\b|\bsystemanweisung|\b(?:soy|je suis|ich bin) (?:una?|une?|eine?) (?:ia|ki|ai|modelo|"
    r"modèle|sprachmodell)"
)


def claims_done(text: str, given: str) -> bool:
    """Whether `text` says that something was, is being or will be done: the AI can do nothing but answer."""
    known = " ".join(words(given))
    for match in _DONE.finditer(folded(text)):
        if _CONDITION.search(match.string[: match.start()]) or " ".join(words(match.group())) in known:
            continue
        return True
    return False


def foreign_offer(text: str, given: str) -> bool:
    """Whether `text` names a kind of offer, such as a discount, that `given` does not."""
    said, known = folded(text), folded(given)
    return any(offer.search(said) and not offer.search(known) for offer in _OFFERS)


def speaks_of_itself(text: str, given: str) -> bool:
    """Whether `text` tells of prompts, rules, keys or formats that `given` does not tell of."""
    known = folded(given)
    return any(match.group() not in known for match in _SELF.finditer(folded(text)))


def repeats(text: str, instructions: str, given: str, length: int = 5) -> bool:
    """Whether `length` words in a row of `text` stand in the instructions, and not in `given`."""
    told = _runs(instructions, length) - _runs(given, length)
    return not _runs(text, length).isdisjoint(told)


def _runs(text: str, length: int) -> set[tuple[str, ...]]:
    found = words(text)
    return {found[i : i + length] for i in range(len(found) - length + 1)}

"""The tables of claims, as regular expressions over folded text: English, Spanish, French, German."""

import re


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns))


_ACT = (
    r"(?:refund|cancel|reimburs|credit|ship|process|issu|updat|chang|approv|sent|send|submit|escalat|forward|book|reserv|"
    r"schedul|arrang|appl|add|remov|delet|replac|reorder|order|contact|notif|check|look|verif|confirm|transfer|pass|filed|"
    r"file|open|clos|creat|extend|waiv|activat|unlock|reset|grant|upgrad|fix|resolv|correct|flag|spok|speak|talk|email|"
    r"charg|paid|pay|made|make|put|taken|take|record|regist|complet|enter|log|set)\w*"
)
_DONE_TO = (
    r"(?:refunded|cancell?ed|reimbursed|credited|shipped|dispatched|processed|issued|updated|changed|approved|sent|"
    r"submitted|escalated|booked|reserved|scheduled|replaced|confirmed|extended|waived|activated|unlocked|reset|granted|"
    r"upgraded|fixed|resolved|complete|completed|ready|selected|chosen|eligible|entitled|on (?:its|the) way)\b"
)
_GERMAN_ACT = (
    r"(?:erstattet|storniert|bearbeitet|gesendet|verschickt|versandt|geändert|aktualisiert|genehmigt|reserviert|"
    r"bestätigt|veranlasst|gutgeschrieben|bestellt|weitergeleitet)"
)
_ADVERBS = r"(?:\s(?:just|already|now|also|gladly|successfully|personally|fully|been|being|have|be|had))*"

# That something was, is being or will be done, or that the customer was singled out.
DONE = _any(
    rf"\b(?:i|we)(?:'ve|'d| have| had| just| already){_ADVERBS}\s{_ACT}",
    rf"\bi\s(?:now\s|also\s)?{_DONE_TO}",
    r"\bi (?:can |just |already |have )*(?:see|found|checked|looked|verified|noted|asked|spoke|noticed)\b",
    r"\bwe (?:refunded|cancell?ed|processed|issued|approved|sent|escalated|booked|shipped|credited) your\b",
    rf"\bi(?:'ll| will| can| could|'m going to| am going to|'m| am| would){_ADVERBS}\s{_ACT}",
    rf"\bwe(?:'re| are)\s(?:now|currently|already)\s{_ACT}",
    rf"\byour\s(?:[\w#-]+\s){{0,3}}?(?:has|have|is|are|was|were|will be){_ADVERBS}\s{_DONE_TO}",
    r"\byour\s(?:order|parcel|package|refund|delivery|return|payment|item|money)\s(?:#?\d+\s)?(?:(?:has|have|had|is|was|just|"
    r"already|now|being|been)\s)*(?:shipped|left|arrived|delivered|delayed|lost|found|received|out for delivery)\b",
    rf"\b(?:it|this|that|everything|the \w+)(?:'s| has| have){_ADVERBS}\sbeen{_ADVERBS}\s{_DONE_TO}",
    rf"\b(?:it|this|that|everything)(?:'s| is| was)\s(?:now|already)\s{_DONE_TO}",
    rf"\byou(?:'ve| have| are|'re|'ll be){_ADVERBS}\s(?:{_DONE_TO}|won\b|the winner)",
    r"\b(?:done|all set|consider it done|it's done|request granted)[.!]",
    r"\b(?:he|hemos|ya)\s(?:\w+\s)?(?:reembolsad|cancelad|procesad|enviad|actualizad|cambiad|aprobad|anulad|devuelt|"
    r"reservad|confirmad|solicitad)\w+",
    r"\b(?:ha|han)\ssido\s\w+[ai]d[oa]s?\b",
    r"\b(?:su|tu)\s\w+\s(?:está|fue)\s\w+[ai]d[oa]\b",
    r"\b(?:j'ai|nous avons|on a|je viens de|nous venons de)\s(?:\w+\s)?(?:rembours|annul|trait|envoy|modifi|chang|"
    r"approuv|confirm|réserv|expédi|demand)\w+",
    r"\b(?:votre|ta|ton)\s\w+\s(?:a été|est)\s\w+ée?\b",
    rf"\b(?:habe|haben|hab)\s(?:[\w,]+\s){{0,6}}?{_GERMAN_ACT}",
    rf"\b(?:ihre?|deine?)\s[\w-]+\s(?:wurden?|ist|sind)\s(?:\w+\s){{0,3}}?{_GERMAN_ACT}",
)

# What stands before a claim that is none: "once your refund has been issued".
CONDITION = re.compile(
    r"\b(?:once|when|whenever|after|if|until|unless|before|as soon as|whether|cuando|si|una vez|después de|quand|"
    r"lorsque|dès|après|wenn|sobald|falls|nachdem|ob)\b[^.!?\n]{0,40}\Z"
)

# Kinds of offers, each in all languages: an English article makes the Spanish word for it true.
OFFERS = (
    _any(
        r"\b(?<!feel )free\b|\bfor nothing\b|\bcomplimentary\b|\bno charge\b|\bat no cost\b|\bon the house\b|\bon us\b",
        r"\bgratis|\bgratuit|\bsin coste\b|\bsin cargo\b|\bkostenlos|\bkostenfrei|\bumsonst\b",
    ),
    _any(
        r"\bdiscount|\bhalf price\b|\bhalf off\b|\bspecial price\b|\bprice cut|\bmarkdown\b",
        r"\bdescuento|\brebaj|\bmitad de precio\b|\bremise\b|\bréduction|\bmoitié prix\b|\brabatt",
        r"\bermäßig|\bhalber preis",
    ),
    _any(
        r"\bvoucher|\bcoupon|\bpromo\w*\b|\bdiscount code\b|\bcupón|\bcupon|\bcódigo\b|\bbon d'achat\b|\bcode promo\b",
        r"\bgutschein|\brabattcode",
    ),
    _any(r"\bgift|\bbonus\b|\bprize|\breward|\bwinner|\blottery|\bregal[oa]|\bpremio|\bcadeau|\bgeschenk|\bgewinn"),
    _any(
        r"\brefund|\bmoney back\b|\breimburs|\breembols|\bdevolución del dinero\b|\brembours|\berstatt",
        r"\bgeld zurück\b",
    ),
    _any(r"\bguarant|\bgarant|\bwarrant"),
    _any(r"\bstore credit\b|\bcredit to your\b|\bcrédito\b|\bavoir sur\b|\bguthaben\b"),
    _any(r"\bwaive|\bexception|\bexcepción|\bausnahme|\bspecially for you\b|\bjust for you\b"),
    _any(r"\blifetime\b|\bforever\b|\bfor life\b|\bunlimited\b|\bde por vida\b|\bà vie\b|\blebenslang"),
)

# What no answer by SMS may ask for, in case somebody else reads along.
CONFIDENTIAL = _any(
    r"\bpasswords?\b|\bpasscode|\bpin (?:code|number)?\b|\bcvv\b|\bcvc\b|\bsecurity code",
    r"\bverification code|\bone-time code|\b(?:credit |debit |bank )?card (?:number|details|info)",
    r"\bfull card\b|\bexpiry date|\bsocial security|\bssn\b|\bpassport|\bbank (?:account|details)",
    r"\baccount number|\biban\b|\brouting number|\bdate of birth|\bmother's maiden|\bcontraseña",
    r"\bnúmero de (?:la )?tarjeta|\bcuenta bancaria|\bcódigo de seguridad|\bmot de passe|\bnuméro de carte",
    r"\bcompte bancaire|\bpasswort|\bkennwort|\bkartennummer|\bkontonummer|\bgeburtsdatum|\bprüfnummer",
)

# What only an AI that was talked into it speaks of.
SELF = _any(
    r"\b(?:system|developer|initial|hidden|original) (?:prompt|message|instruction)",
    r"\bprompts?\b|\bjson\b|\bhand_off\b|\barticle_ids?\b|\bjailbr\w+|\bsystem override\b",
    r"\b(?:debug|developer) mode\b",
    r"\bmy (?:\w+ )?(?:rules|instructions|programming|guidelines|configuration|training)\b",
    r"\b(?:i was|i am|i'm|i've been|i have been) (?:instructed|told|programmed|trained|configured|designed|created)\b",
    r"\bas an? (?:ai|language model|llm|bot)\b|\blanguage model\b",
    r"\bi(?:'m| am) (?:an? )?(?:ai|llm|language model|bot|robot|human|person|real|unrestricted|free of)\b",
    r"\bapi[ _-]?keys?\b|\b(?:access|auth|secret|api) (?:token|key)s?\b|\bpasswords? (?:is|are|was)\b|\bcredentials\b",
    r"\bignor\w+ (?:(?:all|my|the|your|any) )*(?:previous|prior|earlier|rules|instructions)",
    r"\b(?:mis|las) (?:instrucciones|reglas)\b|\bmes (?:instructions|consignes)\b|\bmeine (?:anweisungen|regeln)\b",
    r"\bsystemanweisung|\b(?:soy|je suis|ich bin) (?:una?|une?|eine?) (?:ia|ki|ai|modelo|modèle|sprachmodell)\b",
    r"\bother customers?'? (?:data|orders?|names?|numbers?|addresses)\b",
)

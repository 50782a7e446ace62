"""The words of a text that say what it is about. Words are compared, not meanings."""

import re

from responder_service.checks.contacts import without_contacts
from responder_service.checks.figures import NAMES
from responder_service.checks.plain_text import words
from responder_service.language.stop_words import STOP_WORDS

_ANY_STOP_WORD = frozenset().union(*STOP_WORDS.values())
# What answers are put together with, whatever they are about; prices and contacts have rules of their own.
_FILLERS = frozenset(
    words(
        "cost costs price priced call email text write visit reach contact phone ring website page link available "
        "send sent come comes arrive arrives receive received offer offers happy glad welcome enjoy hope wish "
        "questions sorry thank thanks afraid unfortunately currently simply cuesta cuestan coste precio llamar "
        "llame escriba disponible cout coute coutent prix appelez ecrivez disponible kostet kosten preis anrufen "
        "schreiben verfugbar leider minute minutes hour hours day days week weeks month months year years business "
        "working hora horas dia dias semana semanas mes meses ano anos habiles heure heures jour jours semaine "
        "semaines mois annee annees ouvrables stunde stunden tag tage tagen woche wochen monat monate monaten jahr "
        "jahre jahren werktage werktagen over above under below between "
    )
)
# What denies. Whether something is denied is compared elsewhere.
NEGATIONS = frozenset(
    words(
        "not no never without cannot cant dont doesnt isnt arent wont didnt wasnt unable neither nor none nobody "
        "except unless nunca sin tampoco ni ninguna ninguno ne pas jamais sans aucun aucune non nicht kein keine "
        "keinen keiner nie ohne niemals"
    )
)
_E_MAIL = re.compile(r"\be-mail", re.IGNORECASE)
_SHORTEST_STEM = 4


def content(text: str, language: str) -> frozenset[str]:
    """The telling words of `text`; no figures, days and contacts, which have rules of their own."""
    stop_words = STOP_WORDS.get(language, _ANY_STOP_WORD)
    plain = (word.replace("'", "") for word in words(_E_MAIL.sub("email", without_contacts(text))))
    return (
        frozenset(word for word in plain if word[:1].isalpha() and len(word) > 1)
        - stop_words
        - NAMES
        - _FILLERS
        - NEGATIONS
    )


def akin(said: frozenset[str], known: frozenset[str]) -> frozenset[str]:
    """Those of `said` that `known` has, or has with another ending."""
    beginnings = {word[:n] for word in known for n in range(_SHORTEST_STEM, len(word) + 1)}
    beginnings |= known | {word.removesuffix("s") for word in known}
    return frozenset(word for word in said if word.removesuffix("s") in beginnings or _beginning(word) in beginnings)


def _beginning(word: str) -> str:
    """What words of one family share: all but the last two letters, at least four."""
    return word[: max(_SHORTEST_STEM, len(word) - 2)]


def share(said: frozenset[str], known: frozenset[str]) -> float:
    """How much of `said` is in `known`, 0 to 1."""
    return len(akin(said, known)) / len(said) if said else 0.0

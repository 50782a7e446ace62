"""Whether a customer asks when somebody is there, and nothing else: the profile's business hours answer that."""

from responder_service.language.stop_words import STOP_WORDS, WEAK_WORDS
from responder_service.language.words import split

_HOURS = {
    "en": "open opened opening opens close closed closes closing hours hour",
    "es": "horario horarios abren abre abierto abiertos abierta cierran cierra hora horas",
    "fr": "horaire horaires ouvert ouverts ouverte ouvrez ouvre ferme fermez fermes heures heure ouverture",
    "de": "offen geoffnet offnungszeiten offnungszeit offnet schliesst geschlossen uhrzeit",
}
# What may be asked about with them.
_PLACES = "time times shop store office business tienda magasin boutique laden geschaft"
_ASKING = frozenset(" ".join(_HOURS.values()).split())
_ALLOWED = _ASKING.union(_PLACES.split(), *STOP_WORDS.values(), *WEAK_WORDS.values())


def asks_for_hours(text: str) -> bool:
    """Whether the text's words are about opening hours and nothing else. A day that is named is something else: only
    the articles, or a person, can say whether the hours hold on it."""
    words = split(text)
    return any(word in _ASKING for word in words) and all(word in _ALLOWED for word in words)

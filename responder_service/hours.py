"""Whether a customer asks when somebody is there, and nothing else: the profile's business hours answer that."""

from responder_service.stop_words import STOP_WORDS
from responder_service.words import split

_ASKING = frozenset(
    [
        "open",
        "opened",
        "opening",
        "close",
        "closed",
        "closes",
        "closing",
        "hours",
        "hour",
        "time",
        "times",
        "shop",
        "store",
        "office",
        "horario",
        "horarios",
        "abren",
        "abre",
        "abierto",
        "abiertos",
        "abierta",
        "cierran",
        "cierra",
        "hora",
        "horas",
        "tienda",
        "horaires",
        "ouvert",
        "ouverts",
        "ouverte",
        "ouvrez",
        "ouvre",
        "ferme",
        "fermez",
        "fermes",
        "heures",
        "heure",
        "magasin",
        "boutique",
        "offen",
        "geoffnet",
        "offnungszeiten",
        "offnet",
        "schliesst",
        "schliesst",
        "geschlossen",
        "uhrzeit",
        "laden",
        "geschaft",
    ]
)
_CORE = _ASKING - {"shop", "store", "office", "time", "times", "tienda", "magasin", "boutique", "laden", "geschaft"}
_ANY_STOP_WORD = frozenset().union(*STOP_WORDS.values())


def asks_for_hours(text: str) -> bool:
    """Whether the text's words are about opening hours and nothing else. A day that is named is something else: only
    the articles, or a person, can say whether the hours hold on it."""
    words = [word for word in split(text) if word not in _ANY_STOP_WORD or word in _CORE]
    return any(word in _CORE for word in words) and all(word in _ASKING for word in words)

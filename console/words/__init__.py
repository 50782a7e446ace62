"""How values are written on pages: times, names, numbers."""

from collections.abc import Callable, Mapping
from typing import Any

from client.words.signatures import trouble_advice, trouble_text
from console.words.customers import called, place_of
from console.words.phone_numbers import international, numbers_international
from console.words.texts import folded, pieces
from console.words.times import ago, clock, exact, moment, past, waited

# By the names that templates use.
FILTERS: Mapping[str, Callable[..., Any]] = {
    "called": called,
    "place_of": place_of,
    "international": international,
    "numbers_international": numbers_international,
    "ago": ago,
    "past": past,
    "waited": waited,
    "clock": clock,
    "exact": exact,
    "moment": moment,
    "pieces": pieces,
    "folded": folded,
    "trouble": trouble_text,
    "trouble_advice": trouble_advice,
}

"""Phones whose numbers were written in another way before: some networks and programs still write the old one, and both
are the same phone.

Only rules that lead from each old number to exactly one new one are here, so that no two phones ever become one.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

Thing = TypeVar("Thing")


@dataclass(frozen=True)
class _Renumbering:
    """`old` becomes what `new` makes of its groups; `again` finds the numbers that may have been old ones, and `before`
    makes the old one of its groups."""

    old: re.Pattern[str]
    new: str
    again: re.Pattern[str]
    before: str


def _renumbering(old: str, new: str, again: str, before: str) -> _Renumbering:
    return _Renumbering(re.compile(old + r"\Z", re.ASCII), new, re.compile(again + r"\Z", re.ASCII), before)


_RENUMBERINGS = (
    # Mexico, 2019: no 1 before the ten digits of a mobile phone any more.
    _renumbering(r"\+521(\d{10})", r"+52\1", r"\+52(\d{10})", r"+521\1"),
    # Argentina: mobile phones have a 9 behind the country code when they are called from abroad.
    _renumbering(r"\+54([1-8]\d{9})", r"+549\1", r"\+549([1-8]\d{9})", r"+54\1"),
    # Brazil, until 2016: a ninth digit before numbers of mobile phones, which began with 6 to 9.
    _renumbering(r"\+55([1-9]\d)([6-9]\d{7})", r"+55\g<1>9\2", r"\+55([1-9]\d)9([6-9]\d{7})", r"+55\1\2"),
    # Benin, 2024: 01 before the eight digits.
    _renumbering(r"\+229(\d{8})", r"+22901\1", r"\+22901(\d{8})", r"+229\1"),
    # Côte d'Ivoire, 2021: the operator's two digits before the eight, by the second one of them.
    _renumbering(r"\+225([04-9][0-3]\d{6})", r"+22501\1", r"\+22501([04-9][0-3]\d{6})", r"+225\1"),
    _renumbering(r"\+225([04-9][4-6]\d{6})", r"+22505\1", r"\+22505([04-9][4-6]\d{6})", r"+225\1"),
    _renumbering(r"\+225([04-9][7-9]\d{6})", r"+22507\1", r"\+22507([04-9][7-9]\d{6})", r"+225\1"),
)
_COUNTRIES = ("+52", "+54", "+55", "+225", "+229")
# What people write between digits, and marks that show nothing, which programs put around numbers that are copied.
_BETWEEN_DIGITS = re.compile("[\\s().\u2010-\u2015\u2212/-]|[\xad\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")


def current_form(address: str) -> str:
    """The address as its phone's number is written today: the same for all of its forms. Behind a scheme, such as
    `whatsapp:`, too."""
    scheme, number = _split(address)
    if number.startswith(_COUNTRIES):
        for rule in _RENUMBERINGS:
            if (old := rule.old.match(number)) is not None:
                return scheme + old.expand(rule.new)
    return address


def as_networks_write(typed: str) -> str:
    """An old form as people type it (`+52 1 55 1234 5678`), which tables of today's numbers take for no number: without
    what stands between its digits. Any other text as it is."""
    number = _BETWEEN_DIGITS.sub("", typed)
    return number if current_form(number) != number else typed


def all_forms(address: str) -> tuple[str, ...]:
    """Every form that the address may come in, itself first."""
    scheme, number = _split(current_form(address))
    others = {scheme + number}
    if number.startswith(_COUNTRIES):
        matches = ((rule, rule.again.match(number)) for rule in _RENUMBERINGS)
        others |= {scheme + match.expand(rule.before) for rule, match in matches if match is not None}
    return (address, *sorted(others - {address}))


def by_phone(owner: str, address: str, thing: Thing) -> dict[tuple[str, str], Thing]:
    """`thing`, to be found by (owner, any form of the address): see of_phone."""
    return {(owner, current_form(address)): thing, (owner, address): thing}


def all_by_phone(things: Iterable[tuple[str, str, Thing]]) -> dict[tuple[str, str], Thing]:
    """All of them, given as (owner, address, thing). Where two have forms of one phone, as earlier versions stored
    them, each is found by its own."""
    own: dict[tuple[str, str], Thing] = {}
    by_form: dict[tuple[str, str], Thing] = {}
    for owner, address, thing in things:
        own[owner, address] = thing
        by_form.setdefault((owner, current_form(address)), thing)
    return by_form | own


def of_phone(things: Mapping[tuple[str, str], Thing], owner: str, address: str) -> Thing | None:
    """What the owner has for the phone, if anything."""
    return things.get((owner, address)) or things.get((owner, current_form(address)))


def _split(address: str) -> tuple[str, str]:
    scheme, colon, number = address.rpartition(":")
    return scheme + colon, number

"""Which column of a list is what, by the headers that people and programs give them."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from client.failure import unusable

# By field of CustomerRow. Headers are compared without case, by their letters and digits alone.
_HEADERS: Mapping[str, tuple[str, ...]] = {
    "address": (
        *(
            "number",
            "phone",
            "phone number",
            "phone no",
            "mobile",
            "mobile number",
            "mobile phone",
            "mobile phone number",
        ),
        *(
            "cell",
            "cell number",
            "cell phone",
            "cell phone number",
            "cellphone",
            "telephone",
            "telephone number",
            "tel",
        ),
        *("primary phone", "phone 1 value", "sms", "sms number", "msisdn", "customer phone", "customer number"),
    ),
    "display_name": (*("name", "full name", "display name", "customer", "customer name", "contact", "contact name"),),
    "email": ("email", "email address", "e mail", "e mail address", "mail", "customer email", "e mail 1 value"),
    "city": ("city", "town", "mailing city"),
    "state": ("state", "province", "state province", "county", "state region", "mailing state"),
    "country": ("country", "country code", "country region", "mailing country"),
    "zip": ("zip", "zip code", "zipcode", "postcode", "post code", "postal code", "zip postal code", "plz"),
    "first name": ("first name", "firstname", "given name", "forename"),
    "last name": ("last name", "lastname", "surname", "family name"),
}
_FIELD_OF = {header: name for name, headers in _HEADERS.items() for header in headers}
_PARTS_OF_NAME = ("first name", "last name")


@dataclass(frozen=True)
class Columns:
    """Where each field of a row is, and which headers say nothing that can be used."""

    places: Mapping[str, int]
    unknown: Sequence[str] = field(default=())
    width: int = 0

    def values(self, cells: Sequence[str]) -> dict[str, str]:
        """What a row says, by field of CustomerRow."""
        said = {name: cells[place].strip() for name, place in self.places.items() if place < len(cells)}
        parts = [said.pop(name) for name in _PARTS_OF_NAME if name in said]
        if parts and not said.get("display_name"):
            said["display_name"] = " ".join(part for part in parts if part)
        return said


def columns_of(headers: Sequence[str]) -> Columns:
    """Raises Failure when no column has numbers, or two say the same thing."""
    places: dict[str, int] = {}
    unknown = []
    for place, header in enumerate(headers):
        name = _FIELD_OF.get(_plain(header))
        if name is None:
            unknown.append(header.strip() or f"column {place + 1}")
        elif name in places:
            raise unusable(
                f"Two columns say the same: {headers[places[name]].strip()} and {header.strip()}.",
                "Remove one of them, or give it another header.",
            )
        else:
            places[name] = place
    if "address" not in places:
        raise unusable(
            f"No column has phone numbers; the first line has: {', '.join(_shown(headers))}.",
            "The first line names the columns: number, name, email, city, state, country, zip.",
        )
    return Columns(places, unknown, len(headers))


def _plain(header: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", header.casefold()))


def _shown(headers: Sequence[str]) -> Iterator[str]:
    return (header.strip()[:40] for header in headers)

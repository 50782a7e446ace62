"""Where a number is from, as the From… and To… parameters of Twilio's webhooks tell it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Place:
    """Twilio leaves empty what it does not know."""

    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""


AREA_CODES = {
    "206": Place("SEATTLE", "WA", "98101", "US"),
    "212": Place("NEW YORK", "NY", "10001", "US"),
    "303": Place("DENVER", "CO", "80202", "US"),
    "305": Place("MIAMI", "FL", "33101", "US"),
    "312": Place("CHICAGO", "IL", "60601", "US"),
    "415": Place("SAN FRANCISCO", "CA", "94102", "US"),
    "503": Place("PORTLAND", "OR", "97201", "US"),
    "512": Place("AUSTIN", "TX", "78701", "US"),
    "617": Place("BOSTON", "MA", "02108", "US"),
    "416": Place("TORONTO", "ON", "", "CA"),
    "514": Place("MONTREAL", "QC", "", "CA"),
    "604": Place("VANCOUVER", "BC", "", "CA"),
}
COUNTRY_CODES = {"+44": "GB", "+49": "DE", "+33": "FR", "+34": "ES", "+39": "IT", "+61": "AU", "+91": "IN"}


def place_of(number: str) -> Place:
    """By area code within +1, else the country alone; nothing for short codes and names."""
    if number.startswith("+1"):
        return AREA_CODES.get(number[2:5], Place(country="US"))
    return Place(country=COUNTRY_CODES.get(number[:3], ""))


def parameters_of(side: str, number: str) -> list[tuple[str, str]]:
    """The four parameters of a side, "From" or "To"."""
    place = place_of(number)
    return [
        (f"{side}City", place.city),
        (f"{side}State", place.state),
        (f"{side}Zip", place.zip),
        (f"{side}Country", place.country),
    ]

"""Where a number is from, as the From… and To… parameters of Twilio's webhooks say."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Location:
    """Twilio leaves empty what it does not know."""

    city: str = ""
    state: str = ""
    zip: str = ""
    country: str = ""


AREA_CODES = {
    "206": Location("SEATTLE", "WA", "98101", "US"),
    "212": Location("NEW YORK", "NY", "10001", "US"),
    "303": Location("DENVER", "CO", "80202", "US"),
    "305": Location("MIAMI", "FL", "33101", "US"),
    "312": Location("CHICAGO", "IL", "60601", "US"),
    "415": Location("SAN FRANCISCO", "CA", "94102", "US"),
    "503": Location("PORTLAND", "OR", "97201", "US"),
    "512": Location("AUSTIN", "TX", "78701", "US"),
    "617": Location("BOSTON", "MA", "02108", "US"),
    "416": Location("TORONTO", "ON", "", "CA"),
    "514": Location("MONTREAL", "QC", "", "CA"),
    "604": Location("VANCOUVER", "BC", "", "CA"),
}
COUNTRY_CODES = {"+44": "GB", "+49": "DE", "+33": "FR", "+34": "ES", "+39": "IT", "+61": "AU", "+91": "IN"}


def location_of(number: str) -> Location:
    """By area code within +1, else the country alone; nothing for short codes and names."""
    if number.startswith("+1"):
        return AREA_CODES.get(number[2:5], Location(country="US"))
    return Location(country=COUNTRY_CODES.get(number[:3], ""))


def parameters_of(side: str, number: str) -> list[tuple[str, str]]:
    """The four parameters of a side, "From" or "To"."""
    location = location_of(number)
    return [
        (f"{side}City", location.city),
        (f"{side}State", location.state),
        (f"{side}Zip", location.zip),
        (f"{side}Country", location.country),
    ]

"""What customers are called."""

from client.words.customers import generated_from
from console.words.phone_numbers import international


def place_of(display_name: str, address: str) -> str:
    """Where somebody without a name texts from, as far as Twilio says; otherwise empty."""
    place = generated_from(display_name) or ""
    return "" if place == address else place


def called(display_name: str, address: str) -> str:
    """Their name; of one without a name the number, which alone tells them from others."""
    has_name = display_name and generated_from(display_name) is None
    return display_name if has_name or not address else international(address)

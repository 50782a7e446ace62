"""What customers are called."""

from client.words.customers import generated_from
from console.words.phone_numbers import international


def called(display_name: str, address: str) -> str:
    """Their name; of one without a name the number, which alone tells them from others."""
    has_name = display_name and generated_from(display_name) is None
    return display_name if has_name or not address else international(address)

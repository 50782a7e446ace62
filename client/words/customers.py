"""Customers in words."""

import re
from collections.abc import Mapping
from types import MappingProxyType

from client.words.actors import actor_text
from client.words.language import say
from keva.ticket.v1 import ticket_service_pb2

# WA, NSW: states and provinces are often given by their codes.
_LONGEST_CODE = 3
# How a name begins that Keva has generated, in every language.
_GENERATED = "SMS from "


def location_text(customer: ticket_service_pb2.Customer) -> str:
    """City, state, country and zip, as far as they are known."""
    state = customer.state if len(customer.state) <= _LONGEST_CODE else _as_people_write(customer.state)
    known = (_as_people_write(customer.city), state, customer.country, customer.zip)
    return ", ".join(part for part in known if part)


def generated_from(display_name: str) -> str | None:
    """Of what Keva has generated a name: `Seattle, WA` of `SMS from Seattle, WA`, or the address. None of a name that
    somebody has given."""
    return display_name.removeprefix(_GENERATED) if display_name.startswith(_GENERATED) else None


def _as_people_write(place: str) -> str:
    """Twilio writes places in capitals (SEATTLE, ST. JOHN'S); people do not (Seattle, St. John's)."""
    return re.sub(r"(?<=['’])S\b", "s", place.title()) if place.isupper() else place


def no_texts_text(customer: ticket_service_pb2.Customer, channel_address: str) -> str:
    """Why that number of ours cannot text the customer; empty when it can."""
    if customer.HasField("blocked_time"):
        return say("they are blocked, so nobody texts them")
    if customer.HasField("no_texts_time"):
        return say("they want no texts, as somebody noted: %(reason)s", reason=customer.no_texts_reason)
    if _is_opted_out(customer, channel_address):
        return say("yes: this number cannot text the customer until they text START to it")
    return ""


def no_texts_cell(customer: ticket_service_pb2.Customer) -> tuple[str, ...]:
    """The same for a list: which of our numbers cannot text them."""
    if customer.HasField("blocked_time"):
        return ("blocked",)
    if customer.HasField("no_texts_time"):
        return ("wants no texts",)
    numbers = [consent.channel_address or "all" for consent in customer.consents if consent.opted_out]
    return tuple(numbers) or ("yes" if customer.opted_out else "no",)


def _is_opted_out(customer: ticket_service_pb2.Customer, channel_address: str) -> bool:
    """A service that knows no numbers says it for all of them."""
    said = {consent.channel_address: consent.opted_out for consent in customer.consents if not _is_noted(consent)}
    if not said:
        return customer.opted_out
    return said.get(channel_address, said.get("", False))


def _is_noted(consent: ticket_service_pb2.Consent) -> bool:
    """Whether it is somebody's note for all numbers, which Twilio knows nothing of."""
    noted = (ticket_service_pb2.CONSENT_SOURCE_AGENT, ticket_service_pb2.CONSENT_SOURCE_IMPORT)
    return not consent.channel_address and consent.source in noted


_SOURCES = {
    ticket_service_pb2.CONSENT_SOURCE_KEYWORD: "the customer texted it",
    ticket_service_pb2.CONSENT_SOURCE_OPT_OUT_TYPE: "the customer texted it, as Twilio understood",
    ticket_service_pb2.CONSENT_SOURCE_REFUSED_REPLY: "Twilio refused a reply with error 21610",
    ticket_service_pb2.CONSENT_SOURCE_AGENT: "noted",
    ticket_service_pb2.CONSENT_SOURCE_FIRST_TEXT: "basis of a first text",
    ticket_service_pb2.CONSENT_SOURCE_IMPORT: "came with an imported list",
}


def consent_text(consent: ticket_service_pb2.Consent, names: Mapping[str, str] = MappingProxyType({})) -> str:
    """What was said to which number, and how that is known: `no texts from +15550001000 (the customer texted it)`. An
    agent by name where `names` has it, by id. `took texts` is a basis that counts no more."""
    what = "no texts" if consent.opted_out else "took texts" if consent.set_aside else "takes texts"
    whose = consent.channel_address or ("all numbers" if _is_noted(consent) else "all other numbers")
    source = _SOURCES.get(consent.source, "kept by an earlier version")
    who = f" by {actor_text(consent.actor, names)}" if consent.HasField("actor") else ""
    why = f': "{consent.reason}"' if consent.reason else ""
    return f"{what} from {whose} ({source}{who}{why})"

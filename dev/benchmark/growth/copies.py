"""Copies of a template: other ids, another customer, other times, and an audit chain that is signed."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from ulid import ULID

from dev.benchmark.growth.templates import ORDER_NUMBER, TICKETS, Document, Template
from servicekit.audit.chain import START, Keys, Link, head_of, to_millis

_ID = re.compile(r"[a-z]{3}_[0-9A-HJKMNP-TV-Z]{26}\Z")
_SID = re.compile(r"(?:SM|MM)[0-9a-f]{32}\Z")
_RANDOM_BITS = 80
Documents = dict[tuple[str, str], list[Document]]


class Copier:
    """Copies `template`; the audit chains are signed with `keys`."""

    def __init__(self, template: Template, keys: Keys, dice: random.Random) -> None:
        self._template = template
        self._keys = keys
        self._dice = dice
        own = [document for found in template.documents.values() for document in found]
        strings = {text for document in own for text in _strings(document)}
        # What belongs to the organization, and not to the ticket, stays.
        made = {str(document["_id"]) for document in own}
        self._ids = sorted((text for text in strings & made if _ID.match(text)), key=lambda text: text[4:])
        self._sids = [text for text in strings if _SID.match(text)]
        self._request_ids = [document["request_id"] for document in own if "request_id" in document]
        self._begun = template.documents[TICKETS, "tickets"][0]["create_time"]

    def copy(self, number: int, address: str, time: datetime) -> Documents:
        """The documents of the ticket with this number, begun at `time`, of the customer with this address."""
        swap = _Swap(self._names(number, time), self._template.address, address, str(number), time - self._begun)
        copied = {
            where: [swap.document(document) for document in found] for where, found in self._template.documents.items()
        }
        (ticket,) = copied[TICKETS, "tickets"]
        ticket["number"] = number
        ticket["anchor_due"] = True
        for customer in copied.get((TICKETS, "customers"), ()):
            customer["search_keys"] = _keys_of(address, customer["search_keys"])
        self._sign(ticket, copied[TICKETS, "audit_records"])
        return copied

    def _names(self, number: int, time: datetime) -> dict[str, str]:
        """New names for old ones. Ids rise as those of the template do."""
        first = (to_millis(time) << _RANDOM_BITS) | self._dice.getrandbits(_RANDOM_BITS - 1)
        names = {old: f"{old[:3]}_{ULID.from_int(first + i)}" for i, old in enumerate(self._ids)}
        names |= {old: f"{old[:2]}{self._dice.getrandbits(128):032x}" for old in self._sids}
        return names | {old: f"copy-{number}-{i}" for i, old in enumerate(self._request_ids)}

    def _sign(self, ticket: Document, records: Sequence[Document]) -> None:
        mac = START
        for record in records:
            record["key_id"] = self._keys.active_id
            mac = record["mac"] = _link(record).mac_after(mac, self._keys) or ""
        end = (ticket["organization_id"], ticket["_id"], records[-1]["sequence"], mac)
        ticket["audit_head"] = str(head_of(*end, self._keys))


class _Swap:
    """Writes a document again with other names, another address, another order number and later times."""

    def __init__(self, names: Mapping[str, str], old: str, new: str, order: str, later: timedelta) -> None:
        self._names = names
        self._old, self._new, self._order, self._later = old, new, order, later

    def document(self, document: Document) -> Document:
        """The whole of it."""
        return {name: self._value(value) for name, value in document.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, datetime):
            return value + self._later
        if isinstance(value, dict):
            return self.document(value)
        return [self._value(one) for one in value] if isinstance(value, list) else value

    def _text(self, text: str) -> str:
        named = self._names.get(text)
        if named is not None:
            return named
        return text.replace(self._old, self._new).replace(ORDER_NUMBER, self._order)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _strings(one)


def _keys_of(address: str, keys: Sequence[str]) -> list[str]:
    """What a customer is found by who has another number than the one with these keys: a key is an end of it."""
    digits = address.removeprefix("+")
    return [key for key in keys if not key.startswith("#")] + [f"#{digits[i:]}" for i in range(len(digits) - 2)]


def _link(record: Document) -> Link:
    """As ticket_service signs it."""
    plain = ("organization_id", "workspace_id", "ticket_id", "sequence", "action", "subject_id", "details", "key_id")
    return Link(
        audit_record_id=record["_id"],
        time_ms=to_millis(record["time"]),
        actor_kind=record["actor"]["kind"],
        actor_id=record["actor"]["id"],
        organization_head=record.get("organization_head", ""),
        **{name: record[name] for name in plain},
    )

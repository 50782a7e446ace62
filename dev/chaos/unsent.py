"""Replies that Twilio does not have: which of them were given up as is documented, and what is known of the others."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import pymongo
from pymongo.database import Database

from dev.chaos.stored import Stored
from dev.twilio_simulator.control.records import LoggedMessage
from keva.ticket.v1 import message_pb2

Document = Mapping[str, Any]
# What the outbox, and the waiting for a time, keep with a message; times among it are shown as distances.
_WAITING = ("send_time", "schedule", "schedule_due", "schedule_lease", "outbox_due", "outbox_lease", "outbox_behind")
_SENDING = ("attempt_time", "lease_until", "place_time", "status", "refused", "error_code")
_LAST_RECORDS = 5


def given_up(unsent: Iterable[Stored], log: Sequence[LoggedMessage]) -> dict[str, str]:
    """Why replies have ended FAILED, by their ids, as far as docs/reliability.md allows it here: with a reason, and to
    a customer who has stopped that number. Nobody in a run is blocked, forgotten, or cannot receive texts."""
    stops = {(entry.from_, entry.to) for entry in log if entry.direction == "inbound" and entry.body == "STOP"}
    return {
        stored.message.message_id: _reason(stored.message.delivery)
        for stored in unsent
        if stored.message.delivery.state == message_pb2.DELIVERY_STATE_FAILED
        and _reason(stored.message.delivery)
        and (stored.ticket.customer_address, stored.ticket.channel_address) in stops
    }


def where_they_rest(uri: str, message_ids: Collection[str], now: datetime) -> list[str]:
    """What both databases and the audit trail have of each, without its text. `now`: an aware time."""
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(uri, tz_aware=True) as client:
        tickets: Database[dict[str, Any]] = client["keva_tickets"]
        sms: Database[dict[str, Any]] = client["keva_sms"]
        return [
            described(
                message_id,
                tickets.messages.find_one({"_id": message_id}, {"text": 0, "words": 0}),
                sms.deliveries.find_one({"_id": message_id}),
                list(tickets.audit_records.find({"subject_id": message_id}).sort("sequence", pymongo.ASCENDING)),
                now,
            )
            for message_id in message_ids
        ]


def described(
    message_id: str, message: Document | None, sending: Document | None, records: Sequence[Document], now: datetime
) -> str:
    """One line, from what the collections `messages`, `deliveries` and `audit_records` have of it."""
    if message is None:
        return f"{message_id}: not stored, though its writer was told so"
    delivery = message["delivery"]
    postponed = sum(record["action"] == "message.send_postponed" for record in records)
    parts = [
        f"{message_id}: {delivery['state']}, stored {_distance(message['create_time'], now)}",
        *_fields(message, _WAITING, now),
        f"postponed {postponed} times, last error {delivery['error_code']} {delivery['error_text']!r}",
        "sms_service: " + (", ".join(_fields(sending, _SENDING, now)) if sending else "never asked"),
        "audit trail: " + ", ".join(record["action"] for record in records[-_LAST_RECORDS:]),
    ]
    if delivery["state"] == "FAILED":
        why = "its customer has not stopped our number" if delivery["error_text"] else "nothing says why"
        parts.append(f"it must not have ended: {why}")
    return "; ".join(parts)


def _reason(delivery: message_pb2.Delivery) -> str:
    return delivery.error_text or (str(delivery.error_code) if delivery.error_code else "")


def _fields(document: Document, names: Iterable[str], now: datetime) -> Iterator[str]:
    for name in names:
        value = document.get(name)
        if isinstance(value, datetime):
            yield f"{name} {_distance(value, now)}"
        elif value not in (None, "", 0):
            yield f"{name} {value}"


def _distance(time: datetime, now: datetime) -> str:
    seconds = (time - now).total_seconds()
    return f"in {seconds:.0f} s" if seconds > 0 else f"{-seconds:.0f} s ago"

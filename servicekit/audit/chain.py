"""The audit trail's hash chains: how a record, a head and an anchor are signed. Standard library only, so that services
and the command line compute the same. docs/audit.md has the format, for whoever verifies elsewhere."""

import hashlib
import hmac
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

_RECORD = "keva audit record 1"
# With the head of the organization's own chain that its writer had seen.
_RECORD_WITH_HEAD = "keva audit record 2"
_HEAD = "keva audit head 1"
_ANCHOR = "keva audit anchor 1"
_CHECK = "keva audit key check 1"
_SUCCESSION = "keva audit key succession 1"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Nothing stands before a chain's first record.
START = ""
# What a record is signed behind when the chain's head was not genuine: no record has this MAC, so the break stays.
BROKEN = "broken"

ANCHORED = "audit.anchored"
ANCHORING_ACTOR = "audit_anchors"
_PLACE = re.compile(r"[0-9]{1,18}")
_COMMITMENT = re.compile(r"([0-9]{1,18}) ([0-9a-f]{64})")


@dataclass(frozen=True)
class Keys:
    """The signing keys by their id. Records say which one signed them: old ones stay, to verify with. What the active
    one has not signed itself counts only where it is bound by what that one has signed."""

    by_id: Mapping[str, bytes] = field(repr=False)
    active_id: str = ""

    def sign(self, key_id: str, *values: object) -> str | None:
        """HMAC-SHA256 in hexadecimal over `values` as JSON; None when there is no such key."""
        key = self.by_id.get(key_id)
        return None if key is None else hmac.new(key, _encoded(values), hashlib.sha256).hexdigest()

    def check_value(self, key_id: str) -> str | None:
        """What tells the key from another one of the same id, and nothing else."""
        return self.sign(key_id, _CHECK, key_id)

    def succession(self, key_id: str, retired: Sequence[str], time_ms: int) -> str | None:
        """The signature of a key that took the place of others at that time."""
        return self.sign(key_id, _SUCCESSION, key_id, sorted(retired), time_ms)


def _encoded(values: Sequence[object]) -> bytes:
    """No two different lists are encoded alike: texts, numbers and lists stay apart in JSON, and names are sorted."""
    return json.dumps(values, sort_keys=True, separators=(",", ":"), default=_foreign).encode("ascii")


def _foreign(value: object) -> str:
    """What nobody writes: it is encoded somehow, so that its MAC is wrong."""
    return f"{type(value).__name__}: {value!r}"


def to_millis(time: datetime) -> int:
    """Milliseconds since 1970, rounded down: what the database keeps."""
    return (time - _EPOCH) // timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Link:
    """A record as it is signed. `mac` and `key_id` are empty until it is. `organization_head` is the place and MAC of
    the organization's newest record that the writer of a ticket had seen; empty where none is said. The types are what
    it should be: what is read from a database that somebody changed may be anything."""

    organization_id: str
    workspace_id: str
    ticket_id: str
    sequence: int
    audit_record_id: str
    time_ms: int
    actor_kind: str
    actor_id: str
    action: str
    subject_id: str
    details: Mapping[str, str]
    key_id: str = ""
    mac: str = ""
    organization_head: str = ""

    def mac_after(self, previous_mac: str, keys: Keys, sequence: int | None = None) -> str | None:
        """The MAC that it has behind `previous_mac`, with another sequence if given; None when its key is not there."""
        owner = (self.organization_id, self.workspace_id, self.ticket_id)
        number = self.sequence if sequence is None else sequence
        what = (self.audit_record_id, self.time_ms, self.actor_kind, self.actor_id, self.action, self.subject_id)
        record, seen = (_RECORD_WITH_HEAD, [self.organization_head]) if self.organization_head else (_RECORD, [])
        return keys.sign(self.key_id, record, previous_mac, *owner, number, *what, self.details, *seen, self.key_id)

    def follows(self, previous_mac: str, keys: Keys, sequence: int | None = None) -> bool:
        """Whether it was signed behind `previous_mac`, at its own sequence or the given one."""
        expected = self.mac_after(previous_mac, keys, sequence)
        return expected is not None and isinstance(self.mac, str) and _equal(expected, self.mac)


def _equal(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(), other.encode("utf-8", "replace"))


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a chain: the newest record's place and MAC, with a signature of its own, so that nobody can make an
    earlier record the end."""

    sequence: int
    mac: str
    key_id: str
    seal: str

    def __str__(self) -> str:
        return f"{self.sequence} {self.mac} {self.key_id} {self.seal}"

    @classmethod
    def parse(cls, text: object) -> "Head | None":
        """The reverse of str(); None when `text` is not one."""
        parts = text.split(" ") if isinstance(text, str) else []
        if len(parts) != 4 or not _PLACE.fullmatch(parts[0]):
            return None
        return cls(int(parts[0]), *parts[1:])

    def is_of(self, organization_id: str, ticket_id: str, keys: Keys) -> bool:
        """Whether it was signed as that chain's."""
        expected = keys.sign(self.key_id, _HEAD, organization_id, ticket_id, self.sequence, self.mac, self.key_id)
        return expected is not None and _equal(expected, self.seal)


def head_of(organization_id: str, ticket_id: str, sequence: int, mac: str, keys: Keys) -> Head:
    """The signed head."""
    key_id = keys.active_id
    seal = keys.sign(key_id, _HEAD, organization_id, ticket_id, sequence, mac, key_id)
    return Head(sequence, mac, key_id, seal or "")


@dataclass(frozen=True, slots=True)
class ChainPiece:
    """A piece of a chain as it is read. Where it `ends` the chain, `head` is the signed one, as it is stored (empty:
    there is none), and `exists` says whether there is what it lies on: the ticket, or the organization. `marked`: it is
    to be anchored."""

    ticket_id: str
    links: tuple[Link, ...]
    ends: bool
    head: str = ""
    exists: bool = True
    marked: bool = False


def commitment(head: Head) -> str:
    """What a record `audit.anchored` says of a ticket's chain, in its details under the ticket's id."""
    return f"{head.sequence} {head.mac}"


@dataclass(frozen=True, slots=True)
class Claim:
    """That a chain (an organization's own: no ticket id) has this MAC at this place."""

    ticket_id: str
    sequence: int
    mac: str

    @classmethod
    def of(cls, ticket_id: str, text: object) -> "Claim | None":
        """What a commitment says of that chain; None when it is not a commitment."""
        match = _COMMITMENT.fullmatch(text) if isinstance(text, str) else None
        return cls(ticket_id, int(match[1]), match[2]) if match else None


def claims_of(link: Link) -> list[Claim]:
    """What a record `audit.anchored` commits to; nothing, of any other record, or one that somebody else has made."""
    if (link.action, link.actor_kind, link.actor_id) != (ANCHORED, "service", ANCHORING_ACTOR):
        return []
    if not isinstance(link.details, Mapping):
        return []
    found = (Claim.of(ticket_id, text) for ticket_id, text in link.details.items())
    return [claim for claim in found if claim]


@dataclass(frozen=True, slots=True)
class Anchor:
    """The head of an organization's own chain at some time, signed, to be kept where the database is not."""

    organization_id: str
    sequence: int
    mac: str
    anchor_time: str
    key_id: str
    seal: str

    def is_genuine(self, keys: Keys) -> bool:
        """Whether it was signed with one of the keys."""
        expected = keys.sign(self.key_id, *self._signed())
        return expected is not None and _equal(expected, self.seal)

    def as_fields(self) -> dict[str, Any]:
        """Names and values, as a log line has them."""
        return {name: getattr(self, name) for name in Anchor.__dataclass_fields__}

    @classmethod
    def from_line(cls, line: str) -> "Anchor | None":
        """The anchor in a line of JSON: a log line or one of an anchors file; None when there is none."""
        try:
            fields = json.loads(line)
            values = {name: fields[name] for name in cls.__dataclass_fields__}
        except (ValueError, KeyError, TypeError, RecursionError):
            return None
        sequence = values.pop("sequence")
        if type(sequence) is not int or not all(isinstance(value, str) for value in values.values()):
            return None
        return cls(sequence=sequence, **values)

    def _signed(self) -> tuple[object, ...]:
        return (_ANCHOR, self.organization_id, self.sequence, self.mac, self.anchor_time, self.key_id)


def anchor_of(organization_id: str, head: Head, time: datetime, keys: Keys) -> Anchor:
    """The signed anchor of an organization's head."""
    unsigned = Anchor(organization_id, head.sequence, head.mac, f"{time:%Y-%m-%dT%H:%M:%S.%fZ}", keys.active_id, "")
    return replace(unsigned, seal=keys.sign(keys.active_id, *unsigned._signed()) or "")


def to_line(link: Link) -> str:
    """A record as a line of an export."""
    fields = {name: getattr(link, name) for name in Link.__dataclass_fields__}
    if not link.organization_head:
        del fields["organization_head"]
    return json.dumps({"record": fields}, default=_foreign, separators=(",", ":"))


def head_line(organization_id: str, ticket_id: str, head: str, exists: bool, marked: bool | None = None) -> str:
    """The end of a chain as a line of an export."""
    fields = {"organization_id": organization_id, "ticket_id": ticket_id, "head": head, "exists": exists}
    if marked is not None:
        fields["marked"] = marked
    return json.dumps({"head": fields}, separators=(",", ":"))

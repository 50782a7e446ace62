"""What happened on a ticket, from the audit trail, in words for the thin lines between texts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from client.words.hand_offs import few_words_of
from keva.ticket.v1 import actor_pb2, audit_service_pb2


@dataclass(frozen=True)
class Happening:
    """`words` are a short sentence without its stop: Dana resolved it."""

    time: datetime
    words: str


@dataclass(frozen=True)
class Known:
    """What names stand for: agents by id; who reads is `you`."""

    names: Mapping[str, str]
    reader_id: str

    def actor(self, actor: actor_pb2.Actor) -> str:
        """At the beginning of a sentence."""
        if actor.kind == actor_pb2.ACTOR_KIND_AGENT:
            return "You" if actor.id == self.reader_id else self.names.get(actor.id, "Somebody")
        return _ACTORS.get(actor.kind, "Keva")

    def assignee(self, text: str) -> str:
        """Of `nobody`, `ai` and `agent:ID`, as the trail has them."""
        agent_id = text.removeprefix("agent:")
        if agent_id != text:
            return "you" if agent_id == self.reader_id else self.names.get(agent_id, "somebody")
        return "the AI" if text == "ai" else "nobody"


_ACTORS = {
    actor_pb2.ACTOR_KIND_CUSTOMER: "The customer",
    actor_pb2.ACTOR_KIND_AI: "The AI",
    actor_pb2.ACTOR_KIND_OPERATOR: "An operator",
    actor_pb2.ACTOR_KIND_TWILIO: "Twilio",
}


@dataclass(frozen=True)
class _Told:
    """A record, and who reads it."""

    record: audit_service_pb2.AuditRecord
    known: Known

    @property
    def who(self) -> str:
        return self.known.actor(self.record.actor)

    def detail(self, name: str) -> str:
        return self.record.details.get(name, "")

    def assigned(self) -> str:
        before, after = self.detail("from"), self.detail("to")
        if after == f"agent:{self.record.actor.id}":
            return f"{self.who} took it over from the AI" if before == "ai" else f"{self.who} took it"
        if after == "nobody":
            return f"{self.who} left it to nobody"
        return f"{self.who} handed it to {self.known.assignee(after)}"

    def updated(self) -> str:
        changed = [name for name in ("subject", "tags") if self.detail(name)]
        if priority := self.detail("priority"):
            return f"{self.who} set the priority to {priority.lower()}"
        return f"{self.who} changed the {' and '.join(changed)}" if changed else ""

    def snoozed(self) -> str:
        return f"{self.who} snoozed it" + (" until the next text" if self.detail("until") == "next_text" else "")

    def woken(self) -> str:
        # What woke it otherwise stands beside this: a text, or that it was settled.
        return {"by_hand": f"{self.who} woke it", "time": "It woke: its time had come"}.get(self.detail("why"), "")

    def reopened(self) -> str:
        by_text = self.record.actor.kind == actor_pb2.ACTOR_KIND_CUSTOMER
        return "A text reopened it" if by_text else f"{self.who} reopened it"

    def closed(self) -> str:
        by_itself = self.record.actor.kind == actor_pb2.ACTOR_KIND_SERVICE
        return "It was closed by itself" if by_itself else f"{self.who} closed it"

    def handed_off(self) -> str:
        found = f" ({self.detail('detail')})" if self.detail("detail") else ""
        return f"The AI left it to a person: {few_words_of(self.detail('reason'))}{found}"


def _says(sentence: str) -> Callable[[_Told], str]:
    return lambda told: sentence.format(who=told.who)


# What is not here is nothing that one reads a conversation for.
_WORDS: Mapping[str, Callable[[_Told], str]] = {
    "ticket.resolved": _says("{who} resolved it"),
    "ticket.reopened": _Told.reopened,
    "ticket.closed": _Told.closed,
    "ticket.succeeded": _says("A new ticket goes on from here"),
    "ticket.assigned": _Told.assigned,
    "ticket.updated": _Told.updated,
    "ticket.snoozed": _Told.snoozed,
    "ticket.unsnoozed": _Told.woken,
    "ticket.erased": _says("Its texts were erased"),
    "ai.handed_off": _Told.handed_off,
    "conversation.started": _says("{who} began the conversation"),
    "message.cancelled": _says("{who} cancelled a text that was to be sent later"),
    "customer.opted_out": _says("The customer opted out of texts from this number"),
    "customer.opted_in": _says("The customer takes texts from this number again"),
    "customer.no_texts": _says("{who} noted that the customer wants no texts"),
    "customer.takes_texts": _says("{who} noted that the customer takes texts"),
    "customer.blocked": _says("{who} blocked the customer"),
    "customer.unblocked": _says("{who} unblocked the customer"),
}


def happening(record: audit_service_pb2.AuditRecord, known: Known) -> Happening | None:
    """What a record says to who reads the conversation; None when it is nothing to them."""
    words = _WORDS.get(record.action, _says(""))(_Told(record, known))
    return Happening(record.record_time.ToDatetime(UTC), words) if words else None


def articles_of(records: list[audit_service_pb2.AuditRecord]) -> Mapping[str, str]:
    """On which articles the AI's replies rest, by message id."""
    answers = (record for record in records if record.action == "ai.answered")
    return {record.subject_id: record.details.get("articles", "") for record in answers}

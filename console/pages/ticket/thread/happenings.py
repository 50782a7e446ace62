"""What happened on a ticket, from the audit trail, in words for the thin lines between texts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from client.words.hand_offs import few_words_of
from client.words.language import marked, say
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
            return say("You") if actor.id == self.reader_id else self.names.get(actor.id, say("Somebody"))
        return say(_ACTORS.get(actor.kind, "Keva"))

    def assignee(self, text: str) -> str:
        """Of `nobody`, `ai` and `agent:ID`, as the trail has them."""
        agent_id = text.removeprefix("agent:")
        if agent_id != text:
            return say("you") if agent_id == self.reader_id else self.names.get(agent_id, say("somebody"))
        return say("the AI") if text == "ai" else say("nobody")


_ACTORS = {
    actor_pb2.ACTOR_KIND_CUSTOMER: marked("The customer"),
    actor_pb2.ACTOR_KIND_AI: marked("The AI"),
    actor_pb2.ACTOR_KIND_OPERATOR: marked("An operator"),
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
            return (
                say("%(who)s took it over from the AI", who=self.who)
                if before == "ai"
                else say("%(who)s took it", who=self.who)
            )
        if after == "nobody":
            # Its reason, which is shown too, says as much.
            if self.record.actor.kind == actor_pb2.ACTOR_KIND_AI:
                return ""
            return say("%(who)s left it to nobody", who=self.who)
        return say("%(who)s handed it to %(assignee)s", who=self.who, assignee=self.known.assignee(after))

    def updated(self) -> str:
        if priority := self.detail("priority"):
            return say("%(who)s set the priority to %(priority)s", who=self.who, priority=priority.lower())
        subject, tags = self.detail("subject"), self.detail("tags")
        if subject and tags:
            return say("%(who)s changed the subject and tags", who=self.who)
        if subject:
            return say("%(who)s changed the subject", who=self.who)
        return say("%(who)s changed the tags", who=self.who) if tags else ""

    def snoozed(self) -> str:
        if self.detail("until") == "next_text":
            return say("%(who)s snoozed it until the next text", who=self.who)
        return say("%(who)s snoozed it", who=self.who)

    def woken(self) -> str:
        # What woke it otherwise stands beside this: a text, or that it was settled.
        return {"by_hand": say("%(who)s woke it", who=self.who), "time": say("It woke: its time had come")}.get(
            self.detail("why"), ""
        )

    def reopened(self) -> str:
        by_text = self.record.actor.kind == actor_pb2.ACTOR_KIND_CUSTOMER
        return say("A text reopened it") if by_text else say("%(who)s reopened it", who=self.who)

    def closed(self) -> str:
        by_itself = self.record.actor.kind == actor_pb2.ACTOR_KIND_SERVICE
        return say("It was closed by itself") if by_itself else say("%(who)s closed it", who=self.who)

    def handed_off(self) -> str:
        found = f" ({self.detail('detail')})" if self.detail("detail") else ""
        return say("The AI left it to a person: %(why)s%(found)s", why=few_words_of(self.detail("reason")), found=found)


def _says(sentence: str) -> Callable[[_Told], str]:
    return lambda told: say(sentence, who=told.who) if sentence else ""


# What is not here is nothing that one reads a conversation for.
_WORDS: Mapping[str, Callable[[_Told], str]] = {
    "ticket.resolved": _says(marked("%(who)s resolved it")),
    "ticket.reopened": _Told.reopened,
    "ticket.closed": _Told.closed,
    "ticket.succeeded": _says(marked("A new ticket goes on from here")),
    "ticket.assigned": _Told.assigned,
    "ticket.updated": _Told.updated,
    "ticket.snoozed": _Told.snoozed,
    "ticket.unsnoozed": _Told.woken,
    "ticket.erased": _says(marked("Its texts were erased")),
    "ai.handed_off": _Told.handed_off,
    "conversation.started": _says(marked("%(who)s began the conversation")),
    "message.cancelled": _says(marked("%(who)s cancelled a text that was to be sent later")),
    "customer.opted_out": _says(marked("The customer opted out of texts from this number")),
    "customer.opted_in": _says(marked("The customer takes texts from this number again")),
    "customer.no_texts": _says(marked("%(who)s noted that the customer wants no texts")),
    "customer.takes_texts": _says(marked("%(who)s noted that the customer can be texted")),
    "customer.blocked": _says(marked("%(who)s blocked the customer")),
    "customer.unblocked": _says(marked("%(who)s unblocked the customer")),
}


def happening(record: audit_service_pb2.AuditRecord, known: Known) -> Happening | None:
    """What a record says to who reads the conversation; None when it is nothing to them."""
    words = _WORDS.get(record.action, _says(""))(_Told(record, known))
    return Happening(record.record_time.ToDatetime(UTC), words) if words else None


def articles_of(records: list[audit_service_pb2.AuditRecord]) -> Mapping[str, str]:
    """On which articles the AI's replies rest, by message id."""
    answers = (record for record in records if record.action == "ai.answered")
    return {record.subject_id: record.details.get("articles", "") for record in answers}

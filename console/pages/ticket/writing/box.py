"""The box below a conversation: what stands in it, and why nothing can be sent, if so."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from client.failure import Failure
from client.words.customers import no_texts_text
from client.words.language import marked
from console.drafts.draft import Draft, Save
from console.pages.ticket.articles import NamedArticle
from keva.ticket.v1 import message_pb2, ticket_service_pb2

REPLY, NOTE = "reply", "note"
_LONGEST_ID, _DIGITS = 100, 15


def new_request_id() -> str:
    """Under which something is stored once."""
    return str(uuid.uuid4())


def save_of(values: Mapping[str, object], failure: Failure | None = None) -> Save:
    """Which save of the box a form is: a script gives it a number. Without one it comes after all that there is; so
    does what was refused because the box had sent another text before."""
    number = str(values.get("save", ""))
    if (failure and failure.reason == "REQUEST_ID_REUSED") or not (
        number.isascii() and number.isdigit() and len(number) <= _DIGITS
    ):
        return Save()
    return Save(str(values.get("request_id", ""))[:_LONGEST_ID], int(number))


@dataclass(frozen=True)
class Box:
    """`tab` is reply or note. Under `request_id` a reply is stored once, however often it is sent; a note and
    the AI's draft have ids of their own, since one page may send them all. `error` and
    `advice` are about `field`. `newer` came after what the writer had seen; `parts` are the texts that a long one would
    leave as. `missing` are the placeholders of a saved reply that stand in the text as they are."""

    tab: str = REPLY
    text: str = ""
    note: str = ""
    saved_reply_id: str = ""
    media_urls: str = ""
    send_time: str = ""
    request_id: str = field(default_factory=new_request_id)
    note_request_id: str = field(default_factory=new_request_id)
    ai_request_id: str = field(default_factory=new_request_id)
    error: str = ""
    advice: str = ""
    field: str = ""
    newer: Sequence[message_pb2.Message] = ()
    parts: Sequence[message_pb2.Message] = ()
    missing: Sequence[str] = ()


def typed(values: Mapping[str, str]) -> Box:
    """What stands in the reply's form, whatever becomes of it."""
    return Box(
        text=values.get("text", ""),
        saved_reply_id=values.get("saved_reply_id", ""),
        media_urls=values.get("media_urls", ""),
        send_time=values.get("send_time", ""),
        request_id=values.get("request_id") or new_request_id(),
    )


@dataclass(frozen=True)
class SuggestedText:
    """A text that one may send after a look, and the articles that it is from. `is_draft`: the AI would have sent
    it."""

    text: str
    articles: Sequence[NamedArticle] = ()
    is_draft: bool = False


@dataclass(frozen=True)
class Suggestion:
    """What the AI would answer, or why it would not, and then what the articles say near the question. `message_id` is
    the last text that it takes into account."""

    draft: SuggestedText | None = None
    message_id: str = ""
    why_none: str = ""
    near: Sequence[SuggestedText] = ()


@dataclass(frozen=True)
class Kept:
    """What the AI left with the ticket when it handed it off, for the conversation up to `message_id`."""

    texts: Sequence[SuggestedText] = ()
    message_id: str = ""


def with_drafts(box: Box, drafts: Mapping[str, Draft]) -> Box:
    """What was begun before stands in what is empty."""
    known = {kind: draft.text for kind, draft in drafts.items()}
    return replace(box, text=box.text or known.get(REPLY, ""), note=box.note or known.get(NOTE, ""))


@dataclass(frozen=True)
class CannotReply:
    """Why nobody can text the customer from here, and what can be done; `may_begin`: another conversation can be
    begun."""

    why: str
    what: str
    may_begin: bool = False


def cannot_reply(
    ticket: ticket_service_pb2.Ticket, customer: ticket_service_pb2.Customer, has_channel: bool
) -> CannotReply | None:
    """None when a reply can be written."""
    reasons = (
        (customer.HasField("forget_time"), _FORGOTTEN),
        (customer.HasField("blocked_time"), _BLOCKED),
        (ticket.state == ticket_service_pb2.TICKET_STATE_CLOSED, _CLOSED),
        (customer.HasField("no_texts_time"), _NO_TEXTS),
        (bool(no_texts_text(customer, ticket.channel_address)), _OPTED_OUT),
        (not has_channel, _NO_CHANNEL),
    )
    return next((reason for applies, reason in reasons if applies), None)


_FORGOTTEN = CannotReply(marked("This customer was forgotten."), marked("Their next text makes a new customer."))
_BLOCKED = CannotReply(
    marked("This customer is blocked: nobody texts them."), marked("Unblock them first, beside the conversation.")
)
_CLOSED = CannotReply(
    marked("This ticket is closed."), marked("The customer's next text opens a new one."), may_begin=True
)
_NO_TEXTS = CannotReply(
    marked("This customer wants no texts."), marked("Reach them in another way, and write a note about it here.")
)
_OPTED_OUT = CannotReply(
    marked("This customer has opted out of texts from this number."), marked("They have to text START to it first.")
)
_NO_CHANNEL = CannotReply(
    marked("This number is no longer ours."), marked("Adding it again under Channels brings it back.")
)

"""Documents look as they always did: what an earlier version has stored is read, and another replica reads what is
stored now."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import bson
import pytest

from servicekit.mongo.readable import UnreadableError
from ticket_service.domain.ai.kept_suggestions import Article, KeptSuggestions, SuggestedReply
from ticket_service.domain.ai_profile import AiProfile
from ticket_service.domain.audit import Actor, ActorKind, AuditEntry, AuditRecord
from ticket_service.domain.channel import AiAutonomy, Channel, CreateTicketOn
from ticket_service.domain.customer import Customer, Location
from ticket_service.domain.hand_off import HandOffReason
from ticket_service.domain.inbox.last_message import LastMessage
from ticket_service.domain.inbox.read_marks import ReadMark
from ticket_service.domain.message import Delivery, DeliveryState, Direction, Media, MediaState, Message
from ticket_service.domain.texts.consent import EVERY_NUMBER, Consent, ConsentSource, NoTexts, TakesTexts
from ticket_service.domain.ticket import NOBODY, THE_AI, Assignee, AssigneeKind, Priority, Ticket, TicketState
from ticket_service.domain.work.before_ai import BeforeAi
from ticket_service.domain.work.before_resolve import BeforeResolve
from ticket_service.domain.workspace import Workspace
from ticket_service.mongo.audit_documents import record_from_document, record_to_document
from ticket_service.mongo.channels import channel_from_document, channel_to_document
from ticket_service.mongo.customers import customer_from_document, customer_to_document
from ticket_service.mongo.mapper import Document, Field, Mapper
from ticket_service.mongo.message_documents import message_from_document, message_to_document
from ticket_service.mongo.ticket_documents import ticket_from_document, ticket_to_document
from ticket_service.mongo.workspaces import workspace_from_document, workspace_to_document

T = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_TICKET = Ticket(
    ticket_id="tkt_1",
    organization_id="default",
    workspace_id="wsp_1",
    number=7,
    state=TicketState.OPEN,
    subject="A leak",
    priority=Priority.HIGH,
    assignee=Assignee(AssigneeKind.AGENT, "dana"),
    channel_id="chn_1",
    account_sid="AC1",
    channel_address="+15550001000",
    customer_id="cus_1",
    customer_address="+15551234567",
    create_time=T,
    update_time=T,
    tags=("a", "b"),
    message_count=3,
    audit_sequence=5,
    audit_head="5 m k s",
)
_TICKET_DOCUMENT: Document = {
    "_id": "tkt_1",
    "organization_id": "default",
    "workspace_id": "wsp_1",
    "number": 7,
    "state": "OPEN",
    "subject": "A leak",
    "priority": "HIGH",
    "assignee": "AGENT:dana",
    "channel_id": "chn_1",
    "account_sid": "AC1",
    "channel_address": "+15550001000",
    "customer_id": "cus_1",
    "customer_address": "+15551234567",
    "create_time": T,
    "update_time": T,
    "tags": ["a", "b"],
    "message_count": 3,
    "holds_thread": True,
    "audit_sequence": 5,
    "ai_replies": 0,
    "audit_head": "5 m k s",
    "anchor_due": True,
}
_SHOWN_TICKET = replace(
    _TICKET,
    waiting_since=T,
    last_message=LastMessage(T, Direction.INBOUND, "there is a leak"),
    customer_display_name="Ada",
    summed_count=3,
    inbound_position=2,
    failed_reply=True,
    read_by=("dana",),
    read_marks=(ReadMark("dana", "msg_1", 2),),
    suggestions=KeptSuggestions("msg_1", (SuggestedReply("In 5 days.", (Article("shipping", "Shipping", "Canada"),)),)),
)
_SHOWN_TICKET_DOCUMENT: Document = {
    **_TICKET_DOCUMENT,
    "waiting_since": T,
    "last_message": {"time": T, "direction": "INBOUND", "preview": "there is a leak"},
    "customer_display_name": "Ada",
    "summed_count": 3,
    "inbound_position": 2,
    "failed_reply": True,
    "read_by": ["dana"],
    "read_marks": [{"agent_id": "dana", "message_id": "msg_1", "position": 2}],
    "suggestions": {
        "message_id": "msg_1",
        "replies": [
            {"text": "In 5 days.", "articles": [{"article_id": "shipping", "title": "Shipping", "section": "Canada"}]}
        ],
    },
}
_ANSWERED_TICKET = replace(
    _TICKET, last_message=LastMessage(T, Direction.OUTBOUND, "We come at noon", Actor(ActorKind.AI, "responder"))
)
_ANSWERED_TICKET_DOCUMENT: Document = {
    **_TICKET_DOCUMENT,
    "last_message": {
        "time": T,
        "direction": "OUTBOUND",
        "preview": "We come at noon",
        "author": {"kind": "ai", "id": "responder"},
    },
}
_RESOLVED_TICKET = replace(
    _TICKET,
    state=TicketState.RESOLVED,
    resolve_time=T,
    before_resolve=BeforeResolve(T, False, T, T, T, T, True, True),
    before_ai=BeforeAi(HandOffReason.UPSET, T, 2),
    to_deal_before=True,
)
_RESOLVED_TICKET_DOCUMENT: Document = {
    **_TICKET_DOCUMENT,
    "state": "RESOLVED",
    "resolve_time": T,
    "before_resolve": {
        "resolve_time": T,
        "waiting_since": T,
        "snooze_until": T,
        "first_answer_due_time": T,
        "next_answer_due_time": T,
        "failed_reply": True,
        "to_deal": True,
    },
    "before_ai": {"hand_off_reason": "UPSET", "hand_off_time": T, "ai_replies": 2},
    "to_deal_before": True,
}
_ERASED_TICKET = replace(
    _TICKET,
    state=TicketState.CLOSED,
    assignee=NOBODY,
    tags=(),
    holds_thread=False,
    resolve_time=T,
    close_time=T,
    hand_off_reason=HandOffReason.UPSET,
    hand_off_time=T,
    hand_off_announced=True,
    ai_replies=2,
    seal_time=T,
    erase_time=T,
    snooze_until=T,
)
_ERASED_TICKET_DOCUMENT: Document = {
    **{name: value for name, value in _TICKET_DOCUMENT.items() if name != "holds_thread"},
    "state": "CLOSED",
    "assignee": "NOBODY",
    "tags": [],
    "resolve_time": T,
    "close_time": T,
    "hand_off_reason": "UPSET",
    "hand_off_time": T,
    "hand_off_told": True,
    "ai_replies": 2,
    "seal_time": T,
    "erase_time": T,
    "snooze_until": T,
}
_DANA = Actor(ActorKind.AGENT, "dana")
_DANA_DOCUMENT: Document = {"kind": "agent", "id": "dana"}
# Of the name, which nobody has edited, and of the number.
_KEYS = ["ada", *(f"#{'15551234567'[start:]}" for start in range(9))]
_CUSTOMER = Customer(
    customer_id="cus_1",
    organization_id="default",
    workspace_id="wsp_1",
    address="+15551234567",
    display_name="Ada",
    email="ada@example.com",
    location=Location("Seattle", "WA", "US", "98101"),
    create_time=T,
    update_time=T,
)
_CUSTOMER_DOCUMENT: Document = {
    "_id": "cus_1",
    "organization_id": "default",
    "workspace_id": "wsp_1",
    "address": "+15551234567",
    "display_name": "Ada",
    "email": "ada@example.com",
    "location": {"city": "Seattle", "state": "WA", "country": "US", "zip": "98101"},
    "opted_out": False,
    "edited": [],
    "create_time": T,
    "update_time": T,
    "search_keys": _KEYS,
}
_TEXT = Message(
    message_id="msg_1",
    organization_id="default",
    workspace_id="wsp_1",
    ticket_id="tkt_1",
    customer_id="cus_1",
    channel_id="chn_1",
    direction=Direction.INBOUND,
    author=Actor(ActorKind.CUSTOMER, "cus_1"),
    text="look",
    message_time=T,
    create_time=T,
    account_sid="AC1",
    twilio_message_sid="SM1",
    media=(
        Media("https://a.example", "image/png", MediaState.PENDING),
        Media("https://b.example", "image/png", MediaState.STORED, "med_1", 5),
        Media("https://c.example", "x/y", MediaState.REFUSED, error_text="too large"),
    ),
    position=1,
    recovered=True,
)
_TEXT_DOCUMENT: Document = {
    "_id": "msg_1",
    "organization_id": "default",
    "workspace_id": "wsp_1",
    "ticket_id": "tkt_1",
    "customer_id": "cus_1",
    "channel_id": "chn_1",
    "direction": "INBOUND",
    "author": {"kind": "customer", "id": "cus_1"},
    "text": "look",
    "message_time": T,
    "create_time": T,
    "account_sid": "AC1",
    "twilio_message_sid": "SM1",
    "media": [
        {"url": "https://a.example", "content_type": "image/png"},
        {
            "url": "https://b.example",
            "content_type": "image/png",
            "state": "STORED",
            "media_id": "med_1",
            "size_bytes": 5,
        },
        {"url": "https://c.example", "content_type": "x/y", "state": "REFUSED", "error_text": "too large"},
    ],
    "position": 1,
    "recovered": True,
}
_REPLY = replace(
    _TEXT,
    direction=Direction.OUTBOUND,
    author=Actor(ActorKind.AGENT, "dana"),
    media=(Media("https://a.example", ""),),
    delivery=Delivery(DeliveryState.FAILED, T, 30007, "filtered", 2),
    request_id="r1",
    is_notice=True,
    position=2,
    recovered=False,
    further_parts=("msg_3", "msg_4"),
    request_digest="d1",
    erase_time=T,
)
_REPLY_DOCUMENT: Document = {
    **{name: value for name, value in _TEXT_DOCUMENT.items() if name != "recovered"},
    "direction": "OUTBOUND",
    "author": {"kind": "agent", "id": "dana"},
    "media": [{"url": "https://a.example", "content_type": ""}],
    "delivery": {"state": "FAILED", "update_time": T, "error_code": 30007, "error_text": "filtered", "segments": 2},
    "request_id": "r1",
    "is_notice": True,
    "position": 2,
    "further_parts": ["msg_3", "msg_4"],
    "request_digest": "d1",
    "erase_time": T,
}
# Replicas of a version that cannot send later read a reply that is in no outbox, and one that failed.
_LATER = replace(
    _REPLY,
    delivery=Delivery(DeliveryState.SCHEDULED, T),
    send_time=T,
    retry_of="msg_0",
    retried_by="msg_9",
    consent_basis="asked us",
)
_CANCELLED = replace(_LATER, delivery=Delivery(DeliveryState.CANCELLED, T))
_LATER_DOCUMENT: Document = {
    **_REPLY_DOCUMENT,
    "delivery": {"state": "QUEUED", "update_time": T, "error_code": 0, "error_text": "", "segments": 0},
    "schedule": "WAITING",
    "schedule_due": T,
    "send_time": T,
    "retry_of": "msg_0",
    "retried_by": "msg_9",
    "consent_basis": "asked us",
}
_CANCELLED_DOCUMENT: Document = {
    **{name: value for name, value in _LATER_DOCUMENT.items() if name != "schedule_due"},
    "delivery": {"state": "FAILED", "update_time": T, "error_code": 0, "error_text": "", "segments": 0},
    "schedule": "CANCELLED",
}
_NOTE = Message(
    "msg_5", "default", "wsp_1", "tkt_1", "cus_1", "", Direction.NOTE, Actor(ActorKind.AGENT, "dana"), "hm", T, T
)
_NOTE_DOCUMENT: Document = {
    "_id": "msg_5",
    "organization_id": "default",
    "workspace_id": "wsp_1",
    "ticket_id": "tkt_1",
    "customer_id": "cus_1",
    "channel_id": "",
    "direction": "NOTE",
    "author": {"kind": "agent", "id": "dana"},
    "text": "hm",
    "message_time": T,
    "create_time": T,
    "account_sid": "",
    "media": [],
}
_CHANNEL = Channel(
    channel_id="chn_1",
    organization_id="default",
    account_sid="AC1",
    phone_number="+15550001000",
    display_name="Main",
    workspace_id="wsp_1",
    create_time=T,
    update_time=T,
    create_ticket_on=CreateTicketOn.ANY_MESSAGE,
    default_priority=Priority.LOW,
    auto_assign=THE_AI,
    segments_per_second=2.5,
    ai_autonomy=AiAutonomy.SUGGEST,
)
_CHANNEL_DOCUMENT: Document = {
    "_id": "chn_1",
    "organization_id": "default",
    "account_sid": "AC1",
    "phone_number": "+15550001000",
    "display_name": "Main",
    "workspace_id": "wsp_1",
    "create_time": T,
    "update_time": T,
    "create_ticket_on": "ANY_MESSAGE",
    "default_priority": "LOW",
    "auto_assign": "AI",
    "segments_per_second": 2.5,
    "ai_autonomy": "SUGGEST",
    "delete_time": None,
}
_WORKSPACE = Workspace(
    "wsp_1",
    "default",
    "Support",
    T,
    timedelta(days=1),
    AiProfile("Keva", "warm", "9-5", ("en", "de"), ("rule",), "bye", 3),
    timedelta(days=30),
)
_WORKSPACE_DOCUMENT: Document = {
    "_id": "wsp_1",
    "organization_id": "default",
    "display_name": "Support",
    "create_time": T,
    "auto_close_seconds": 86400.0,
    "ai_profile": {
        "business_name": "Keva",
        "tone": "warm",
        "business_hours": "9-5",
        "languages": ["en", "de"],
        "hand_off_rules": ["rule"],
        "hand_off_notice": "bye",
        "max_replies_in_a_row": 3,
        "max_replies_per_channel_per_day": 1000,
        "max_replies_per_customer_per_hour": 20,
    },
    "retain_seconds": 2592000.0,
}
_RECORD = AuditRecord(
    "aud_1",
    "default",
    "wsp_1",
    "tkt_1",
    3,
    AuditEntry("ticket.closed", "tkt_1", Actor(ActorKind.AI, "responder"), T, {"from": "OPEN"}),
    "k1",
    "ab12",
)
_RECORD_DOCUMENT: Document = {
    "_id": "aud_1",
    "organization_id": "default",
    "workspace_id": "wsp_1",
    "ticket_id": "tkt_1",
    "sequence": 3,
    "time": T,
    "actor": {"kind": "ai", "id": "responder"},
    "action": "ticket.closed",
    "subject_id": "tkt_1",
    "details": {"from": "OPEN"},
    "key_id": "k1",
    "mac": "ab12",
}


@pytest.mark.parametrize(
    ("entity", "document", "to_document", "from_document"),
    [
        pytest.param(_TICKET, _TICKET_DOCUMENT, ticket_to_document, ticket_from_document, id="live ticket"),
        pytest.param(
            _SHOWN_TICKET, _SHOWN_TICKET_DOCUMENT, ticket_to_document, ticket_from_document, id="ticket in the inbox"
        ),
        pytest.param(
            _ANSWERED_TICKET, _ANSWERED_TICKET_DOCUMENT, ticket_to_document, ticket_from_document, id="answered ticket"
        ),
        pytest.param(
            _ERASED_TICKET, _ERASED_TICKET_DOCUMENT, ticket_to_document, ticket_from_document, id="erased ticket"
        ),
        pytest.param(
            _RESOLVED_TICKET,
            _RESOLVED_TICKET_DOCUMENT,
            ticket_to_document,
            ticket_from_document,
            id="resolved ticket",
        ),
        pytest.param(_CUSTOMER, _CUSTOMER_DOCUMENT, customer_to_document, customer_from_document, id="customer"),
        pytest.param(
            replace(
                _CUSTOMER,
                consents=(Consent("+12065550100", False, T, ConsentSource.FIRST_TEXT, "signed up", _DANA),),
                no_texts=NoTexts("said so", T, _DANA),
                takes_texts=TakesTexts("signed a form", T, _DANA, ConsentSource.IMPORT),
                imported=frozenset({"zip", "city"}),
                blocked_time=T,
                block_reason="spam",
                blocked_by=_DANA,
            ),
            {
                **_CUSTOMER_DOCUMENT,
                "consent_time": T,
                "consents": [
                    {
                        "our_number": "+12065550100",
                        "opted_out": False,
                        "time": T,
                        "source": "FIRST_TEXT",
                        "reason": "signed up",
                        "by": _DANA_DOCUMENT,
                    }
                ],
                "no_texts": {"reason": "said so", "time": T, "by": _DANA_DOCUMENT},
                "takes_texts": {"reason": "signed a form", "time": T, "by": _DANA_DOCUMENT, "source": "IMPORT"},
                "imported": ["city", "zip"],
                "blocked_time": T,
                "block_reason": "spam",
                "blocked_by": _DANA_DOCUMENT,
            },
            customer_to_document,
            customer_from_document,
            id="blocked customer",
        ),
        pytest.param(
            replace(
                _CUSTOMER,
                consents=(Consent("+12065550100", True, T), Consent("+12065550200", False)),
                no_texts=NoTexts("said so", T),
                edited=frozenset({"zip", "city"}),
                forget_time=T,
                erase_time=T,
            ),
            {
                **_CUSTOMER_DOCUMENT,
                "opted_out": True,
                "edited": ["city", "zip"],
                "consent_time": T,
                "consents": [
                    {"our_number": "+12065550100", "opted_out": True, "time": T},
                    {"our_number": "+12065550200", "opted_out": False},
                ],
                "no_texts": {"reason": "said so", "time": T},
                "forget_time": T,
                "erase_time": T,
                "search_keys": [],
            },
            customer_to_document,
            customer_from_document,
            id="forgotten customer",
        ),
        pytest.param(_TEXT, _TEXT_DOCUMENT, message_to_document, message_from_document, id="text"),
        pytest.param(_REPLY, _REPLY_DOCUMENT, message_to_document, message_from_document, id="reply"),
        pytest.param(_LATER, _LATER_DOCUMENT, message_to_document, message_from_document, id="scheduled reply"),
        pytest.param(_CANCELLED, _CANCELLED_DOCUMENT, message_to_document, message_from_document, id="cancelled reply"),
        pytest.param(_NOTE, _NOTE_DOCUMENT, message_to_document, message_from_document, id="note"),
        pytest.param(_CHANNEL, _CHANNEL_DOCUMENT, channel_to_document, channel_from_document, id="channel"),
        pytest.param(
            replace(_CHANNEL, delete_time=T),
            {**_CHANNEL_DOCUMENT, "delete_time": T},
            channel_to_document,
            channel_from_document,
            id="removed channel",
        ),
        pytest.param(_WORKSPACE, _WORKSPACE_DOCUMENT, workspace_to_document, workspace_from_document, id="workspace"),
        pytest.param(_RECORD, _RECORD_DOCUMENT, record_to_document, record_from_document, id="audit record"),
    ],
)
def test_an_entity_is_stored_as_ever(
    entity: object, document: Document, to_document: Callable[[Any], Document], from_document: Callable[[Document], Any]
) -> None:
    assert to_document(entity) == document
    assert from_document(document) == entity
    # And the driver takes it.
    assert bson.decode(bson.encode(document), bson.CodecOptions(tz_aware=True)) == document


def _without(document: Document, *names: str) -> Document:
    return {name: value for name, value in document.items() if name not in names}


@pytest.mark.parametrize(
    ("fields", "consents"),
    [
        pytest.param({}, (), id="who never said anything"),
        pytest.param({"opted_out": True, "consent_time": T}, (Consent(EVERY_NUMBER, True, T),), id="STOP"),
        pytest.param({"opted_out": True}, (Consent(EVERY_NUMBER, True),), id="STOP, to a version that kept no time"),
        pytest.param({"consent_time": T}, (Consent(EVERY_NUMBER, False, T),), id="START"),
    ],
)
def test_a_customer_of_a_version_that_kept_one_answer_for_all_numbers_is_read(
    fields: Document, consents: tuple[Consent, ...]
) -> None:
    known = customer_from_document({**_CUSTOMER_DOCUMENT, **fields})

    assert known.consents == consents
    # And such a version reads what this one writes of it.
    written = customer_to_document(known)
    assert {name: written[name] for name in (*_CUSTOMER_DOCUMENT, *fields)} == {**_CUSTOMER_DOCUMENT, **fields}


def test_a_customer_of_a_version_without_blocks_and_lists_is_read() -> None:
    old = {**_without(_CUSTOMER_DOCUMENT, "search_keys"), "no_texts": {"reason": "said so", "time": T}}

    assert customer_from_document(old) == replace(_CUSTOMER, no_texts=NoTexts("said so", T))


def test_a_ticket_of_a_version_without_hand_offs_and_signed_chains_is_read() -> None:
    old = _without(_TICKET_DOCUMENT, "ai_replies", "audit_head", "anchor_due")

    assert ticket_from_document(old) == replace(_TICKET, audit_head="")


@pytest.mark.parametrize("state", ["PENDING", "RESOLVED", "CLOSED"])
def test_who_waited_when_a_version_without_waiting_moved_the_ticket_waits_no_more(state: str) -> None:
    assert ticket_from_document({**_SHOWN_TICKET_DOCUMENT, "state": state}).waiting_since is None


def test_attachments_of_a_text_of_a_version_that_fetched_none_are_awaited() -> None:
    old = {**_TEXT_DOCUMENT, "media": [{"url": "https://a.example", "content_type": "image/png"}]}

    assert [item.state for item in message_from_document(old).media] == [MediaState.PENDING]


def test_media_of_a_reply_await_nothing() -> None:
    assert [item.state for item in message_from_document(_REPLY_DOCUMENT).media] == [None]


def test_what_the_outbox_keeps_with_a_reply_is_no_part_of_the_message() -> None:
    assert message_from_document({**_REPLY_DOCUMENT, "outbox_due": T}) == _REPLY


def test_a_workspace_of_a_version_without_ai_and_retention_is_read() -> None:
    old = _without(_WORKSPACE_DOCUMENT, "ai_profile", "retain_seconds")

    assert workspace_from_document(old) == replace(_WORKSPACE, ai_profile=AiProfile(), retain_for=timedelta(0))


def test_a_record_of_a_version_that_signed_none_is_read() -> None:
    assert record_from_document(_without(_RECORD_DOCUMENT, "key_id", "mac")) == replace(_RECORD, key_id="", mac="")


@pytest.mark.parametrize("name", ["action", "actor", "time", "details", "sequence"])
def test_a_record_that_somebody_has_taken_a_field_from_is_none_that_can_be_read(name: str) -> None:
    with pytest.raises((KeyError, UnreadableError), match=name):
        record_from_document(_without(_RECORD_DOCUMENT, name))


def test_a_field_that_an_older_replica_does_not_know_is_passed_over() -> None:
    assert ticket_from_document({**_TICKET_DOCUMENT, "of_a_later_version": 1}) == _TICKET


def test_declaring_a_field_that_there_is_not_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="Actor has no field name"):
        Mapper(Actor, name=Field())


def test_a_basis_that_a_version_before_noted_without_a_word_is_none() -> None:
    noted = {"reason": "", "time": T, "by": _DANA_DOCUMENT, "source": "AGENT"}

    assert customer_from_document({**_CUSTOMER_DOCUMENT, "takes_texts": noted}) == _CUSTOMER

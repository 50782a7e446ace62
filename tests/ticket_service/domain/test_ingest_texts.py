"""What is stored of a text and of who sent it, what is recorded, and which texts are not stored."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.ticket_service.domain.examples import (
    ACCOUNT,
    BEFORE,
    NOW,
    OUR_NUMBER,
    PHONE,
    THE_CUSTOMER,
    channel,
    customer,
    text,
    ticket,
)
from tests.ticket_service.domain.planning import actions, one_customer, plan, snapshot
from ticket_service.domain.audit import Actor, ActorKind
from ticket_service.domain.audit_action import AuditAction
from ticket_service.domain.customer import Customer, Location
from ticket_service.domain.ingest_plan import IngestPlan, RefusedText, StoredText
from ticket_service.domain.message import Direction, Media, MediaState
from ticket_service.domain.texts.consent import EVERY_NUMBER, Consent, ConsentSource
from ticket_service.domain.texts.keyword import Keyword
from ticket_service.domain.ticket import Ticket


def test_message_is_the_text() -> None:
    sent = BEFORE + timedelta(minutes=3)
    media = (Media("https://example.com/1", "image/png", MediaState.PENDING),)

    planned = plan(snapshot(known=customer()), text("hi there", media=media, sent_time=sent))

    (message,) = planned.messages
    assert (message.text, message.direction, message.author) == ("hi there", Direction.INBOUND, THE_CUSTOMER)
    assert (message.message_time, message.create_time, message.media) == (sent, NOW, media)
    assert (message.account_sid, message.twilio_message_sid, message.channel_id) == (ACCOUNT, "SM1", "chn_1")


def test_text_of_unknown_time_is_of_now() -> None:
    assert plan(snapshot(), text()).messages[0].message_time == NOW


BY_KEYWORD = {"by": "keyword", "channel_id": "chn_1"}
OPTED_OUT = customer(consents=(Consent(OUR_NUMBER, True),))
RECEIVED_DETAILS = {"twilio_message_sid": "SM1", "channel_id": "chn_1"}


@pytest.mark.parametrize(
    ("fields", "details"),
    [
        pytest.param({}, {}, id="nothing special"),
        pytest.param({"body": "stop"}, {"keyword": "STOP"}, id="a keyword"),
        pytest.param({"opt_out_type": Keyword.START}, {"keyword": "START"}, id="a keyword by Twilio's word"),
        pytest.param({"body": "👍 to “ok”"}, {"reaction": "true"}, id="a reaction"),
        pytest.param({"recovered": True}, {"recovered": "true"}, id="recovered from Twilio's log"),
        pytest.param(
            {"recovered": True, "sent_time": BEFORE},
            {"recovered": "true", "sent_time": BEFORE.isoformat()},
            id="recovered, with the time at which it was sent",
        ),
        pytest.param({"media": (Media("u", "t"), Media("v", "t"))}, {"media": "2"}, id="with media"),
        pytest.param({"fallback_error_code": 11200}, {"fallback_error_code": "11200"}, id="by the fallback URL"),
    ],
)
def test_record_of_a_text_says_how_it_came(fields: dict[str, Any], details: dict[str, str]) -> None:
    planned = plan(snapshot(known=customer()), text(**fields))

    (entry,) = [record.entry for record in planned.records if record.entry.action == AuditAction.MESSAGE_RECEIVED]
    assert entry.details == RECEIVED_DETAILS | details
    assert (entry.actor, entry.time, entry.subject_id) == (THE_CUSTOMER, NOW, planned.messages[0].message_id)


def test_no_record_quotes_a_text() -> None:
    planned = plan(snapshot(), text("my PIN is 4711", location=Location("SEATTLE")))

    assert not [r for r in planned.records if "4711" in str(r) or "SEATTLE" in str(r) or PHONE in str(r)]


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"channel_address": "+15559998888"}, id="a number that nobody subscribed"),
        pytest.param({"account_sid": "AC2"}, id="the number in another account"),
        pytest.param({"organization_id": "another"}, id="another organization's number"),
    ],
)
def test_text_to_what_is_not_subscribed_is_refused_and_recorded(fields: dict[str, str]) -> None:
    wanted = text(**fields)

    planned = plan(snapshot(), wanted)

    assert planned.outcomes == [
        RefusedText("CHANNEL_NOT_FOUND", "this number is not subscribed in this Twilio account")
    ]
    assert (planned.messages, planned.new_customers, planned.new_tickets) == ([], {}, {})
    (record,) = planned.records
    # The store gives the sequence.
    assert (record.organization_id, record.workspace_id, record.ticket_id) == (wanted.organization_id, "", "")
    assert record.sequence == 0
    assert (record.entry.action, record.entry.subject_id) == ("message.refused", "SM1")
    assert record.entry.actor == Actor(ActorKind.TWILIO, wanted.account_sid)
    assert record.entry.details == {"reason": "CHANNEL_NOT_FOUND", "number": f"…{wanted.channel_address[-4:]}"}


def test_text_to_what_is_not_subscribed_is_recorded_once() -> None:
    elsewhere = text(channel_address="+15559998888")

    twice = plan(snapshot(), elsewhere, elsewhere)
    again = plan(replace(snapshot(), refused={("default", "SM1")}), elsewhere)

    assert (len(twice.records), twice.refused) == (1, [("default", "SM1")])
    assert (again.records, again.refused) == ([], [])
    refused = RefusedText("CHANNEL_NOT_FOUND", "this number is not subscribed in this Twilio account")
    assert [*twice.outcomes, *again.outcomes] == [refused] * 3


def test_text_that_is_stored_already_writes_nothing() -> None:
    planned = plan(snapshot(stored=[("SM1", "tkt_9")]), text("again"))

    assert planned == IngestPlan(outcomes=[StoredText("msg_of_SM1", "default", "tkt_9", duplicate=True)])


def test_text_that_comes_twice_at_once_is_stored_once() -> None:
    planned = plan(snapshot(), text(), text(), text(account_sid="AC2"))

    first, second, another = planned.outcomes
    assert isinstance(first, StoredText)
    assert first.ticket_created
    assert second == StoredText(first.message_id, "default", first.ticket_id, duplicate=True, ticket_created=False)
    assert isinstance(another, RefusedText)
    assert len(planned.messages) == 1


def test_first_text_makes_a_customer_who_is_named_after_the_place() -> None:
    planned = plan(snapshot(), text(location=Location("SEATTLE", "WA", "US", "98101")))

    made = one_customer(planned)
    assert (made.address, made.display_name, made.workspace_id) == (PHONE, "SMS from Seattle, WA", "default")
    assert planned.records[0].entry.action == "customer.created"
    assert planned.records[0].entry.actor == Actor(ActorKind.CUSTOMER, made.customer_id)


def test_customer_of_another_workspace_is_another_customer() -> None:
    planned = plan(snapshot(known=customer(workspace_id="sales")), text())

    assert len(planned.new_customers) == 1
    assert not planned.changed_customers


@pytest.mark.parametrize(
    ("known", "fields"),
    [
        pytest.param(customer(), "display_name, city, state", id="nothing was known"),
        pytest.param(customer(edited=frozenset({"display_name"})), "city, state", id="the name is a person's"),
        pytest.param(
            customer(location=Location("", "WA"), edited=frozenset({"city"})),
            *([],),
            id="the state was known, and the city is a person's",
        ),
    ],
)
def test_location_that_a_text_fills_in_is_recorded_by_its_fields(known: Customer, fields: str) -> None:
    planned = plan(snapshot(ticket(), known), text(location=Location("SEATTLE", "WA")))

    located = [record.entry for record in planned.records if record.entry.action == AuditAction.CUSTOMER_LOCATED]
    assert [entry.details for entry in located] == ([{"fields": fields}] if fields else [])
    assert {(entry.subject_id, entry.actor) for entry in located} <= {("cus_1", THE_CUSTOMER)}
    assert bool(planned.changed_customers) == bool(fields)


@pytest.mark.parametrize(
    ("live", "writes"),
    [
        pytest.param(None, True, id="a text that joins no ticket"),
        pytest.param(ticket(), False, id="a text that joins one"),
    ],
)
def test_customer_is_written_whenever_no_ticket_is(live: Ticket | None, writes: bool) -> None:
    """So that forgetting the customer at the same moment conflicts, by the ticket or by the customer."""
    planned = plan(snapshot(live, customer()), text())

    assert bool(planned.changed_customers) == writes


@pytest.mark.parametrize(
    ("known", "body", "opted_out", "recorded"),
    [
        pytest.param(customer(), "STOP", True, ["customer.opted_out"], id="STOP"),
        pytest.param(OPTED_OUT, "STOP", True, [], id="STOP again"),
        pytest.param(OPTED_OUT, "START", False, ["customer.opted_in"], id="START after STOP"),
        pytest.param(customer(), "START", False, [], id="START without STOP"),
        pytest.param(OPTED_OUT, "yes", False, ["customer.opted_in"], id="YES after STOP"),
        pytest.param(OPTED_OUT, "HELP", True, [], id="HELP changes nothing"),
        pytest.param(OPTED_OUT, "please stop", True, [], id="a text is not a keyword"),
    ],
)
def test_keyword_opts_in_and_out(known: Customer, body: str, opted_out: bool, recorded: list[str]) -> None:
    planned = plan(snapshot(ticket(), known), text(body))

    after = planned.changed_customers.get("cus_1", known)
    assert after.opted_out == opted_out
    consent = [r.entry for r in planned.records if r.entry.action.startswith("customer.")]
    assert [entry.action for entry in consent] == recorded
    assert all(entry.details == BY_KEYWORD and entry.actor == THE_CUSTOMER for entry in consent)


@pytest.mark.parametrize(
    ("said", "opted_out"),
    [
        pytest.param(BEFORE + timedelta(seconds=1), True, id="said after the last word: counts"),
        pytest.param(BEFORE, True, id="said at the same time: counts"),
        pytest.param(BEFORE - timedelta(seconds=1), False, id="said before it, and recovered late: does not"),
    ],
)
def test_last_word_counts_and_not_what_came_last(said: Any, opted_out: bool) -> None:
    known = customer(consents=(Consent(OUR_NUMBER, False, BEFORE),))

    planned = plan(snapshot(ticket(), known), text("STOP", sent_time=said, recovered=True))

    after = planned.changed_customers.get("cus_1", known)
    word = Consent(OUR_NUMBER, True, said, ConsentSource.KEYWORD)
    assert after.consents == ((word,) if opted_out else known.consents)
    assert after.update_time == (NOW if opted_out else BEFORE)
    assert ("customer.opted_out" in actions(planned)) == opted_out


def test_consent_of_texts_that_come_together_goes_by_their_order() -> None:
    planned = plan(
        snapshot(), text("STOP"), text("YES", twilio_message_sid="SM2"), text("YES", twilio_message_sid="SM3")
    )

    assert not one_customer(planned).opted_out
    # The second YES is an answer to something: the customer takes texts already.
    assert actions(planned) == [
        *("customer.created", "message.received", "customer.opted_out"),
        *("message.received", "customer.opted_in"),
        *("ticket.created", "message.received"),
    ]


ANOTHER_NUMBER = "+15550002000"


@pytest.mark.parametrize(
    ("before", "body", "after"),
    [
        pytest.param(Consent(ANOTHER_NUMBER, True, BEFORE), "START", False, id="START says nothing to another number"),
        pytest.param(
            Consent(ANOTHER_NUMBER, False, NOW), "STOP", True, id="nor is it earlier than a word to another one"
        ),
        pytest.param(Consent(ANOTHER_NUMBER, True, BEFORE), "YES", None, id="YES answers where nobody said STOP"),
    ],
)
def test_keyword_is_said_to_one_number(before: Consent, body: str, after: bool | None) -> None:
    known = customer(consents=(before,))

    planned = plan(snapshot(ticket(), known), text(body))

    said = planned.changed_customers.get("cus_1", known).consents
    assert said == ((before,) if after is None else (before, Consent(OUR_NUMBER, after, NOW, ConsentSource.KEYWORD)))


@pytest.mark.parametrize(
    ("body", "after"),
    [
        pytest.param("YES", (Consent(OUR_NUMBER, False, NOW, ConsentSource.KEYWORD),), id="YES opts in again"),
        pytest.param(
            "STOP",
            (Consent(EVERY_NUMBER, True, BEFORE), Consent(OUR_NUMBER, True, NOW, ConsentSource.KEYWORD)),
            id="STOP again",
        ),
    ],
)
def test_keyword_of_a_customer_of_an_older_version(body: str, after: tuple[Consent, ...]) -> None:
    known = customer(consents=(Consent(EVERY_NUMBER, True, BEFORE),))

    planned = plan(snapshot(ticket(), known), text(body))

    assert planned.changed_customers["cus_1"].consents == after
    assert ("customer.opted_in" in actions(planned)) == (body == "YES")


@pytest.mark.parametrize("body", ["Cancel", "End", "Quit", "Unsubscribe", "YES", "HELP"])
def test_word_that_toll_free_numbers_do_not_know_is_an_ordinary_text(body: str) -> None:
    ours = channel(phone_number="+18005550142")

    planned = plan(snapshot(subscribed=ours), text(body, channel_address=ours.phone_number))

    assert one_customer(planned).consents == ()
    assert len(planned.new_tickets) == 1

"""What Twilio did not sign, or did not sign for us: each refused, and nothing stored."""

import asyncio

import grpc
import pytest

from dev.local_stack.accounts import ORGANIZATION, WEBHOOK_PATH, WORKSPACE
from dev.local_stack.desk import Desk, RunningStack
from dev.twilio_simulator.signature import Parameters, sign
from keva.ticket.v1 import (
    attestation_pb2,
    audit_service_pb2,
    error_reason_pb2,
    message_pb2,
    ticket_service_pb2,
    ticket_service_pb2_grpc,
)
from servicekit.attestation.signer import Signer
from servicekit.attestation.statements import digest
from servicekit.rpc.certificates import CertificateFolder
from servicekit.rpc.channel import open_channel
from servicekit.rpc.statuses_to_errors import as_keva_error
from tests.e2e.wire import STATUS_PATH, encode, post, post_signed, text_parameters

DIGITS = [("Digits", "1"), ("Digits", "2"), ("Digits", "1")]


async def post_other(desk: Desk, signed: Parameters, sent: Parameters, target: str = WEBHOOK_PATH) -> int:
    """The answer to `sent` with the signature of `signed`."""
    signature = sign(desk.stack.public_url + target, signed, desk.account.auth_token)
    return (await post(desk, encode(sent), target=target, headers={"X-Twilio-Signature": signature})).status


async def test_each_parameter_that_is_changed_taken_away_or_added_is_noticed(desk: Desk) -> None:
    signed = text_parameters(desk) + DIGITS
    for at, (name, value) in enumerate(signed):
        changed = [*signed[:at], (name, value + "0"), *signed[at + 1 :]]
        renamed = [*signed[:at], (name + "0", value), *signed[at + 1 :]]
        again = [*signed, (name, value + "0")]

        # Without an AccountSid there is nobody to ask for.
        answers = [403, 400 if name == "AccountSid" else 403, 403]
        assert [await post_other(desk, signed, sent) for sent in (changed, renamed, again)] == answers, name
    without = [[pair for pair in signed if pair[0] != name] for name in dict(signed) if name != "AccountSid"]
    assert [await post_other(desk, signed, sent) for sent in without] == [403] * len(without)
    assert not await desk.tickets()


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param([("Digits", "1"), ("Digits", "3"), ("Digits", "1")], id="another value"),
        pytest.param([("Digits", "12"), ("Digits", "1")], id="values run together"),
    ],
)
async def test_other_duplicates_are_noticed(desk: Desk, sent: Parameters) -> None:
    parameters = text_parameters(desk)

    assert await post_other(desk, parameters + DIGITS[:2], parameters + sent) == 403


async def test_regrouped_parameters_which_the_signature_does_not_tell_apart_change_nothing_stored(desk: Desk) -> None:
    """What is signed is names and values without anything in between."""
    parameters = text_parameters(desk, Body="hello")
    assert await post_other(desk, parameters, parameters) == 200
    regrouped = [("Bodyhello", "") if name == "Body" else (name, value) for name, value in parameters]

    assert await post_other(desk, parameters, regrouped) == 400

    (message,) = await desk.messages(await desk.ticket())
    assert message.text == "hello"


async def test_a_captured_text_is_not_stored_again_under_another_name(desk: Desk) -> None:
    parameters = text_parameters(desk, Body="hello", NumMedia="0")
    sid = dict(parameters)["MessageSid"]
    assert await post_other(desk, parameters, parameters) == 200
    merged = [(name, value) for name, value in parameters if name != "NumMedia"]
    merged = [(name, value + "NumMedia0" if value == sid else value) for name, value in merged]

    assert await post_other(desk, parameters, merged) == 400

    assert len(await desk.messages(await desk.ticket())) == 1


async def test_a_captured_text_to_a_number_of_nobodys_is_recorded_once(desk: Desk) -> None:
    parameters = text_parameters(desk, To="+12065559999")

    assert [await post_other(desk, parameters, parameters) for _ in range(3)] == [404] * 3

    request = audit_service_pb2.ListAuditRecordsRequest(
        organization_id=ORGANIZATION, action="message.refused", page_size=200
    )
    records = (await desk.clients.audit.ListAuditRecords(request)).audit_records
    assert [record.subject_id for record in records].count(dict(parameters)["MessageSid"]) == 1


async def test_who_has_the_gateways_certificate_invents_no_text_and_no_report(desk: Desk) -> None:
    await desk.text("hello")
    ticket = await desk.ticket()
    reply = await desk.until_delivery(await desk.reply(ticket, "hi"))
    text = message_pb2.InboundMessage(
        account_sid=desk.account.account_sid,
        twilio_message_sid="SM" + "0" * 32,
        customer_address=desk.customer,
        channel_address=desk.account.phone_number,
        text="invented",
    )
    statement = attestation_pb2.AttestedText(organization_id=ORGANIZATION, message=text).SerializeToString()
    certificates = CertificateFolder(desk.stack.state.tls / "gateway")
    made = Signer(certificates).attest([digest("keva.ticket.v1.AttestedText", statement)])
    attestation = attestation_pb2.Attestation(
        digests=made.digests, signature=made.signature, certificates=made.certificates
    )
    ingest = ticket_service_pb2.IngestMessagesRequest(
        organization_id=ORGANIZATION, messages=[text, text], statements=[statement], attestations=[attestation]
    )
    read = message_pb2.DeliveryUpdate(message_id=reply.message_id, state=message_pb2.DELIVERY_STATE_READ)
    record = ticket_service_pb2.RecordDeliveryRequest(workspace_id=WORKSPACE, update=read)

    async with open_channel(
        desk.stack.layout.address("ticket_service"), "ticket_service", certificates, deadline_seconds=20
    ) as channel:
        tickets = ticket_service_pb2_grpc.TicketServiceStub(channel)
        outcomes = (await tickets.IngestMessages(ingest)).outcomes
        with pytest.raises(grpc.aio.AioRpcError) as refused:
            await tickets.RecordDelivery(record)

    invalid = error_reason_pb2.ERROR_REASON_ATTESTATION_INVALID
    assert [outcome.refused.reason for outcome in outcomes] == [invalid, invalid]
    assert as_keva_error(refused.value).reason == "ATTESTATION_INVALID"
    assert [message.text for message in await desk.messages(ticket)] == ["hello", "hi"]
    assert (await desk.until_delivery(reply)).delivery.state == reply.delivery.state


async def test_the_order_of_duplicates_is_not_signed_and_changes_nothing(desk: Desk) -> None:
    parameters = text_parameters(desk)

    assert await post_other(desk, parameters + DIGITS, [*reversed(DIGITS), *parameters]) == 200
    assert len(await desk.messages(await desk.ticket())) == 1


@pytest.mark.parametrize("target", [STATUS_PATH, WEBHOOK_PATH + "/fallback", WEBHOOK_PATH + "?message_id=x"])
async def test_signature_for_another_of_our_urls_is_refused(desk: Desk, target: str) -> None:
    answer = await post_signed(
        desk, text_parameters(desk), target=target, signed_url=desk.stack.public_url + WEBHOOK_PATH
    )

    assert answer.status == 403


async def test_account_that_is_not_connected_is_refused_like_a_wrong_signature(running: RunningStack) -> None:
    desk = await running.open_desk()
    unknown = await post_signed(desk, text_parameters(desk, AccountSid="AC" + "0" * 32))
    wrong = await post_signed(desk, text_parameters(desk), auth_token="f" * 32)
    unsigned = await post(desk, encode(text_parameters(desk)))

    shown = [(a.status, a.body, {**a.headers, "date": ""}) for a in (unknown, wrong, unsigned)]

    assert shown[0][0] == 403
    assert shown[0] == shown[1] == shown[2]


async def test_an_account_in_another_spelling_is_refused_though_it_is_signed(desk: Desk) -> None:
    spelled = "AC" + desk.account.account_sid[2:].upper()
    parameters = [(name, spelled if name == "AccountSid" else value) for name, value in text_parameters(desk)]

    assert await post_other(desk, parameters, parameters) == 403
    assert not await desk.tickets()


async def test_status_callback_of_another_accounts_message_is_refused(running: RunningStack) -> None:
    victim, attacker = await running.open_desk(), await running.open_desk()
    await victim.text("hello")
    reply = await victim.until_delivery(await victim.reply(await victim.ticket(), "hi"))
    target = f"{STATUS_PATH}?message_id={reply.message_id}"
    news = [
        ("MessageSid", reply.twilio_message_sid),
        ("MessageStatus", "failed"),
        ("ErrorCode", "30007"),
    ]

    own = await post_signed(attacker, [*news, ("AccountSid", attacker.account.account_sid)], target=target)
    forged = await post_signed(
        victim,
        [*news, ("AccountSid", victim.account.account_sid)],
        target=target,
        auth_token=attacker.account.auth_token,
    )

    assert (own.status, forged.status) == (404, 403)
    assert (await victim.until_delivery(reply)).delivery == reply.delivery


async def test_status_callback_for_another_message_of_the_same_account_is_refused(desk: Desk) -> None:
    await desk.text("hello")
    reply = await desk.until_delivery(await desk.reply(await desk.ticket(), "hi"))
    news = [
        ("AccountSid", desk.account.account_sid),
        ("MessageSid", "SM" + "0" * 32),
        ("MessageStatus", "failed"),
    ]

    answer = await post_signed(desk, news, target=f"{STATUS_PATH}?message_id={reply.message_id}")

    assert answer.status == 404


async def test_replayed_request_stores_nothing_new_whatever_is_around_it(desk: Desk) -> None:
    parameters = text_parameters(desk)
    signature = sign(desk.stack.public_url + WEBHOOK_PATH, parameters, desk.account.auth_token)
    captured = {"X-Twilio-Signature": signature, "I-Twilio-Idempotency-Token": "one", "User-Agent": "TwilioProxy/1.1"}
    first = await post(desk, encode(parameters), headers=captured)
    before = (await desk.ticket(), await desk.messages(await desk.ticket()))

    async def replay(number: int) -> bool:
        headers = {f"X-{number}": "y", "I-Twilio-Idempotency-Token": str(number), **dict(reversed(captured.items()))}
        shuffled = parameters[number % 6 :] + parameters[: number % 6]
        return (await post(desk, encode(shuffled), headers=headers)).is_empty_twiml

    assert first.is_empty_twiml
    assert all(await asyncio.gather(*map(replay, range(50))))
    assert (await desk.ticket(), await desk.messages(await desk.ticket())) == before

"""Webhooks: whose they are and what they say; one never affects its neighbours."""

import uuid
from typing import Any

import grpc
import pymongo
import pytest

from dev.local_stack.mongod import Mongod
from dev.twilio_simulator.signature import sign
from keva.credentials.v1 import credentials_service_pb2
from keva.sms.v1 import error_reason_pb2
from keva.sms.v1 import sms_service_pb2 as pb
from keva.ticket.v1 import attestation_pb2, message_pb2
from servicekit.attestation.checker import Checker
from servicekit.attestation.statements import Attestation, digest
from servicekit.rpc.statuses_to_errors import as_keva_error
from tests.identities import certificates
from tests.sms_service.conftest import ORGANIZATION, Sms


def _reason(verdict: pb.InboundVerdict | pb.DeliveryVerdict) -> str:
    return error_reason_pb2.ErrorReason.Name(verdict.refusal.reason).removeprefix("ERROR_REASON_")


async def test_verified_message_says_everything(sms: Sms) -> None:
    await sms.connect()
    webhook = sms.webhook(
        MessageSid="MM" + "1" * 32,
        From="(555) 123-4567",
        To=sms.number,
        Body="  hi + 👋  ",
        FromCity="SEATTLE",
        FromState="WA",
        FromCountry="US",
        FromZip="98101",
        NumMedia="2",
        MediaUrl0="https://api.twilio.com/a",
        MediaContentType0="image/png",
        MediaUrl1="https://api.twilio.com/b",
        MediaContentType1="text/vcard",
        OptOutType="STOP",
    )

    (verdict,) = await sms.inbound(webhook)

    message = verdict.verified.message
    assert verdict.verified.organization_id == ORGANIZATION
    assert (message.customer_address, message.channel_address) == ("+15551234567", sms.number)
    assert (message.text, message.city, message.zip) == ("  hi + 👋  ", "SEATTLE", "98101")
    assert [(m.url, m.content_type) for m in message.media] == [
        ("https://api.twilio.com/a", "image/png"),
        ("https://api.twilio.com/b", "text/vcard"),
    ]
    assert message.opt_out_type == message_pb2.OPT_OUT_TYPE_STOP


@pytest.mark.parametrize(
    ("path", "error_code", "kept"),
    [
        pytest.param("/api/webhooks/twilio/fallback", "11200", 11200, id="fallback"),
        pytest.param("/api/webhooks/twilio/fallback?a=b", "11205", 11205, id="fallback with a query"),
        pytest.param("/api/webhooks/twilio/fallback", "", 0, id="fallback without a code"),
        pytest.param("/api/webhooks/twilio?a=/api/webhooks/twilio/fallback", "11200", 0, id="the first webhook"),
    ],
)
async def test_a_text_of_the_fallback_url_says_what_failed_before(
    sms: Sms, path: str, error_code: str, kept: int
) -> None:
    await sms.connect()
    text = {"MessageSid": "SM" + "1" * 32, "From": sms.customer, "To": sms.number}

    (verdict,) = await sms.inbound(sms.webhook(path, **text, ErrorCode=error_code, ErrorUrl="https://a.example"))

    assert verdict.verified.message.fallback_error_code == kept


async def test_error_code_that_is_none_is_refused(sms: Sms) -> None:
    await sms.connect()
    text = {"MessageSid": "SM" + "1" * 32, "From": sms.customer, "To": sms.number, "ErrorCode": "a lot"}

    (verdict,) = await sms.inbound(sms.webhook("/api/webhooks/twilio/fallback", **text))

    assert (_reason(verdict), verdict.refusal.field) == ("FIELD_INVALID", "ErrorCode")


async def test_captured_webhook_that_is_cut_otherwise_is_refused(sms: Sms) -> None:
    """Under the same signature: names and values are signed without anything between them."""
    await sms.connect()
    sid = "SM" + "1" * 32
    genuine = sms.webhook(MessageSid=sid, NumMedia="0", Body="hello Dana", From=sms.customer, To=sms.number)
    kept = [p for p in genuine.parameters if p.name not in ("MessageSid", "NumMedia", "Body")]

    def cut(*parameters: tuple[str, str]) -> pb.Webhook:
        made = [pb.Parameter(name=name, value=value) for name, value in parameters]
        return pb.Webhook(url=genuine.url, signature=genuine.signature, parameters=[*kept, *made])

    verdicts = await sms.inbound(
        cut(("MessageSid", sid), ("NumMedia", "0"), ("Body", "hello Dana")),
        cut(("MessageSid", sid + "NumMedia0"), ("Body", "hello Dana")),
        cut(("MessageSid", sid), ("NumMedia0", ""), ("Body", "hello Dana")),
        cut(("MessageSid", sid), ("NumMedia", "0"), ("Bodyhello", " Dana")),
        cut(("MessageSid", sid), ("NumMedia", "0"), ("Body", "hello D"), ("ana", "")),
        cut(("MessageSid", sid), ("NumMedia", "0"), ("Body", "he"), ("llo Dana", "")),
    )

    assert verdicts[0].HasField("verified")
    # What does not sort where it stood is not even signed.
    assert [(_reason(v), v.refusal.field) for v in verdicts[1:]] == [
        ("FIELD_INVALID", "MessageSid"),
        ("FIELD_INVALID", "NumMedia0"),
        ("FIELD_INVALID", "Bodyhello"),
        ("SIGNATURE_INVALID", ""),
        ("SIGNATURE_INVALID", ""),
    ]


async def test_report_is_no_text_and_a_text_is_no_report_whoever_passes_them_on(sms: Sms) -> None:
    await sms.connect()
    named = {"MessageSid": "SM" + "1" * 32, "MessageStatus": "sent", "From": sms.customer, "To": sms.number}
    text = sms.webhook("/api/webhooks/twilio?message_id=msg_1", **named)
    report = sms.webhook("/api/webhooks/twilio/status?message_id=msg_1", **named)

    (as_text,), (as_report,) = await sms.inbound(report), await sms.callbacks(text)

    assert [_reason(as_text), _reason(as_report)] == ["SIGNATURE_INVALID"] * 2


async def test_verdicts_are_attested_all_together_and_refusals_are_not(sms: Sms) -> None:
    await sms.connect()
    message_id = f"msg_{uuid.uuid4().hex}"
    sid = (await sms.send(message_id)).twilio_message_sid
    text = {"From": sms.customer, "To": sms.number, "Body": "hi"}
    webhooks = [sms.webhook(MessageSid=f"SM{n:032x}", **text) for n in range(3)]
    path = f"/api/webhooks/twilio/status?message_id={message_id}"
    checker = Checker(certificates("ticket_service"), "sms_service")

    texts = await sms.stub.VerifyInboundMessages(
        pb.VerifyInboundMessagesRequest(webhooks=[*webhooks, sms.webhook(token="wrong", **text)])
    )
    reports = await sms.stub.VerifyDeliveryCallbacks(
        pb.VerifyDeliveryCallbacksRequest(callbacks=[sms.webhook(path, MessageSid=sid, MessageStatus="sent")])
    )
    refused = await sms.stub.VerifyInboundMessages(
        pb.VerifyInboundMessagesRequest(webhooks=[sms.webhook(token="wrong", **text)])
    )

    verified = [verdict.verified for verdict in texts.verdicts if verdict.HasField("verified")]
    read = [attestation_pb2.AttestedText.FromString(one.statement) for one in verified]
    assert [(one.organization_id, one.message) for one in read] == [(ORGANIZATION, one.message) for one in verified]
    kind = "keva.ticket.v1.AttestedText"
    assert checker.attested([_attestation(texts.attestation)]) == {digest(kind, one.statement) for one in verified}
    (delivered,) = [verdict.verified for verdict in reports.verdicts]
    said = attestation_pb2.AttestedDelivery.FromString(delivered.statement)
    assert (said.organization_id, said.workspace_id, said.update) == (ORGANIZATION, "default", delivered.update)
    kind = "keva.ticket.v1.AttestedDelivery"
    assert checker.attested([_attestation(reports.attestation)]) == {digest(kind, delivered.statement)}
    assert not refused.HasField("attestation")


def _attestation(made: attestation_pb2.Attestation) -> Attestation:
    return Attestation(made.digests, made.signature, made.certificates)


async def test_one_webhook_never_affects_its_neighbours(sms: Sms) -> None:
    await sms.connect()
    named = {"MessageSid": "SM" + "1" * 32, "From": sms.customer, "To": sms.number}
    good = sms.webhook(**named)
    without_account = pb.Webhook(url=good.url, signature=good.signature, parameters=good.parameters[1:])
    two_accounts = pb.Webhook(
        url=good.url,
        signature=good.signature,
        parameters=[*good.parameters, pb.Parameter(name="AccountSid", value="AC" + "0" * 32)],
    )
    garbage = pb.Webhook(url="\x00http://[", signature="é", parameters=good.parameters)

    verdicts = await sms.inbound(
        good,
        sms.webhook(token="wrong", **named),
        without_account,
        two_accounts,
        garbage,
        sms.webhook(**{**named, "AccountSid": "AC" + "f" * 32}),
        sms.webhook(**{**named, "From": ""}),
        sms.webhook(**{**named, "MessageSid": "S" * 65}),
        sms.webhook(**{**named, "To": "💥"}),
        good,
    )

    assert [v.HasField("verified") for v in verdicts] == [True, *[False] * 8, True]
    assert [_reason(v) for v in verdicts[1:-1]] == [
        "SIGNATURE_INVALID",
        "FIELD_REQUIRED",
        "SIGNATURE_INVALID",
        "SIGNATURE_INVALID",
        "SIGNATURE_INVALID",
        "FIELD_REQUIRED",
        "FIELD_INVALID",
        "FIELD_INVALID",
    ]
    assert [v.refusal.field for v in verdicts[6:9]] == ["From", "MessageSid", "To"]


async def test_account_whose_secret_cannot_be_read_is_our_fault_alone(sms: Sms, mongod: Mongod, database: str) -> None:
    """A damaged record must not look like a wrong signature, and must not fail other accounts' webhooks."""
    damaged = Sms(sms.stub, sms.credentials, sms.simulator)
    await sms.simulator.put_account(damaged.account_sid, damaged.auth_token)
    await sms.connect()
    await damaged.connect()
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        client[f"{database}_credentials"]["credentials"].update_one(
            {"account_sid": damaged.account_sid}, {"$set": {"versions.0.ciphertext": b"\0" * 60}}
        )
    named = {"MessageSid": "SM" + "1" * 32, "From": sms.customer, "To": sms.number}

    verdicts = await sms.inbound(sms.webhook(**named), damaged.webhook(**named), sms.webhook(**named))

    assert [v.HasField("verified") for v in verdicts] == [True, False, True]
    assert _reason(verdicts[1]) == "INTERNAL"


async def test_both_tokens_verify_during_a_rotation(sms: Sms) -> None:
    await sms.connect()
    request = credentials_service_pb2.AddCredentialVersionRequest(
        organization_id=ORGANIZATION, account_sid=sms.account_sid, auth_token="n" * 32
    )
    await sms.credentials.AddCredentialVersion(request)
    named = {"MessageSid": "SM" + "1" * 32, "From": sms.customer, "To": sms.number}

    verdicts = await sms.inbound(
        sms.webhook(**named), sms.webhook(token="n" * 32, **named), sms.webhook(token="x" * 32, **named)
    )

    assert [v.HasField("verified") for v in verdicts] == [True, True, False]


async def test_callbacks_in_any_order_move_the_delivery_forward_only(sms: Sms) -> None:
    await sms.connect()
    message_id = f"msg_{uuid.uuid4().hex}"
    sid = (await sms.send(message_id)).twilio_message_sid
    path = f"/api/webhooks/twilio/status?message_id={message_id}"

    verdicts = [
        (await sms.callbacks(sms.webhook(path, MessageSid=sid, MessageStatus=status)))[0]
        for status in ("delivered", "sent", "queued", "undelivered", "delivered", "brand-new-status")
    ]

    assert {v.verified.update.state for v in verdicts} == {message_pb2.DELIVERY_STATE_DELIVERED}
    assert {v.verified.update.error_code for v in verdicts} == {0}


@pytest.mark.parametrize(
    ("code", "opted_out", "temporary"),
    [
        pytest.param(30003, False, True, id="phone switched off"),
        pytest.param(21610, True, False, id="opted out"),
        pytest.param(30005, False, False, id="unknown number"),
    ],
)
async def test_undelivered_carries_code_sentence_and_what_follows(
    sms: Sms, code: int, opted_out: bool, temporary: bool
) -> None:
    await sms.connect()
    message_id = f"msg_{uuid.uuid4().hex}"
    sid = (await sms.send(message_id)).twilio_message_sid
    callback = sms.webhook(
        f"/api/webhooks/twilio/status?message_id={message_id}",
        MessageSid=sid,
        MessageStatus="undelivered",
        ErrorCode=str(code),
    )

    (verdict,) = await sms.callbacks(callback)

    update = verdict.verified.update
    assert (update.state, update.error_code) == (message_pb2.DELIVERY_STATE_FAILED, code)
    assert update.error_text
    assert (update.opted_out, update.temporary) == (opted_out, temporary)
    assert await sms.send(message_id) == update


async def test_callbacks_that_are_refused(sms: Sms) -> None:
    await sms.connect()
    attacker = Sms(sms.stub, sms.credentials, sms.simulator)
    await sms.simulator.put_account(attacker.account_sid, attacker.auth_token)
    await attacker.connect()
    message_id = f"msg_{uuid.uuid4().hex}"
    sid = (await sms.send(message_id)).twilio_message_sid
    path = f"/api/webhooks/twilio/status?message_id={message_id}"
    told = {"MessageSid": sid, "MessageStatus": "failed"}

    verdicts = await sms.callbacks(
        attacker.webhook(path, **told),
        sms.webhook(path, MessageSid="SM" + "f" * 32, MessageStatus="failed"),
        sms.webhook("/api/webhooks/twilio/status?message_id=msg_unknown", **told),
        sms.webhook("/api/webhooks/twilio/status", **told),
        sms.webhook(path, MessageSid=sid),
        sms.webhook(path, MessageStatus="failed"),
        sms.webhook(path, token="wrong", **told),
    )

    assert [(_reason(v), v.refusal.field) for v in verdicts] == [
        ("MESSAGE_NOT_FOUND", ""),
        ("MESSAGE_NOT_FOUND", ""),
        ("MESSAGE_NOT_FOUND", ""),
        ("FIELD_REQUIRED", "message_id"),
        ("FIELD_REQUIRED", "MessageStatus"),
        ("FIELD_REQUIRED", "MessageSid"),
        ("SIGNATURE_INVALID", ""),
    ]
    assert (await sms.send(message_id)).state == message_pb2.DELIVERY_STATE_ACCEPTED


async def test_callback_that_fits_nothing_never_fails_its_neighbours(sms: Sms) -> None:
    """Whoever has an Auth Token of their own can sign anything."""
    await sms.connect()
    sid = (await sms.send("msg_sent")).twilio_message_sid
    await sms.simulator.fault("create_message", "drop_before", times=1)
    with pytest.raises(grpc.aio.AioRpcError):
        await sms.send("msg_in_doubt")
    told = {"MessageSid": sid, "MessageStatus": "sent"}
    good = sms.webhook("/api/webhooks/twilio/status?message_id=msg_sent", **told)
    url = "https://[/api/webhooks/twilio/status?message_id=msg_sent"
    parameters = [("AccountSid", sms.account_sid), *told.items()]
    garbage = pb.Webhook(
        url=url,
        signature=sign(url, parameters, sms.auth_token),
        parameters=[pb.Parameter(name=name, value=value) for name, value in parameters],
    )

    verdicts = await sms.callbacks(
        good, sms.webhook("/api/webhooks/twilio/status?message_id=msg_in_doubt", **told), garbage, good
    )

    assert [v.HasField("verified") for v in verdicts] == [True, False, False, True]
    assert [(_reason(v), v.refusal.field) for v in verdicts[1:3]] == [
        ("MESSAGE_NOT_FOUND", ""),
        ("FIELD_REQUIRED", "message_id"),
    ]


async def test_a_text_that_nobody_can_work_on_leaves_its_neighbours_alone(
    sms: Sms, mongod: Mongod, database: str
) -> None:
    await sms.connect()
    poisoned, good = "MM" + "1" * 32, "MM" + "2" * 32
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        client[database].command("collMod", "media", validator={"message_sid": {"$ne": poisoned}})

    texts = [
        sms.webhook(MessageSid=sid, From=sms.customer, To=sms.number, NumMedia="1", MediaUrl0="https://a.example/1")
        for sid in (poisoned, good)
    ]
    bad, neighbour = await sms.inbound(*texts)

    assert neighbour.verified.message.twilio_message_sid == good
    assert _reason(bad) == "INTERNAL"
    # By itself it is what it is: a failure, with an id to look up in the log.
    with pytest.raises(grpc.aio.AioRpcError) as failed:
        await sms.inbound(texts[0])
    assert as_keva_error(failed.value).reason == "INTERNAL"


async def test_a_report_that_nobody_can_work_on_leaves_its_neighbours_alone(
    sms: Sms, mongod: Mongod, database: str
) -> None:
    await sms.connect()
    ids = [f"msg_{uuid.uuid4().hex}" for _ in range(2)]
    sids = [(await sms.send(message_id)).twilio_message_sid for message_id in ids]
    client: pymongo.MongoClient[dict[str, Any]]
    with pymongo.MongoClient(mongod.uri) as client:
        client[database].deliveries.update_one({"_id": ids[0]}, {"$unset": {"create_time": ""}})

    bad, neighbour = await sms.callbacks(
        *(
            sms.webhook(f"/api/webhooks/twilio/status?message_id={message_id}", MessageSid=sid, MessageStatus="read")
            for message_id, sid in zip(ids, sids, strict=True)
        )
    )

    assert neighbour.verified.update.state == message_pb2.DELIVERY_STATE_READ
    assert _reason(bad) == "INTERNAL"
